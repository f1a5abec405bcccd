import { between, type Instant } from '@stayward/core/adapter'
import { calm, failureOf } from '@stayward/core/testing'
import { describe, expect, it } from 'vitest'
import smoobu from '../src/adapter.ts'
import { type AccountOptions, smoobuAccount } from './smoobu-account.ts'

const limited = (seconds: number): AccountOptions => ({
  at: '2026-05-01T10:00:00Z',
  state: ({ switches }) => void (switches.limitedUntil = Date.parse('2026-05-01T10:00:00Z') + seconds * 1000),
})

/** An adapter in front of one fixed answer. */
function answering(status: number, headers: Record<string, string>) {
  const now = '2026-05-01T10:00:00.000Z' as Instant // has the shape
  return smoobu.open({
    config: { apiKey: 'k', apiSecret: 's' },
    fetch: async () => new Response('<html></html>', { status, headers }),
    clock: { now: () => now },
    entropy: { bytes: (count) => new Uint8Array(count) },
  })
}
const wait = async (status: number, headers: Record<string, string>) => {
  const { retryAt } = await failureOf(answering(status, headers).readAccount(calm))
  return retryAt && between('2026-05-01T10:00:00.000Z' as Instant, retryAt) / 1000 // has the shape
}

it('does not wait for the window that is named on every 200 (trap 6)', async () => {
  const { provider, wire } = smoobuAccount()
  await provider.readAccount(calm)
  await provider.readAccount(calm)
  expect(wire.calls.map(({ outcome }) => outcome)).toEqual([200, 200])
})

describe('a 429', () => {
  it('waits until the end of the window, which Smoobu tells as epoch seconds (trap 7)', async () => {
    const { provider, now } = smoobuAccount(limited(50))
    const { code, retryAt } = await failureOf(provider.readAccount(calm))
    expect(code).toBe('rate-limited')
    // The fake's minute ends at 10:01:00.
    expect(retryAt && between(now(), retryAt)).toBe(60_000)
  })
  it.each([
    [{ 'x-ratelimit-retry-after': String(Date.parse('2026-05-01T10:00:42Z') / 1000) }, 42],
    [{ 'x-ratelimit-retry-after': '42' }, 42],
    [{ 'x-ratelimit-retry-after': '-5' }, 0],
    [{ 'x-ratelimit-retry-after': String(Date.parse('2027-01-01T00:00:00Z') / 1000) }, 90],
    [{ 'x-ratelimit-retry-after': '86400' }, 90],
    [{ 'x-ratelimit-retry-after': '86400', 'retry-after': '120' }, 120],
    [{ 'x-ratelimit-retry-after': 'soon' }, 60],
    [{}, 60],
  ])('with %j waits %d seconds', async (headers, seconds) => {
    expect(await wait(429, headers)).toBe(seconds)
  })
})

describe('a gateway error', () => {
  it('of a read is tried again by the hub, not by the adapter', async () => {
    const { provider, vendor, wire } = smoobuAccount({ state: ({ switches }) => void (switches.badGateways = 1) })
    expect((await failureOf(provider.readBooking(vendor.knownBooking, calm))).code).toBe('unreachable')
    expect(wire.calls.length).toBe(1)
    expect(await provider.readBooking(vendor.knownBooking, calm)).toMatchObject({ state: 'confirmed' })
  })
  it('with the window in its headers is still no promise that a message was not sent', async () => {
    const windowEnd = { 'x-ratelimit-retry-after': '30' }
    for (const status of [502, 503]) {
      const sent = answering(status, windowEnd).messageGuest?.({ ref: '1', text: 'Hello' }, calm) ?? Promise.resolve()
      expect((await failureOf(sent)).code, String(status)).toBe('outcome-unknown')
      expect((await failureOf(answering(status, windowEnd).readAccount(calm))).code, String(status)).toBe('unreachable')
    }
  })
})
