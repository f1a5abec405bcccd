import { expect, it } from 'vitest'
import { causeOf } from '../../src/ports/work-queue.ts'
import { bookingId } from './truth.ts'
import { makeWorld, minutes, type World } from './world.ts'

const lines = async (world: World, ref: string) => {
  const { store, devices } = world
  const codes = [...store.state.codes.values()].filter((code) => code.bookingId === bookingId(world, ref))
  const code = codes.find(({ deviceId }) => deviceId === devices.loft)
  return await store.codeHistory(code?.id ?? '')
}

it('a code’s way is told from the plan to its end, with what was compared at each step', async () => {
  const world = await makeWorld()
  const ref = world.source.add({ arrival: '2026-07-01', departure: '2026-07-05' })
  await world.advance(minutes(5))
  world.source.cancel(ref)
  await world.advance(minutes(10))
  const told = (await lines(world, ref)).map(({ became, compared, bookingVersion }) => [
    `${became.want} ${became.evidence}`,
    compared.join(' '),
    bookingVersion,
  ])
  expect(told).toEqual([
    ['present planned', '', 1],
    ['present sent', '', 1],
    ['present confirmed', 'presence pin window', 1],
    ['absent planned', '', 2],
    ['absent sent', '', 2],
    ['absent confirmed', 'absence', 2],
  ])
})

it('every way to be looked at has its cause', () => {
  const why = (kind: 'device' | 'booking') =>
    (['edit', 'nudge', 'timer', 'step'] as const).map((one) => causeOf({ kind, why: one }))
  expect(why('device')).toEqual(['person', 'vendor', 'sweep', 'booking'])
  expect(why('booking')).toEqual(['person', 'vendor', 'timer', 'booking'])
})
