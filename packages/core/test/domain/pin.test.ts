import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { choosePin, countPins, isWeak, pinSpace, type PinRules } from '../../src/domain/pin.ts'

const tenDigits = '0123456789'
const plain: PinRules = { lengths: [4], digits: tenDigits }

/** A repeatable stand-in for the entropy port: mulberry32, with rejection so that every number is equally likely. */
function seeded(seed: number): (below: number) => number {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  return (below) => {
    const limit = Math.floor(2 ** 32 / below) * below
    for (;;) {
      const value = next()
      if (value < limit) return value % below
    }
  }
}

/** Every text of `length` over the ten digits. */
function allOf(length: number): readonly string[] {
  return Array.from({ length: 10 ** length }, (_, index) => String(index).padStart(length, '0'))
}

const shortOnes = [2, 3, 4].flatMap(allOf)
const safe = shortOnes.filter((pin) => !isWeak(pin))

function obeys(pin: string, rules: readonly PinRules[]): boolean {
  return rules.every(
    ({ lengths, digits, forbiddenPrefixes = [], forbiddenPatterns = [] }) =>
      lengths.includes(pin.length) &&
      Array.from(pin).every((digit) => digits.includes(digit)) &&
      !forbiddenPrefixes.some((prefix) => pin.startsWith(prefix)) &&
      !forbiddenPatterns.some((pattern) => new RegExp(pattern).test(pin)),
  )
}

const someRules: fc.Arbitrary<PinRules> = fc.record({
  lengths: fc.uniqueArray(fc.integer({ min: 2, max: 4 }), { minLength: 1 }),
  digits: fc.oneof(
    fc.constant(tenDigits),
    fc.subarray(Array.from(tenDigits)).map((list) => list.join('')),
  ),
  forbiddenPrefixes: fc.array(fc.integer({ min: 0, max: 99 }).map(String), { maxLength: 4 }),
  forbiddenPatterns: fc.constantFrom<string[]>([], ['(.)\\1'], ['^0', '0$']),
})
/** Which PINs are in use: a share of them, chosen by a seed. */
const someTaken = fc
  .record({ share: fc.constantFrom(0, 0.5, 0.99, 0.999, 1), seed: fc.nat() })
  .map(({ share, seed }) => new Set(allTaken(share, seed)))

function allTaken(share: number, seed: number): readonly string[] {
  const draw = seeded(seed)
  return shortOnes.filter(() => draw(1000) < share * 1000)
}

