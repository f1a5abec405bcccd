import { calm, failureOf } from '@stayward/core/testing'
import { describe, expect, it } from 'vitest'
import smoobu from '../src/adapter.ts'
import { version } from '../src/version.ts'
import packageJson from '../package.json' with { type: 'json' }
import { apiKey, apiSecret, smoobuAccount } from './smoobu-account.ts'

const plain = { apiKey }

describe('with a secret', () => {
  it('is let in by a vendor that takes signed requests only', async () => {
    const { provider, vendor } = smoobuAccount({ state: ({ switches }) => void (switches.plainKeys = 'refused') })
    expect(await provider.readAccount(calm)).toEqual({ id: '4711', name: 'Hanna Hostmann' })
    await provider.messageGuest?.({ ref: vendor.knownBooking, subject: 'Grüße', text: 'Łódź 🔑\nline two' }, calm)
    expect(vendor.inbox(vendor.knownBooking)).toEqual(['Łódź 🔑\nline two'])
  })
  it('signs each request anew and never sends the plain key beside it', async () => {
    const { provider, wire } = smoobuAccount()
    await provider.listUnits(calm)
    const nonces = wire.calls.map(({ request }) => request.headers.get('x-nonce'))
    expect(nonces.length).toBe(4)
    expect(new Set(nonces).size).toBe(4)
    for (const { request } of wire.calls) {
      expect(request.headers.get('x-timestamp')).toBe('2026-05-01T10:00:00Z')
      expect(request.headers.has('api-key')).toBe(false)
    }
  })
  it('says on a 401 how far the clocks are apart, in words of a person', async () => {
    const minutes = smoobuAccount({ ahead: 7 * 60_000 })
    expect(await failureOf(minutes.provider.readAccount(calm))).toMatchObject({
      code: 'auth',
      message: "Smoobu refused the signature (401), and this server's clock is 7 minutes ahead of Smoobu's.",
      remedy: expect.stringContaining('NTP'),
    })
    const state = {
      state: ({ switches }: { switches: { timestampTolerance: number } }) => void (switches.timestampTolerance = 20),
    }
    const seconds = smoobuAccount({ ahead: -45_000, ...state })
    expect((await failureOf(seconds.provider.readAccount(calm))).message).toContain("45 seconds behind Smoobu's")
  })
  it('does not blame the clock when it is right, or when Smoobu does not tell the time', async () => {
    const wrong = smoobuAccount({ config: { apiKey, apiSecret: 'another' } })
    expect(await failureOf(wrong.provider.readAccount(calm))).toMatchObject({
      code: 'auth',
      message: 'Smoobu refused the API key or its signature (401).',
      remedy: expect.stringContaining('Regenerate Secret'),
    })
    const { provider, wire } = smoobuAccount({ ahead: 3_600_000 })
    wire.failNext('unauthorized')
    expect((await failureOf(provider.readAccount(calm))).message).not.toContain('clock')
  })
})

describe('with the plain key alone', () => {
  it('works while Smoobu takes it, and warns that this ends', async () => {
    const { provider, wire } = smoobuAccount({ config: plain })
    expect(await provider.readAccount(calm)).toMatchObject({
      id: '4711',
      warning: expect.stringContaining('API secret'),
    })
    const headers = wire.calls[0]?.request.headers
    expect(headers?.get('api-key')).toBe(apiKey)
    expect(headers?.has('x-signature')).toBe(false)
  })
  it('says on a 401 that the secret is needed now (trap 2)', async () => {
    const { provider } = smoobuAccount({
      config: plain,
      state: ({ switches }) => void (switches.plainKeys = 'refused'),
    })
    expect(await failureOf(provider.readAccount(calm))).toMatchObject({
      code: 'auth',
      message: expect.stringContaining('Smoobu now needs the API secret as well'),
      remedy: expect.stringContaining('Settings → Advanced → API Keys'),
    })
  })
})

it('says on a 403 that the plan or the firewall stands in the way', async () => {
  const { provider, wire } = smoobuAccount()
  wire.failNext('forbidden')
  expect(await failureOf(provider.readAccount(calm))).toMatchObject({
    code: 'auth',
    remedy: expect.stringMatching(/Professional plan.*firewall/s),
  })
})

it('introduces itself to the firewall with the version of this package (trap 17)', async () => {
  const { provider, wire } = smoobuAccount()
  await provider.readAccount(calm)
  expect(version).toBe(packageJson.version)
  expect(wire.calls[0]?.request.headers.get('user-agent')).toBe(`Stayward/${version}`)
})

it('takes pasted keys with spaces around them, and no key that cannot be a header', () => {
  expect(smoobu.config.parse({ apiKey: ' abc ', apiSecret: 'def\n' })).toEqual({ apiKey: 'abc', apiSecret: 'def' })
  for (const bad of ['', '  ', 'a b', 'a\nb', 'clé'])
    expect(smoobu.config.safeParse({ apiKey: bad }).success, bad).toBe(false)
  expect(smoobu.config.safeParse({ apiKey, apiSecret: undefined }).success).toBe(false)
  expect(smoobu.config.safeParse({ apiKey, apiSecret }).success).toBe(true)
})
