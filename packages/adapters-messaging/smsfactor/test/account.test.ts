import { calm } from '@stayward/core/testing'
import { describe, expect, it } from 'vitest'
import smsFactor from '../src/adapter.ts'
import { fakeToken, tokenOf } from '../src/testing/index.ts'
import { bench } from './open.ts'

describe('the account', () => {
  it('is the number in the token, with the credits left', async () => {
    expect(await bench().provider.readAccount(calm)).toEqual({ id: '11656', note: '44,690 credits left' })
  })
  it.each([
    ['plain-opaque-token', 'smsfactor'],
    ['not.json.atall', 'smsfactor'],
    [`x.${Buffer.from('{"sub":7}').toString('base64url')}.y`, '7'],
    [`x.${Buffer.from('{"sub":"a b"}').toString('base64url')}.y`, 'smsfactor'],
    [`header.${Buffer.from('[]').toString('base64url')}.signature`, 'smsfactor'],
  ])('of the token "%s" is %s', async (apiToken, id) => {
    const bed = bench({ apiToken })
    bed.vendor.state.accounts[0]?.tokens.push({ id: '2', name: 'other', token: apiToken })
    expect((await bed.provider.readAccount(calm)).id).toBe(id)
  })
  it('stays the same after the token was rotated', async () => {
    const bed = bench({ apiToken: `${tokenOf('11656')}2` })
    bed.vendor.state.accounts[0]?.tokens.push({ id: '2', name: 'new', token: `${tokenOf('11656')}2` })
    expect((await bed.provider.readAccount(calm)).id).toBe('11656')
  })
  it("warns when credits run low, by the host's own figure, and says so when there are none", async () => {
    for (const [credits, low, warning] of [
      [49, 50, /^Only 49 credits left/],
      [50, 50, undefined],
      [99, 100, /^Only 99/],
      [0, 0, /^No credits/],
      [-3, 50, /^No credits/],
    ] as const) {
      const bed = bench({ lowCredits: low })
      for (const account of bed.vendor.state.accounts) account.credits = credits
      const account = await bed.provider.readAccount(calm)
      if (warning) expect(account.warning).toMatch(warning)
      else expect(account).not.toHaveProperty('warning')
    }
  })
  it.each([
    ['postpaid', 'paid afterwards'],
    ['unlimited', 'unlimited credits'],
  ] as const)('without a count (%s) never warns', async (kind, note) => {
    const bed = bench()
    for (const account of bed.vendor.state.accounts) Object.assign(account, { [kind]: true, credits: -3 })
    expect(await bed.provider.readAccount(calm)).toEqual({ id: '11656', note })
  })
  it('that only simulates says so', async () => {
    expect((await bench({ simulate: true }).provider.readAccount(calm)).warning).toMatch(/no message leaves/)
  })
  it.each([
    [-1, 'auth'],
    [-99, 'unreachable'],
    [-42, 'bad-response'],
    [-7, 'refused'],
  ] as const)('answering status %i is %s', async (status, code) => {
    const { provider, vendor } = bench()
    Object.assign(vendor, { respond: () => Promise.resolve(Response.json({ status, message: '' })) })
    await expect(provider.readAccount(calm)).rejects.toMatchObject({ code })
  })
  it('answering XML, as it does without the right headers, is an answer we cannot read (trap 1)', async () => {
    const { provider, vendor } = bench()
    Object.assign(vendor, {
      respond: () => Promise.resolve(new Response('<?xml version="1.0"?><response><status>1</status></response>')),
    })
    await expect(provider.readAccount(calm)).rejects.toMatchObject({ code: 'bad-response' })
  })
})

describe('the configuration', () => {
  const parse = (more: object) => smsFactor.config.safeParse({ apiToken: fakeToken, ...more })
  it('fills in what is not said', () => {
    expect(parse({}).data).toEqual({
      apiToken: fakeToken,
      signature: 'observe',
      simulate: false,
      accents: 'keep',
      lowCredits: 50,
    })
  })
  it.each(['Bellecour', 'A', 'Hotel75Paris'.slice(0, 11)])('takes the sender %s', (sender) => {
    expect(parse({ sender }).success).toBe(true)
  })
  it.each(['', '75Paris', 'Résidence', 'Hotel Lyon', 'Hotel75Paris', 'A,B'])(
    'refuses the sender "%s" with a sentence',
    (sender) => {
      expect(parse({ sender }).error?.issues[0]?.message).toMatch(
        /at most 11 letters or digits .* starts with a letter/,
      )
    },
  )
  it('refuses to enforce signatures without a secret, with a sentence', () => {
    expect(parse({ signature: 'enforce' }).error?.issues[0]?.message).toMatch(/without a webhook secret/)
    expect(parse({ signature: 'enforce', webhookSecret: 'a-secret-for-this-only' }).success).toBe(true)
  })
  it('refuses a token with a space in it', () => {
    expect(smsFactor.config.safeParse({ apiToken: 'Bearer something-long' }).error?.issues[0]?.message).toMatch(
      /without spaces/,
    )
  })
})