describe('choosePin', () => {
  it('obeys every device, avoids what is taken and weak, and gives up only when nothing is left', () => {
    fc.assert(
      fc.property(fc.array(someRules, { maxLength: 3 }), someTaken, fc.nat(), (rules, held, seed) => {
        const choice = choosePin({ rules, taken: (pin) => held.has(pin), draw: seeded(seed) })
        const allowed = rules.length === 0 ? [] : safe.filter((pin) => obeys(pin, rules))
        const free = allowed.filter((pin) => !held.has(pin))
        if (choice.status === 'chosen') {
          const preferred = rules[0]?.lengths.find((length) => free.some((pin) => pin.length === length))
          expect(free).toContain(choice.pin)
          expect(choice.pin.length).toBe(preferred)
        } else {
          const common = rules[0]?.lengths.some((length) => rules.every((rule) => rule.lengths.includes(length)))
          expect(free).toEqual([])
          expect(choice.reason).toBe(
            allowed.length > 0 ? 'all-taken' : common ? 'no-common-digits' : 'no-common-length',
          )
        }
      }),
      { numRuns: 300 },
    )
  })

  it('is uniform: a chi-square test over 200,000 draws', () => {
    const draw = seeded(20_260_710)
    const counts = new Map(
      allOf(4)
        .filter((pin) => !isWeak(pin))
        .map((pin) => [pin, 0]),
    )
    const draws = 200_000
    for (let drawn = 0; drawn < draws; drawn += 1) {
      const choice = choosePin({ rules: [plain], taken: () => false, draw })
      const pin = choice.status === 'chosen' ? choice.pin : ''
      counts.set(pin, (counts.get(pin) ?? Number.NaN) + 1)
    }
    const expected = draws / counts.size
    const chiSquare = counts.values().reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
    const freedom = counts.size - 1
    // Wilson and Hilferty: the cube root of chi-square per degree of freedom is close to normal. 3.09 is p = 0.001.
    const z = (Math.cbrt(chiSquare / freedom) - (1 - 2 / (9 * freedom))) / Math.sqrt(2 / (9 * freedom))
    expect(Math.abs(z)).toBeLessThan(3.09)
  })

  it('finds the last free PIN of a nearly used-up device, and draws evenly among the last few', () => {
    const fourDigits = safe.filter((pin) => pin.length === 4)
    const last = fourDigits[4711] ?? ''
    const only = choosePin({ rules: [plain], taken: (pin) => pin !== last, draw: seeded(1) })
    expect(only).toEqual({ status: 'chosen', pin: last })

    const few = new Set(fourDigits.slice(100, 104))
    const found = Map.groupBy(
      Array.from({ length: 400 }, (_, seed) => seed),
      (seed) => {
        const choice = choosePin({ rules: [plain], taken: (pin) => !few.has(pin), draw: seeded(seed) })
        return choice.status === 'chosen' ? choice.pin : choice.reason
      },
    )
    expect([...found.keys()].toSorted()).toEqual([...few])
    for (const [, seeds] of found) expect(seeds.length).toBeGreaterThan(60)

    const none = choosePin({ rules: [plain], taken: () => true, draw: seeded(1) })
    expect(none).toMatchObject({ status: 'impossible', reason: 'all-taken', text: expect.stringContaining('4 digits') })
  })

  it('takes the next length when the preferred one is used up', () => {
    const rules: PinRules[] = [
      { lengths: [4, 5], digits: tenDigits },
      { lengths: [5, 4], digits: '123456789' },
    ]
    const choice = choosePin({ rules, taken: (pin) => pin.length === 4, draw: seeded(3) })
    expect(choice).toMatchObject({ status: 'chosen', pin: expect.stringMatching(/^[1-9]{5}$/) })
  })

  it('takes nothing but the draw into account', () => {
    const random = vi.spyOn(Math, 'random')
    const bytes = vi.spyOn(globalThis.crypto, 'getRandomValues')
    const drawn = (seed: number) => choosePin({ rules: [plain], taken: () => false, draw: seeded(seed) })
    const pins = Array.from({ length: 50 }, (_, seed) => drawn(seed))
    expect(Array.from({ length: 50 }, (_, seed) => drawn(seed))).toEqual(pins)
    expect(new Set(pins.map((choice) => JSON.stringify(choice))).size).toBeGreaterThan(45)
    expect(random).not.toHaveBeenCalled()
    expect(bytes).not.toHaveBeenCalled()
  })

  it('says what is in the way, and what to do', () => {
    const impossible = (...rules: PinRules[]) => choosePin({ rules, taken: () => false, draw: seeded(5) })
    expect(impossible()).toMatchObject({ reason: 'no-common-length', text: expect.stringContaining('Add a door') })
    expect(impossible(plain, { lengths: [6], digits: tenDigits })).toMatchObject({
      reason: 'no-common-length',
      text: expect.stringContaining('one device takes 4, another 6 digits'),
    })
    expect(impossible({ lengths: [4], digits: '12345' }, { lengths: [4], digits: '67890' })).toMatchObject({
      reason: 'no-common-digits',
      text: expect.stringContaining('take: none'),
    })
    // One device forbids half of the keypad as a first digit, the other one the other half.
    const half = { ...plain, forbiddenPrefixes: ['0', '1', '2', '3', '4'] }
    const otherHalf = { ...plain, lengths: [8, 4], forbiddenPrefixes: ['5', '6', '7', '8', '9'] }
    expect(impossible(half, otherHalf)).toMatchObject({ reason: 'no-common-digits' })
    expect(impossible({ lengths: [4], digits: '7' })).toMatchObject({ reason: 'no-common-digits' })
  })
})

describe('countPins and pinSpace', () => {
  it('count what a device takes', () => {
    fc.assert(
      fc.property(someRules, someTaken, (rules, held) => {
        const allowed = safe.filter((pin) => obeys(pin, [rules]))
        expect(countPins(rules, (pin) => held.has(pin))).toEqual({
          all: allowed.length,
          taken: allowed.filter((pin) => held.has(pin)).length,
        })
        const { forbiddenPatterns: _patterns, ...plainly } = rules
        expect(pinSpace(plainly)).toBe(shortOnes.filter((pin) => obeys(pin, [plainly])).length)
      }),
      { numRuns: 50 },
    )
  })
})

describe('isWeak', () => {
  it('leaves more than 92 % of the PINs of four digits, and more of the longer ones', () => {
    const share = (length: number) => allOf(length).filter(isWeak).length / 10 ** length
    expect(share(4)).toBeLessThan(0.08)
    expect(share(5)).toBeLessThan(0.02)
    expect(share(6)).toBeLessThan(0.01)
  })

  const weak = ['0000', '7777', '1234', '9012', '4321', '2109', '1212', '1122', '1221', '1987', '2026', '2580', '0852']
  const weakLong = ['123456', '890123', '121212', '123123', '112233', '121121', '123321', '111222', '98765', '12321']
  it.each([...weak, ...weakLong])('finds %s weak', (pin) => {
    expect(isWeak(pin)).toBe(true)
  })

  it.each(['0071', '1407', '1357', '4471', '1124', '2139', '1899', '2100', '025803', '119847', '198700'])(
    'lets %s pass',
    (pin) => {
      expect(isWeak(pin)).toBe(false)
    },
  )
})
