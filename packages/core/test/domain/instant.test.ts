import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { instantOf, millisecondsOf, parseInstant } from '../../src/domain/instant.ts'

const [first, last] = [Date.parse('0000-01-01T00:00:00Z'), Date.parse('9999-12-31T23:59:59.999Z')]

it('is written as the language writes it, and read back', () => {
  const edges = [first, last, -1, 0, 1, 59_999, 60_000, 86_399_999, 86_400_000].map((at) => [at] as [number])
  fc.assert(
    fc.property(fc.integer({ min: first, max: last }), (at) => {
      expect(instantOf(at)).toBe(new Date(at).toISOString())
      expect(millisecondsOf(instantOf(at))).toBe(at)
      expect(parseInstant(instantOf(at))).toBe(instantOf(at))
    }),
    { numRuns: 2000, examples: edges },
  )
})

it('is no year of five digits', () => {
  for (const at of [first - 1, last + 1, Number.NaN]) expect(() => instantOf(at)).toThrow(RangeError)
})
