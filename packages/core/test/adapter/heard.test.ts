import { describe, expect, it } from 'vitest'
import { heard as heardAt } from '../../src/adapter/heard.ts'
import type { Rate } from '../../src/adapter/rate.ts'
import { instantOf } from '../../src/domain/instant.ts'

const plain = { perSecond: 2, burst: 20 }
const answer = (status: number, headers: Record<string, string> = {}) => ({ status, headers: new Headers(headers) })
const minutes = 60_000
const now = Date.parse('2026-05-01T09:00:00Z')
const heard = (rate: Rate, said: ReturnType<typeof answer>) => heardAt(rate, said, instantOf(now))

describe('what a vendor says of its limits', () => {
  it('is believed on a refusal', () => {
    expect(heard(plain, answer(429, { 'retry-after': '7.5' })).wait).toBe(7500)
    expect(heard(plain, answer(503, { 'retry-after': '7' })).wait).toBe(7000)
    const inAMinute = new Date(now + minutes).toUTCString()
    expect(heard(plain, answer(429, { 'retry-after': inAMinute })).wait).toBe(minutes)
  })
  it('means nothing on anything else', () => {
    for (const status of [200, 201, 400, 404, 500])
      expect(heard(plain, answer(status, { 'retry-after': '60' }))).toEqual({})
  })
  it('counts for fifteen minutes at most, and never for less than nothing', () => {
    expect(heard(plain, answer(429, { 'retry-after': '86400' })).wait).toBe(15 * minutes)
    expect(heard(plain, answer(429, { 'retry-after': '-5' })).wait).toBe(0)
  })
  it('is read where this vendor says it, as a Unix time too', () => {
    const rate = { ...plain, says: { wait: ['x-ratelimit-reset'] } }
    const epoch = String(Math.floor(now / 1000) + 90)
    expect(heard(rate, answer(429, { 'x-ratelimit-reset': epoch })).wait).toBe(90_000)
    expect(heard(rate, answer(200, { 'x-ratelimit-reset': epoch })).wait).toBeUndefined()
    expect(heard(rate, answer(503, { 'x-ratelimit-reset': epoch })).wait).toBe(0) // there it is only the window's end
  })
  it('says nothing: until the budget would be whole again', () => {
    expect(heard(plain, answer(429)).wait).toBe(10_000)
    expect(heard({ ...plain, window: { requests: 100, per: 30_000 } }, answer(429)).wait).toBe(30_000)
    expect(heard({ perSecond: 100, burst: 1 }, answer(429)).wait).toBe(5000)
    expect(heard(plain, answer(429, { 'retry-after': 'soon' })).wait).toBe(10_000)
  })
  it('is read as credits on every answer', () => {
    const rate = {
      ...plain,
      credits: { most: 100, per: 5 * minutes, cost: 1.5 },
      says: {
        left: ['x-five-min-limit-remaining', 'x-fivemincreditlimit-remaining'],
        resets: ['x-five-min-limit-resets-in'],
      },
    }
    const headers = { 'x-five-min-limit-remaining': '81.3', 'x-five-min-limit-resets-in': '120' }
    const { left, resetsIn, wait } = heard(rate, answer(200, headers))
    expect([left, wait]).toEqual([81.3, undefined])
    expect(resetsIn).toBe(120_000)
    expect(heard(rate, answer(201, { 'x-fivemincreditlimit-remaining': '3' }))).toEqual({ left: 3 })
    expect(heard(rate, answer(429, headers)).wait).toBe(120_000)
    expect(heard(rate, answer(429)).wait).toBe(5 * minutes)
    expect(heard(rate, answer(200, { 'x-five-min-limit-remaining': 'plenty' }))).toEqual({})
  })
})
