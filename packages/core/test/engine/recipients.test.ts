import { expect, it } from 'vitest'
import { inboxOf, pinIn, pinsOn, textsOn } from './truth.ts'
import { makeWorld, minutes } from './world.ts'

it('two guests of one name who arrive on one day each get their own code at their own address', async () => {
  const world = await makeWorld()
  const stay = { arrival: '2026-07-01', departure: '2026-07-05' }
  const guest = (phone: string) => ({ name: 'Robin Miller', firstName: 'Robin', phone })
  const loft = world.source.add({ ...stay, unitRef: 'flat-1', guest: guest('+33639980021') })
  const studio = world.source.add({ ...stay, unitRef: 'flat-2', guest: guest('+33639980022') })
  await world.advance(minutes(5))
  const told = [textsOn(world, '+33639980021'), textsOn(world, '+33639980022')] as const
  expect(told.map((texts) => texts.map(({ unit }) => unit))).toEqual([['Loft'], ['Studio']])
  expect([pinIn(told[0])]).toEqual(pinsOn(world, 'loft-lock'))
  expect([pinIn(told[1], 'studio')]).toEqual(pinsOn(world, 'studio-lock'))
  expect(pinIn(told[0])).not.toBe(pinIn(told[1], 'studio'))
  expect([inboxOf(world, loft), inboxOf(world, studio)].map((texts) => texts.map(({ unit }) => unit))).toEqual([
    ['Loft'],
    ['Studio'],
  ])
})
