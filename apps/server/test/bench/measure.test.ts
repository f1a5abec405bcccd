import { describe, expect, it } from 'vitest'
import { measure, outcomeOf, rounds, shown, spreadOf, steady } from '../../bench/measure.ts'

describe('a contest', () => {
  it('alternates yardstick and candidate, five rounds, and gives the median of the rounds’ ratios', async () => {
    const order: string[] = []
    const before = [100, 110, 120, 130, 140]
    const ours = [200, 110, 360, 130, 280]
    const outcome = await measure({
      name: 'hello',
      yardstick: async (round) => (order.push(`a${round}`), before[round - 1] ?? 0),
      candidate: async (round) => (order.push(`b${round}`), ours[round - 1] ?? 0),
    })
    expect(order).toEqual(['a1', 'b1', 'a2', 'b2', 'a3', 'b3', 'a4', 'b4', 'a5', 'b5'])
    expect(rounds).toBe(5)
    expect(outcome).toEqual({
      name: 'hello',
      // Round by round 2, 1, 3, 1, 2: the ratio of the medians would be 200 / 120.
      ratio: { median: 2, least: 1, most: 3 },
      yardstick: { median: 120, least: 100, most: 140 },
      candidate: { median: 200, least: 110, most: 360 },
    })
  })

  it('is reported up to the limit, and refused beyond it', () => {
    const ours = [50, 50, 50, 50, 50]
    expect(outcomeOf('hello', [100, 100, 100, 100, 100 * steady], ours)).toHaveProperty('ratio')
    const refused = outcomeOf('hello', [100, 100, 100, 100, 100 * steady + 1], ours)
    expect(refused).not.toHaveProperty('ratio')
    expect(refused).toHaveProperty('refused', expect.stringContaining('"hello" itself varied by 1.61×'))
  })

  it('does not mind a candidate that varies', () => {
    expect(outcomeOf('hello', [100, 100, 100, 100, 100], [1, 2, 4, 8, 16])).toMatchObject({
      ratio: { median: 0.04, least: 0.01, most: 0.16 },
    })
  })

  it('refuses a yardstick that did nothing at all', () => {
    expect(outcomeOf('hello', [0, 0, 0, 0, 0], [1, 1, 1, 1, 1])).toHaveProperty('refused')
    expect(outcomeOf('hello', [Number.NaN, 1, 1, 1, 1], [1, 1, 1, 1, 1])).toHaveProperty('refused')
  })

  it('tells the person who waits how each round went', async () => {
    const lines: string[] = []
    const one = async () => 1234.5
    await measure({ name: 'hello', yardstick: one, candidate: one }, (line) => lines.push(line))
    expect(lines).toHaveLength(5)
    expect(lines[0]).toBe('hello, round 1 of 5: 1235 and 1235')
  })
})

describe('a spread', () => {
  it('has the middle of an odd count, and half-way between the two middle ones of an even count', () => {
    expect(spreadOf([5, 1, 4, 2, 3])).toEqual({ median: 3, least: 1, most: 5 })
    expect(spreadOf([4, 1, 3, 2])).toEqual({ median: 2.5, least: 1, most: 4 })
    expect(spreadOf([7])).toEqual({ median: 7, least: 7, most: 7 })
  })

  it('is shown with as many digits as it has worth', () => {
    expect([0.01234, 1.2345, 12.345, 123.45, 12345.6, undefined].map(shown)).toEqual([
      '0.0123',
      '1.23',
      '12.3',
      '123',
      '12346',
      'nothing',
    ])
  })
})
