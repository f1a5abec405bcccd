import { expect, it } from 'vitest'
import { days, hours, makeWorld, type World } from './world.ts'

const events = ({ store }: World) =>
  store.state.events.map(({ type, data }) => `${type} ${String(data['was'])} → ${String(data['level'])}`)
const levels = ({ store }: World) => [...store.state.bookings.values()].map(({ readiness }) => readiness)

it('becomes ready by itself, worse when a door is no longer heard of, and ready again when it is', async () => {
  const world = await makeWorld()
  world.source.add({ arrival: '2026-07-03', departure: '2026-07-05' }) // 13:00 UTC
  await world.advance(hours(2))
  expect(levels(world)).toEqual(['ready'])
  expect(events(world).at(-1)).toBe('readiness.better at-risk → ready')
  const before = events(world).length

  await world.advance(days(1) + hours(6)) // a day of quiet sweeps
  expect(events(world)).toHaveLength(before)

  world.lock.setOnline('loft-lock', false)
  await world.advance(hours(2))
  expect(levels(world)).toEqual(['at-risk'])
  expect(events(world).slice(before)).toEqual(['readiness.worse ready → at-risk'])
  const [worse] = world.store.state.events.slice(before)
  expect(worse?.data['because']).toContain('read-too-old')

  world.lock.setOnline('loft-lock', true)
  await world.advance(hours(1))
  expect(events(world).slice(before + 1)).toEqual(['readiness.better at-risk → ready'])
})

it('is not claimed on a channel that never says what became of a message', async () => {
  const world = await makeWorld()
  await world.house.setPolicy({ channels: [{ kind: 'inbox' }] })
  world.source.add({ arrival: '2026-07-03', departure: '2026-07-05' })
  await world.advance(hours(6))
  expect(levels(world)).toEqual(['at-risk'])
})

it('is judged again without a look at what the guest was told, until something has changed', async () => {
  const world = await makeWorld()
  const ref = world.source.add({ arrival: '2026-07-03', departure: '2026-07-05' })
  await world.advance(days(1) + hours(6)) // a day before its check-in; sweeps are often now
  const { hub, store } = world
  const fenceOf = (kind: string) =>
    [...store.state.fences].flatMap(([key, fence]) => (key.startsWith(kind) ? [fence] : []))
  const [judged, asked] = [fenceOf('booking:'), fenceOf('messages:')]
  await world.advance(hours(6)) // its proofs grow old again and again
  expect(fenceOf('booking:')).not.toEqual(judged)
  expect(fenceOf('messages:')).toEqual(asked)

  world.source.change(ref, { guest: { phone: '+33639980042' } })
  hub.nudge(`${world.ids.source}/${ref}`)
  await world.advance(hours(1))
  expect(fenceOf('messages:')).not.toEqual(asked)
  expect(world.sms.state.sent.map(({ to }) => to)).toContain('+33639980042')
})

it('ends with the arrival and says no more', async () => {
  const world = await makeWorld()
  const ref = world.source.add({ arrival: '2026-07-03', departure: '2026-07-09' })
  await world.advance(hours(2))
  await world.advance(days(3) + hours(4)) // a day after the check-in
  const before = events(world).length
  world.lock.setOnline('loft-lock', false)
  await world.advance(days(1))
  expect(levels(world)).toEqual([undefined])
  world.source.cancel(ref)
  await world.advance(hours(1))
  expect(events(world)).toHaveLength(before)
})
