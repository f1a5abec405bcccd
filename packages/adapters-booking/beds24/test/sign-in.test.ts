import { calm, changeAnswers, failureOf } from '@stayward/core/testing'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import beds24 from '../src/adapter.ts'
import { sampleInvite, sampleLongLife, sampleRefreshToken, sampleScopes } from '../src/testing/index.ts'
import { version } from '../src/version.ts'
import { account, asked, day, withInvite, withRefreshToken } from './beds24-account.ts'

const exchanges = (words: readonly string[]) => words.filter((one) => one === 'GET /authentication/setup').length
const renewals = (words: readonly string[]) => words.filter((one) => one === 'GET /authentication/token').length

describe('an invite code (trap 16)', () => {
  it('is exchanged once, and what it brought is stored before anything is asked with it', async () => {
    const { provider, vault, vendor, wire } = account({ config: withInvite })
    changeAnswers(vendor, (url, answer) => {
      if (!url.pathname.includes('/authentication/')) expect(vault.content()).toContain('made-refresh')
      return answer
    })
    await provider.listUnits(calm)
    await provider.listUnits(calm)
    expect(asked(wire)).toEqual(['GET /authentication/setup', 'GET /properties', 'GET /properties'])
    expect(vault.content()).not.toContain(sampleInvite)
  })

  it('opens the account in every later process too, for months', async () => {
    const { open, advance, wire } = account({ config: withInvite })
    for (let days = 0; days < 60; days++) {
      expect((await open().readAccount(calm)).id).toBe('5001')
      advance(day)
    }
    expect(exchanges(asked(wire))).toBe(1)
  })

  it.each([
    ['was used before', (state: { used: boolean; until: number }) => void (state.used = true)],
    ['is older than a day', (state: { used: boolean; until: number }) => void (state.until = 0)],
  ])('that %s asks for a new one', async (_, spoil) => {
    const { provider, wire } = account({
      config: withInvite,
      state: ({ invites }) => {
        for (const invite of invites) spoil(invite)
      },
    })
    const { code, remedy } = await failureOf(provider.readAccount(calm))
    expect(code).toBe('auth')
    expect(remedy).toContain('Make a new invite code')
    expect(wire.calls).toHaveLength(1)
  })

  it('is not spent where nobody would keep what it brings', async () => {
    const { openAlone, wire } = account({ config: withInvite })
    expect(await failureOf(openAlone().readAccount(calm))).toMatchObject({ code: 'auth' })
    expect(wire.calls).toHaveLength(0)
  })
})

describe('a refresh token', () => {
  it.each(['none', 'beside', 'replaces'] as const)(
    'lives for months when a renewal brings: %s (trap 17)',
    async (rotation) => {
      const { open, advance, vendor } = account({ state: ({ switches }) => void (switches.rotation = rotation) })
      for (let week = 0; week < 12; week++) {
        expect((await open().readAccount(calm)).id).toBe('5001')
        advance(7 * day)
      }
      const newest = vendor.state.refreshTokens.findLast(({ revoked }) => !revoked)
      expect(newest?.usedAt).toBe(Date.parse('2026-05-01T10:00:00Z') + 11 * 7 * day)
    },
  )

  it.each(['beside', 'replaces'] as const)(
    'is renewed once by two processes that need it at once (%s)',
    async (rotation) => {
      const { open, wire, vault, vendor } = account({ state: ({ switches }) => void (switches.rotation = rotation) })
      const both = [open(), open(), open()]
      await Promise.all(both.map((provider) => provider.readAccount(calm)))
      expect(renewals(asked(wire))).toBe(1)
      const newest = vendor.state.refreshTokens.at(-1)
      expect(vault.content()).toContain(newest?.token)
    },
  )

  it('is kept as it was when the renewal fails on the way', async () => {
    const { open, wire, advance, vault } = account()
    await open().readAccount(calm)
    const before = vault.content()
    advance(2 * day)
    wire.failNext('error-before')
    expect(await failureOf(open().readAccount(calm))).toMatchObject({ code: 'unreachable' })
    expect(vault.content()).toBe(before)
    expect((await open().readAccount(calm)).id).toBe('5001')
  })

  it('that is dead says how to get a new one', async () => {
    const { provider } = account({ state: ({ refreshTokens }) => refreshTokens.splice(0) })
    const { code, message, remedy } = await failureOf(provider.readAccount(calm))
    expect(code).toBe('auth')
    expect(message).toContain('30 days')
    expect(remedy).toContain('Make a new invite code')
  })

  it('serves a program without a vault for as long as it runs', async () => {
    const { openAlone, advance, wire } = account({ state: ({ switches }) => void (switches.rotation = 'replaces') })
    const provider = openAlone()
    for (let days = 0; days < 4; days++) {
      await provider.listUnits(calm)
      advance(day)
    }
    expect(renewals(asked(wire))).toBe(4)
  })
})

