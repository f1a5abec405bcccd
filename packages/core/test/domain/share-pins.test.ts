import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isWeak, obeys, type PinRules } from '../../src/domain/pin.ts'
import { type PinPlace, sharePins } from '../../src/domain/share-pins.ts'

const tenDigits = '0123456789'
const everyPin = [3, 4].flatMap((length) =>
  Array.from({ length: 10 ** length }, (_, index) => String(index).padStart(length, '0')),
)
/** A small world of PINs, so that a test can try them all: those made of these digits. */
const pins = everyPin.filter((pin) => /^[1357]+$/.test(pin) && !isWeak(pin))
const small = { lengths: [3, 4], digits: '1357' }

const someRules: fc.Arbitrary<PinRules> = fc.record({
  lengths: fc.constantFrom([3], [4], [3, 4], [4, 3]),
  digits: fc.constantFrom('1357', '135', '357', '13', '57', '1357'),
  forbiddenPrefixes: fc.constantFrom([], ['1'], ['57'], ['3', '5']),
  forbiddenPatterns: fc.constantFrom<string[]>([], ['7$'], ['(.).*\\1']),
})

const somePlaces = fc
  .array(fc.record({ rules: someRules, taken: fc.subarray(pins), holding: fc.option(fc.constantFrom(...pins)) }), {
    minLength: 1,
    maxLength: 5,
  })
  .map((all) =>
    all.map(({ rules, taken, holding }, index): PinPlace => {
      const set = new Set(taken)
      const isHeld = holding !== null && obeys(holding, rules) && !set.has(holding)
      return {
        deviceId: `d${index}`,
        rules,
        taken: (pin) => set.has(pin),
        ...(isHeld ? { holds: holding } : {}),
      }
    }),
  )

const suits = ({ rules, taken, holds }: PinPlace, pin: string) => holds === pin || (obeys(pin, rules) && !taken(pin))
const first = (_below: number) => 0
const share = (places: readonly PinPlace[], known: readonly string[] = [], draw = first) =>
  sharePins({ places, known, draw })

/** The PIN of every device afterwards. */
function after(places: readonly PinPlace[], { pins: given }: ReturnType<typeof share>): Map<string, string> {
  return new Map(
    places.flatMap(({ deviceId, holds }) => {
      const pin = given.get(deviceId) ?? holds
      return pin === undefined ? [] : [[deviceId, pin] as const]
    }),
  )
}

/** How few PINs are enough, by trying sets of one PIN, then of two: a device needs one of the set. */
function fewest(places: readonly PinPlace[]): number {
  // PINs that suit the same devices are worth the same.
  const reach = new Set<number>()
  const candidates = new Set([...pins, ...places.flatMap(({ holds }) => holds ?? [])])
  for (const pin of candidates)
    reach.add(places.reduce((mask, place, index) => (suits(place, pin) ? mask | (1 << index) : mask), 0))
  const everybody = [...reach].reduce((all, mask) => all | mask, 0)
  let reached = new Set([0])
  for (let count = 0; ; count += 1) {
    if (reached.has(everybody)) return count
    reached = new Set([...reached].flatMap((done) => [...reach].map((mask) => done | mask)))
  }
}

describe('sharePins', () => {
  it('needs no more PINs than a search through all of them finds, and every device takes its own', () => {
    fc.assert(
      fc.property(somePlaces, (places) => {
        const shared = share(places)
        const pinOf = after(places, shared)
        for (const place of places) {
          const pin = pinOf.get(place.deviceId)
          if (pin === undefined) expect(pins.filter((one) => suits(place, one))).toEqual([])
          else expect(suits(place, pin)).toBe(true)
        }
        expect(shared.without.map(({ deviceId }) => deviceId)).toEqual(
          places.filter(({ deviceId }) => !pinOf.has(deviceId)).map(({ deviceId }) => deviceId),
        )
        // Doors that can join a PIN in use do so, and nobody's PIN changes only to save one.
        const used = new Set(places.flatMap(({ holds }) => holds ?? []))
        const joins = places.every((place) => place.holds !== undefined || [...used].some((pin) => suits(place, pin)))
        expect(new Set(pinOf.values()).size).toBe(joins ? used.size : fewest(places))
        if (joins) for (const { deviceId, holds } of places) if (holds) expect(pinOf.get(deviceId)).toBe(holds)
      }),
      { numRuns: 400 },
    )
  })

  it('divides the doors the same way whatever is drawn', () => {
    fc.assert(
      fc.property(somePlaces, fc.infiniteStream(fc.nat()), (places, random) => {
        const numbers = random[Symbol.iterator]()
        const division = (draw: (below: number) => number) => {
          const byPin = Map.groupBy(after(places, share(places, [], draw)), ([, pin]) => pin)
          return [...byPin.values()].map((group) => group.map(([deviceId]) => deviceId))
        }
        expect(division((below) => (numbers.next().value ?? 0) % below)).toEqual(division(first))
      }),
      { numRuns: 100 },
    )
  })

  const place = (deviceId: string, over: Partial<PinPlace> = {}): PinPlace => ({
    deviceId,
    rules: { lengths: [4], digits: tenDigits },
    taken: () => false,
    ...over,
  })
  const six = { rules: { lengths: [6], digits: tenDigits } }

  it('gives two PINs to three doors of two kinds', () => {
    const { pins: given, fresh } = share([place('gate'), place('lift', six), place('flat')])
    expect(given.get('gate')).toBe(given.get('flat'))
    expect(given.get('lift')).toHaveLength(6)
    expect(fresh).toBe(true)
  })

  it('lets a new door join the PIN that it takes, and leaves the others alone', () => {
    const doors = [place('gate', { holds: '4071' }), place('lift', { ...six, holds: '407113' })]
    expect(share([...doors, place('cellar', six)])).toEqual({
      pins: new Map([['cellar', '407113']]),
      fresh: false,
      without: [],
    })
  })

  it('changes no more doors than it must', () => {
    const doors = [
      place('gate', { holds: '4071' }),
      place('hall', { holds: '4071' }),
      place('lift', { ...six, holds: '407113' }),
    ]
    const either = { rules: { lengths: [4, 6], digits: tenDigits }, taken: (pin: string) => pin.startsWith('4071') }
    expect([...share([...doors, place('cellar', either)]).pins.keys()]).toEqual(['lift', 'cellar'])
  })

  it('takes up a PIN of before rather than a new one', () => {
    expect(share([place('gate'), place('flat')], ['4071'])).toMatchObject({ fresh: false })
    expect(share([place('gate'), place('flat')], ['4071']).pins).toEqual(
      new Map([
        ['gate', '4071'],
        ['flat', '4071'],
      ]),
    )
    expect(share([place('gate'), place('flat', { taken: (pin) => pin === '4071' })], ['4071'])).toMatchObject({
      fresh: true,
    })
  })

  it('names the doors that no PIN is left for, and serves the others', () => {
    const full = place('gate', { rules: small, taken: () => true })
    const { pins: given, without } = share([full, place('flat')])
    expect(without).toEqual([full])
    expect([...given.keys()]).toEqual(['flat'])
  })
})
