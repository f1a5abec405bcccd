import { calm } from '@stayward/core/testing'
import { describe, expect, it } from 'vitest'
import whatsApp from '../src/adapter.ts'
import { fake, templatesOf } from '../src/testing/index.ts'
import { bench, configOf } from './open.ts'

const read = async (change: (bed: ReturnType<typeof bench>) => void, config: Record<string, unknown> = {}) => {
  const bed = bench(config)
  change(bed)
  return await bed.provider.readAccount(calm)
}
const unchanged = () => undefined

describe('the account', () => {
  it('is the phone number id, with the number and its quality', async () => {
    expect(await read(unchanged)).toEqual({
      id: fake.number,
      name: 'Test House',
      note: '+33 6 39 98 00 00 answers, quality green',
    })
  })
  it('warns when no app is subscribed: nothing would ever be heard (trap 3)', async () => {
    const account = await read(({ vendor }) => vendor.state.accounts.forEach((each) => void (each.subscribed = false)))
    expect(account.warning).toContain('No app is subscribed')
  })
  it('warns of a number that Meta has stopped, and of one it may stop', async () => {
    const set = (change: object) =>
      read(({ vendor }) => vendor.state.numbers.forEach((each) => void Object.assign(each, change)))
    expect((await set({ status: 'FLAGGED' })).warning).toContain('flagged')
    expect((await set({ quality: 'RED' })).warning).toContain('quality')
  })
  it.each([
    [
      'is missing in a language',
      { templateLanguages: 'en, fr' },
      unchanged,
      /no template door_code in the language fr/,
    ],
    [
      'is not approved',
      {},
      ({ vendor }: ReturnType<typeof bench>) =>
        vendor.state.accounts[0]?.templates.forEach((each) => void (each.status = 'PENDING')),
      /not approved: pending/,
    ],
    [
      'has other parameters',
      { templateParameters: 'positional' },
      unchanged,
      /exactly the parameters 1, 2, 3, 4, 5, 6/,
    ],
  ])('warns when a template %s', async (_, config, change, warning) => {
    expect((await read(change, config)).warning).toMatch(warning)
  })
  it('warns when there is no template for the door code', async () => {
    const { doorCodeTemplate: _none, ...config } = configOf()
    const { wire, now } = bench()
    const clock = { now }
    const provider = whatsApp.open({ config, fetch: wire.fetch, clock, entropy: { bytes: () => new Uint8Array() } })
    expect((await provider.readAccount(calm)).warning).toContain('No template for the door code')
  })
  it('reads templates page by page', async () => {
    const account = await read(({ vendor }) => {
      const all = vendor.state.accounts[0]?.templates ?? []
      const [one] = templatesOf('en')
      if (one) all.unshift(...Array.from({ length: 230 }, (_, n) => ({ ...one, name: `other_${n}` })))
    })
    expect(account.warning).toBeUndefined()
  })
  it('of a token without access to it is the operator’s matter', async () => {
    await expect(
      read(({ vendor }) => void (vendor.state.tokens[fake.token] = '999999999999999')),
    ).rejects.toMatchObject({ code: 'refused', remedy: expect.stringContaining('full control') })
  })
})

describe('the configuration', () => {
  const input = {
    phoneNumberId: fake.number,
    businessAccountId: fake.account,
    accessToken: fake.token,
    appSecret: fake.appSecret,
    verifyToken: 'a-verify-token-for-this-only',
  }
  it('is not taken without a phone number id, which webhooks are routed by', () => {
    const { phoneNumberId: _none, ...rest } = input
    expect(whatsApp.config.safeParse(rest).success).toBe(false)
    for (const phoneNumberId of ['', ' ', '+33 6 39 98 00 00', 'abc'])
      expect(whatsApp.config.safeParse({ ...input, phoneNumberId }).error?.issues[0]?.message).toContain(
        'phone number id',
      )
    expect(whatsApp.config.safeParse(input).success).toBe(true)
  })
  it.each([
    ['templateLanguages', 'fr_FR'],
    ['templateLanguages', 'en,,fr'],
    ['appSecret', 'short'],
    ['verifyToken', 'short'],
    ['doorCodeTemplate', 'Door code'],
    ['graphVersion', '26'],
  ])('%s may not be %j, and says why', (field, value) => {
    const { error } = whatsApp.config.safeParse({ ...input, [field]: value })
    expect(error?.issues[0]?.message).toMatch(/\w+ .*[.:]/)
  })
})
