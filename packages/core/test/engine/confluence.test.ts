import { describe, expect, it } from 'vitest'
import { kinds, inboxOf, openAlerts, pinsOn, textsOn, watchDoubles } from './truth.ts'
import { diceOf, hours, makeWorld, minutes, type World } from './world.ts'

/** What happens outside, at its minute: two stays that meet at one door, each changed several times. */
const script: readonly { readonly at: number; readonly turn: (world: World, refs: readonly string[]) => void }[] = [
  { at: 1, turn: ({ source }, [first = '']) => source.change(first, { departure: '2026-07-05' }) },
  { at: 20, turn: ({ source }, [, second = '']) => source.move(second, 'flat-1') },
  { at: 21, turn: ({ source }, [first = '']) => source.move(first, 'flat-2') },
  { at: 22, turn: ({ source }, [, second = '']) => source.cancel(second) },
  {
    at: 45,
    turn: ({ source }, [, second = '']) => source.change(second, { state: 'confirmed', departure: '2026-07-04' }),
  },
  { at: 46, turn: ({ source }, [, , third = '']) => source.cancel(third) },
]

/** Plays the script while a delivery gets through as `delivered` says, and returns what is true in the end. */
async function end(delivered: 'each' | 'none' | 'shuffled', seed: number, sideBySide = false) {
  const world = await makeWorld({ seed: 3 })
  world.hub.sideBySide = sideBySide
  watchDoubles(world)
  const dice = diceOf(seed)
  const refs = [
    world.source.add({ arrival: '2026-07-02', departure: '2026-07-04', guest: { phone: '+33639980011' } }),
    world.source.add({
      arrival: '2026-07-02',
      departure: '2026-07-03',
      unitRef: 'flat-2',
      guest: { phone: '+33639980012' },
    }),
    world.source.add({ arrival: '2026-07-03', departure: '2026-07-04', guest: { phone: '+33639980013' } }),
  ]
  world.listening = delivered === 'each'
  world.poll()
  let heard: string[] = []
  for (let minute = 0; minute < 60; minute++) {
    for (const { at, turn } of script) if (at === minute) turn(world, refs)
    if (delivered === 'shuffled') {
      heard.push(...refs, ...refs.filter(() => dice() < 0.5))
      // Late, doubled, out of order; some never come.
      const now = heard.filter(() => dice() < 0.3).sort(() => dice() - 0.5)
      heard = heard.filter(() => dice() < 0.7)
      for (const ref of now) world.hub.nudge(`${world.ids.source}/${ref}`)
    }
    await world.advance(minutes(1))
  }
  await world.advance(hours(2))
  const held = ['street-lock', 'loft-lock', 'studio-lock'].map((device) =>
    world.lock
      .codesOn(device)
      .map(({ from, until }) => `${from} ${until}`)
      .sort(),
  )
  const onOneDoor = pinsOn(world, 'studio-lock').every((pin) => pinsOn(world, 'street-lock').includes(pin))
  const lastWords = refs.map((ref, index) => {
    const phone = textsOn(world, `+3363998001${index + 1}`)
    expect(kinds(phone)).toEqual(kinds(inboxOf(world, ref)))
    const { kind = 'nothing', unit = '', until = '' } = phone.at(-1) ?? {}
    return kind === 'withdrawal' ? kind : `${kind === 'nothing' ? kind : 'told'} ${unit} ${until}`
  })
  return { held, onOneDoor, lastWords, alerts: openAlerts(world) }
}

describe('the same truth', () => {
  it('ends in the same doors and the same last words, whatever becomes of the webhooks', async () => {
    const straight = await end('each', 0)
    expect(straight).toEqual({
      held: [
        ['2026-07-02T13:00:00.000Z 2026-07-04T09:30:00.000Z', '2026-07-02T13:00:00.000Z 2026-07-05T09:30:00.000Z'],
        ['2026-07-02T13:00:00.000Z 2026-07-04T09:30:00.000Z'],
        ['2026-07-02T13:00:00.000Z 2026-07-05T09:30:00.000Z'],
      ],
      onOneDoor: true,
      lastWords: ['told Studio 2026-07-05T09:30:00.000Z', 'told Loft 2026-07-04T09:30:00.000Z', 'withdrawal'],
      alerts: [],
    })
    expect(await end('none', 0)).toEqual(straight)
    for (let seed = 1; seed <= 12; seed++) expect(await end('shuffled', seed), `seed ${seed}`).toEqual(straight)
  })

  it('ends so too when the looks run side by side, their steps in any order', async () => {
    const straight = await end('each', 0)
    for (let seed = 1; seed <= 12; seed++) expect(await end('shuffled', seed, true), `seed ${seed}`).toEqual(straight)
  })
})
