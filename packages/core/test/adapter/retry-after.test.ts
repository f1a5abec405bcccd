import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { retryAfter } from '../../src/adapter/retry-after.ts'
import { between, instantOf, plus } from '../../src/domain/instant.ts'

const now = instantOf(Date.parse('2026-07-10T10:00:00.000Z'))
const read = (value: string) => retryAfter(new Headers({ 'retry-after': value }), ['retry-after'], now)

describe('retryAfter', () => {
  it.each([
    ['seconds', '7', 7000],
    ['fractions of a second', '0.5', 500],
    ['a date', 'Fri, 10 Jul 2026 10:00:07 GMT', 7000],
    ['an ISO date', '2026-07-10T12:00:07+02:00', 7000],
    ['epoch seconds', '1783677607', 7000],
    ['epoch milliseconds', '1783677607000', 7000],
    ['a moment that is over', 'Fri, 10 Jul 2026 09:00:00 GMT', 0],
    ['a negative wait', '-5', 0],
    ['a day', '86400', 15 * 60_000],
    ['a date next year', 'Sat, 10 Jul 2027 10:00:00 GMT', 15 * 60_000],
    ['digits beyond all measure', '9'.repeat(400), 15 * 60_000],
  ])('reads %s', (_, value, wait) => expect(read(value)).toBe(plus(now, wait)))

  it.each([
    '',
    ' ',
    'soon',
    '7 seconds',
    'May 5',
    '12 monkeys',
    'Infinity',
    'NaN',
    '0x10',
    'Xyz, 99 Foo 2026 99:99:99 GMT',
  ])('does not guess at "%s"', (value) => expect(read(value)).toBeUndefined())

  it('takes the first header that says something', () => {
    const headers = new Headers({ 'x-ratelimit-retry-after': 'unknown', 'retry-after': '30' })
    expect(retryAfter(headers, ['x-ratelimit-retry-after', 'retry-after'], now)).toBe(plus(now, 30_000))
    expect(retryAfter(new Headers(), ['x-ratelimit-retry-after', 'retry-after'], now)).toBeUndefined()
  })

  it('is never in the past and never more than 15 minutes away', () => {
    const value = fc.oneof(
      fc.string({ unit: 'grapheme-ascii' }),
      fc.double().map(String),
      fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
    )
    fc.assert(
      fc.property(value, (text) => {
        const at = read(text)
        if (at === undefined) return
        expect(between(now, at)).toBeGreaterThanOrEqual(0)
        expect(between(now, at)).toBeLessThanOrEqual(15 * 60_000)
      }),
      { numRuns: 500 },
    )
  })
})
