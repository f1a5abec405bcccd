import { describe, expect, it } from 'vitest'
import type { Fault, MemoryLockOptions } from '../../src/testing/index.ts'
import { inboxOf, openAlerts, textsOn, watchDoubles } from './truth.ts'
import type { Heard } from './words.ts'
import { diceOf, hours, makeWorld, minutes, type World } from './world.ts'

const faults: readonly Fault[] = [
  'unauthorized',
  'wait-none',
  'error-before',
  'error-after',
  'timeout-after',
  'html',
  'cut',
  'dns',
]
const phones = ['+33639980011', '+33639980012', '+33639980013']
const locks: readonly MemoryLockOptions[] = [
  {},
  { canUpdate: false },
  { readBack: 'heartbeat', showsAfter: 30_000, syncDelay: 20_000, refusesTakenPins: false },
  { readBack: 'synced', syncDelay: minutes(1), readsPin: false },
]

/** Two hours in which anything may happen, then a quiet half day; every choice follows from the seed. */
async function weather(seed: number): Promise<{ readonly world: World; readonly refs: readonly string[] }> {
  const dice = diceOf(seed)
  const pick = <One>(from: readonly One[]): One => from[Math.floor(dice() * from.length)] as One // never from an empty list
  const world = await makeWorld({ seed, lock: pick(locks) })
  const { source, lock, hub, wire } = world
  world.poll()
  watchDoubles(world)
  const stay = (n: number) => ({
    arrival: `2026-07-0${2 + (n % 2)}`,
    departure: `2026-07-0${4 + n}`,
    guest: { phone: phones[n] ?? '' },
  })
  const refs = [0, 1, 2].map((n) => source.add({ ...stay(n), unitRef: pick(['flat-1', 'flat-2']) }))
  const events: readonly ((ref: string) => void)[] = [
    (ref) => source.change(ref, { departure: `2026-07-0${pick([4, 5, 6, 7])}` }),
    (ref) => source.move(ref, pick(['flat-1', 'flat-2'])),
    (ref) => source.cancel(ref),
    (ref) => source.change(ref, { state: 'confirmed' }),
    () => lock.setOnline(pick(['street-lock', 'loft-lock', 'studio-lock']), dice() < 0.5),
    () => wire[pick(['source', 'lock', 'sms'] as const)].failAll(pick(faults)),
    () => wire[pick(['source', 'lock', 'sms'] as const)].failNext(pick(faults)),
    () => (['source', 'lock', 'sms'] as const).forEach((side) => wire[side].heal()),
    () => void (hub.crashAt = hub.calls.length + Math.floor(dice() * 60)),
    () => void (world.listening = !world.listening),
    () => void (hub.sideBySide = !hub.sideBySide),
  ]
  for (let turn = 0; turn < 24; turn++) {
    pick(events)(pick(refs))
    await world.advance(Math.floor(dice() * minutes(10)))
  }
  for (const side of ['source', 'lock', 'sms'] as const) wire[side].heal()
  for (const device of ['street-lock', 'loft-lock', 'studio-lock']) lock.setOnline(device, true)
  hub.crashAt = undefined
  world.listening = true
  await world.advance(hours(12))
  return { world, refs }
}

/** Codes of ours on the doors: for each its PIN and its end. */
function doorsOf({ lock }: World): Record<string, string[]> {
  return Object.fromEntries(
    ['street', 'loft', 'studio'].map((door) => [
      door,
      lock
        .codesOn(`${door}-lock`)
        .map(({ pin, until }) => `${pin} ${until}`)
        .sort(),
    ]),
  )
}

/** What the newest words on a channel say of the doors; nothing when they are withdrawn, or were never said. */
function knownFrom(heard: readonly Heard[]): Record<string, string> {
  const last = heard.at(-1)
  if (!last || last.kind === 'withdrawal') return {}
  const entries = Object.entries(last.doors).filter(([, enter]) => enter !== '-')
  return Object.fromEntries(entries.map(([door, enter]) => [door, `${enter.slice(-6)} ${last.until}`]))
}

/** Nobody is told the same twice, nor ever another PIN: no door here has a reason to refuse one. */
function expectOneStory(heard: readonly Heard[]): void {
  const said = heard.map((message) => JSON.stringify(message))
  for (const [index, text] of said.entries()) expect(text, 'said twice').not.toBe(said[index - 1])
  const pins = heard.flatMap(({ doors }) =>
    Object.values(doors).flatMap((enter) => (enter === '-' ? [] : enter.slice(-6))),
  )
  expect(new Set(pins).size, 'PINs told').toBeLessThanOrEqual(1)
}

describe('whatever happens for two hours', () => {
  it.each(Array.from({ length: 24 }, (_, seed) => seed + 1))(
    '(%i) the doors and the guests are right in the end',
    async (seed) => {
      const { world, refs } = await weather(seed)
      const expected: Record<string, string[]> = { street: [], loft: [], studio: [] }
      for (const [n, ref] of refs.entries()) {
        const stay = world.source.state.bookings[ref]
        const messages = [...world.store.state.messages.values()].filter(({ to }) => to === phones[n] || to === ref)
        const settled = (channel: (to: string) => boolean) =>
          messages.filter(({ to }) => channel(to)).every(({ state }) => state === 'accepted' || state === 'withdrawn')
        expectOneStory(textsOn(world, phones[n]))
        expectOneStory(inboxOf(world, ref))
        const sms = knownFrom(textsOn(world, phones[n]))
        const inbox = knownFrom(inboxOf(world, ref))
        if (stay?.state !== 'confirmed') {
          if (settled((to) => to === phones[n])) expect(sms, `SMS of ${ref}`).toEqual({})
          if (settled((to) => to === ref)) expect(inbox, `inbox of ${ref}`).toEqual({})
          continue
        }
        const known = settled((to) => to === ref) ? inbox : settled((to) => to === phones[n]) ? sms : undefined
        const until = `${stay.departure}T09:30:00.000Z`
        const flat = stay.unitRef === 'flat-1' ? 'loft' : 'studio'
        const pin =
          known?.[flat]?.slice(0, 6) ?? world.lock.codesOn(`${flat}-lock`).find((code) => code.until === until)?.pin
        if (known) expect(known, `told of ${ref}`).toEqual({ street: `${pin} ${until}`, [flat]: `${pin} ${until}` })
        for (const door of ['street', flat]) expected[door]?.push(`${pin} ${until}`)
      }
      for (const held of Object.values(expected)) held.sort()
      expect(doorsOf(world)).toEqual(expected)
      expect(openAlerts(world).filter((kind) => kind !== 'message')).toEqual([])
    },
  )
})