describe('a token', () => {
  it('is kept across restarts, because making one costs credits, and renewed five minutes before its end', async () => {
    const { open, advance, wire } = account()
    await open().listUnits(calm)
    advance(day - 6 * 60_000)
    await open().listUnits(calm)
    expect(renewals(asked(wire))).toBe(1)
    advance(60_000)
    await open().listUnits(calm)
    expect(renewals(asked(wire))).toBe(2)
  })

  it('that was revoked is renewed once, and the request repeated once', async () => {
    const { provider, vendor, wire } = account()
    await provider.listUnits(calm)
    vendor.state.tokens.splice(0)
    await provider.listUnits(calm)
    const words = ['GET /authentication/token', 'GET /properties']
    expect(asked(wire)).toEqual([...words, 'GET /properties', ...words])
  })

  it('that lacks a right is not renewed for ever: Beds24 says 401 for that too (trap 4)', async () => {
    const scopes = sampleScopes.filter((scope) => scope !== 'write:bookings-personal')
    const { provider, ref, vendor, wire } = account({
      state: ({ refreshTokens }) =>
        refreshTokens.splice(0, 1, { token: sampleRefreshToken, scopes, usedAt: 0, revoked: false }),
      at: '1970-01-02T00:00:00Z',
    })
    const { code, message, remedy } = await failureOf(provider.messageGuest?.({ ref, text: 'Hello' }, calm))
    expect(code).toBe('refused')
    expect(message).toContain('write:bookings-personal')
    expect(remedy).toContain('new invite code')
    expect(wire.calls).toHaveLength(5)
    expect(vendor.inbox(ref)).toEqual([])
  })

  it('of the long-life kind only reads, and the test says so', async () => {
    const { provider, wire, vault } = account({ config: { credential: sampleLongLife, kind: 'long-life-token' } })
    const { id, warning } = await provider.readAccount(calm)
    expect(id).toBe('5001')
    expect(warning).toContain('no message can be sent')
    expect(renewals(asked(wire)) + exchanges(asked(wire))).toBe(0)
    expect(vault.content()).toBeUndefined()
  })

  it('travels in its own header and nowhere else, to one host', async () => {
    const { provider, wire, ref } = account()
    await provider.readBooking(ref, calm)
    await provider.messageGuest?.({ ref, text: 'Hello' }, calm)
    const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
      version: string
    } // ours
    expect(version).toBe(manifest.version)
    for (const { request, body } of wire.calls) {
      expect(request.headers.get('authorization')).toBeNull()
      expect(request.headers.get('user-agent')).toBe(`Stayward/${version}`)
      expect(request.url + body).not.toMatch(/made-|sample-/)
      expect(new URL(request.url).origin).toBe(`https://${beds24.hosts.join()}`)
    }
  })
})

it('tries a new credential without losing what the one before had brought', async () => {
  const { open, wire } = account({ config: withInvite, state: ({ switches }) => void (switches.rotation = 'replaces') })
  await open().readAccount(calm)
  await failureOf(open({ credential: 'mistyped-invite-code', kind: 'invite-code' }).readAccount(calm))
  await open(withRefreshToken).readAccount(calm)
  expect((await open(withInvite).readAccount(calm)).id).toBe('5001')
  expect(exchanges(asked(wire))).toBe(2)
})

describe('the test of the connection', () => {
  it('tells whose account it is', async () => {
    expect(await account().provider.readAccount(calm)).toEqual({ id: '5001' })
  })

  it('fails while webhooks carry card data, with the place where it is switched off', async () => {
    const { provider, vendor } = account()
    const [first] = vendor.state.properties
    if (first) first.webhook.additionalData = 'CVCAndToken'
    const { id, unfit } = await provider.readAccount(calm)
    expect(id).toBe('5001')
    expect(unfit).toContain('Residence A')
    expect(unfit).toContain('none')
    if (first) first.webhook.url = ''
    expect(await provider.readAccount(calm)).toEqual({ id: '5001' })
  })

  it.each([
    ['read:bookings', undefined],
    ['read:bookings-personal', 'hides every name'],
    ['write:bookings-personal', 'no message can be sent'],
  ])('says what is missing without %s', async (scope, warned) => {
    const scopes = sampleScopes.filter((one) => one !== scope)
    const { provider } = account({
      state: ({ refreshTokens, account: { ownerId } }) => {
        expect(ownerId).toBe(5001)
        refreshTokens.splice(0, 1, { token: sampleRefreshToken, scopes, usedAt: Date.now() * 2, revoked: false })
      },
    })
    if (warned === undefined) expect(await failureOf(provider.readAccount(calm))).toMatchObject({ code: 'refused' })
    else expect((await provider.readAccount(calm)).warning).toContain(warned)
  })
})
