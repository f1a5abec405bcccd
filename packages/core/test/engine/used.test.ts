import { expect, it } from 'vitest'
import { AdapterError } from '../../src/ports/adapter-error.ts'
import { doorsOpen, openAlerts, textsOn, timeline } from './truth.ts'
import { days, hours, makeWorld, minutes, type World } from './world.ts'

const codes = ({ store }: World) =>
  [...store.state.codes.values()].map(({ evidence, usedAt }) => `${evidence} ${usedAt ?? 'never'}`).sort()

it('is what a code becomes when the guest opens with it, and the timeline says when', async () => {
  const world = await makeWorld()
  const ref = world.source.add({ arrival: '2026-07-02', departure: '2026-07-04' }) // 13:00 UTC
  await world.advance(days(1) + hours(6)) // 14:00 on the day
  expect(codes(world)).toEqual(['confirmed never', 'confirmed never'])
  const cameAt = world.clock.now()
  expect(doorsOpen(world, textsOn(world))).toBe(true)
  await world.advance(hours(1))
  expect(codes(world)).toEqual([`used ${cameAt}`, `used ${cameAt}`])
  expect(timeline(world, ref).filter((kind) => kind === 'code-used')).toHaveLength(2)
  const lines = world.store.state.timeline.filter(({ kind }) => kind === 'code-used').map(({ text }) => text)
  expect(lines).toContain('loft was opened with the code on 2026-07-02 14:00 UTC.')
  await world.advance(hours(6)) // further sweeps neither lower nor repeat it
  expect(timeline(world, ref).filter((kind) => kind === 'code-used')).toHaveLength(2)

  world.source.change(ref, { departure: '2026-07-05' })
  await world.advance(hours(1))
  expect(codes(world)).toEqual([`confirmed ${cameAt}`, `confirmed ${cameAt}`])
})

it('is not asked for before the check-in, nor again once it is known', async () => {
  const world = await makeWorld()
  world.source.add({ arrival: '2026-07-02', departure: '2026-07-04' })
  const asked = () => world.hub.calls.filter((call) => call === 'before lock.readActivity').length
  await world.advance(days(1) + hours(4))
  expect(asked()).toBe(0)
  await world.advance(hours(2))
  expect(asked()).toBeGreaterThan(0)
  expect(doorsOpen(world, textsOn(world))).toBe(true)
  await world.advance(hours(1))
  const before = asked()
  await world.advance(hours(3))
  expect(asked()).toBe(before)
})

it('holds nothing back where the log cannot be read', async () => {
  const world = await makeWorld()
  const ref = world.source.add({ arrival: '2026-07-02', departure: '2026-07-04' })
  world.hub.bends.set('lock.readActivity', async () => {
    throw new AdapterError('unreachable', 'The log does not answer.', { remedy: 'Wait.' })
  })
  await world.advance(days(1) + hours(6))
  expect(doorsOpen(world, textsOn(world))).toBe(true)
  await world.advance(minutes(50))
  expect(codes(world)).toEqual(['confirmed never', 'confirmed never'])
  expect(timeline(world, ref)).toContain('openings-unread')
  expect(openAlerts(world)).toEqual([])
  world.hub.bends.clear()
  await world.advance(hours(1))
  expect(codes(world).every((code) => code.startsWith('used'))).toBe(true)
})
