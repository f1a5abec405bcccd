import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { between } from '@stayward/core/adapter'
import { calm, failureOf } from '@stayward/core/testing'
import { describe, expect, it } from 'vitest'
import hospitable from '../src/adapter.ts'
import { version } from '../src/version.ts'
import { accessToken, account, answering, ref, user } from './hospitable-account.ts'

it('carries the token in one header and nowhere else, to one host', async () => {
  const { provider, wire } = account()
  await provider.readAccount(calm)
  await provider.readBooking(ref, calm)
  for (const { request, body } of wire.calls) {
    expect(request.headers.get('authorization')).toBe(`Bearer ${accessToken}`)
    expect(request.headers.get('accept')).toBe('application/json')
    expect(request.url + body).not.toContain(accessToken)
    expect(new URL(request.url).origin).toBe(`https://${hospitable.hosts.join()}`)
  }
})

it('introduces itself with the version of this package', async () => {
  const { provider, wire } = account()
  await provider.readAccount(calm)
  const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')) as { version: string } // ours
  expect(version).toBe(manifest.version)
  expect(wire.calls[0]?.request.headers.get('user-agent')).toBe(`Stayward/${version}`)
})

it('tells whose account it is', async () => {
  expect(await account().provider.readAccount(calm)).toEqual({ id: user, name: 'Hanna Hostmann' })
})

it('takes tokens as long as Hospitable makes them, and secrets of both kinds', () => {
  const parse = (config: object) => hospitable.config.safeParse(config).success
  expect(parse({ accessToken: 'x'.repeat(1200) })).toBe(true)
  expect(parse({ accessToken, ownerEmail: 'Owner@Example.com', webhookSecret: 'a b', tokenMadeOn: '2026-05-01' })).toBe(
    true,
  )
  for (const wrong of [
    { accessToken: 'two words' },
    { accessToken, ownerEmail: 'nobody' },
    { accessToken, tokenMadeOn: '2026-02-30' },
    { accessToken, onlyFromHospitable: 'yes' },
  ])
    expect(parse(wrong), JSON.stringify(wrong)).toBe(false)
})

describe('a refusal', () => {
  it('of the token asks for a new one', async () => {
    const { provider } = account({ config: { accessToken: 'revoked-token' } })
    const { code, message, remedy } = await failureOf(provider.readAccount(calm))
    expect(code).toBe('auth')
    expect(message).toContain('a year old')
    expect(remedy).toContain('Make a new token')
  })
  it.each([
    ['{"status_code":403,"reason_phrase":"Invalid scope(s) provided."}', 'refused', 'Read and Write'],
    ['{"message":"Your plan has no API access."}', 'auth', 'plan'],
    ['<html>Forbidden</html>', 'auth', 'plan'],
    ['', 'auth', 'plan'],
  ])('403 %s is %s (trap 18)', async (body, expected, hint) => {
    const { code, remedy, message } = await failureOf(answering(403, body).listUnits(calm))
    expect(code).toBe(expected)
    expect(remedy).toContain(hint)
    expect(message).not.toContain('API access')
  })
})

describe('being asked to wait', () => {
  const limited = (saysWhen: boolean) =>
    account({
      state: ({ switches }) => Object.assign(switches, { limitedUntil: Date.parse('2026-05-01T10:00:42Z'), saysWhen }),
    })
  it.each([
    [true, 42_000],
    [false, 60_000],
  ])('with a time (%s) waits %d ms', async (saysWhen, wait) => {
    const { provider, now } = limited(saysWhen)
    const { code, retryAt } = await failureOf(provider.readAccount(calm))
    expect([code, retryAt && between(now(), retryAt)]).toEqual(['rate-limited', wait])
  })
  it.each([
    [{ 'retry-after': '59', 'x-ratelimit-reset': '1777629700' }, 59],
    [{ 'x-ratelimit-reset': String(Date.parse('2026-05-01T10:00:20Z') / 1000) }, 20],
    [{ 'retry-after': 'Fri, 01 May 2026 10:00:30 GMT' }, 30],
  ])('%j is %d seconds', async (headers, seconds) => {
    const { retryAt } = await failureOf(answering(429, '{}', headers).readAccount(calm))
    expect(retryAt).toBe(new Date(Date.parse('2026-05-01T10:00:00Z') + seconds * 1000).toISOString())
  })
  it('is not taken from a good answer', async () => {
    const { provider } = account()
    await provider.readMessages?.(ref, calm)
    expect(await provider.readMessages?.(ref, calm)).toEqual([])
  })
  it('a bad gateway is tried again by the hub, not by the adapter', async () => {
    const { provider, wire } = account({ state: ({ switches }) => void (switches.badGateways = 1) })
    expect((await failureOf(provider.readBooking(ref, calm))).code).toBe('unreachable')
    expect(wire.calls.length).toBe(1)
  })
})

describe('the age of the token', () => {
  const warningOn = async (at: string, tokenMadeOn?: string) => {
    const { provider } = account({ at, config: { accessToken, ...(tokenMadeOn === undefined ? {} : { tokenMadeOn }) } })
    return (await provider.readAccount(calm)).warning
  }
  it('is told in its last month, with the day (trap 17)', async () => {
    expect(await warningOn('2026-05-02T10:00:00Z', '2025-06-01')).toContain('2026-06-01')
    expect(await warningOn('2026-07-01T10:00:00Z', '2025-06-01')).toContain('2026-06-01')
  })
  it('is no matter before, nor when nobody entered it', async () => {
    expect(await warningOn('2026-05-01T23:00:00Z', '2025-06-01')).toBeUndefined()
    expect(await warningOn('2026-05-01T10:00:00Z')).toBeUndefined()
  })
})

it('tells that Hospitable ends this version of its interface', async () => {
  const { provider, vendor } = account()
  vendor.state.switches.sunset = 'Sat, 01 May 2027 00:00:00 GMT'
  expect((await provider.readAccount(calm)).warning).toContain('01 May 2027')
  const strange = answering(200, JSON.stringify({ data: { id: user } }), { sunset: '<script>alert(1)</script>' })
  expect(await strange.readAccount(calm)).toEqual({ id: user })
})
