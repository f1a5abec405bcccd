import { beforeEach, describe, expect, it } from 'vitest'
import { preview } from '../../src/engine/preview.ts'
import { setBack, snapshotOf } from '../../src/testing/index.ts'
import { bookingId, doorsOpen, inboxOf, kinds, openAlerts, phone, pinIn, pinsOn, textsOn, timeline } from './truth.ts'
import { hours, makeWorld, minutes, type World } from './world.ts'

const doors = ['street-lock', 'loft-lock', 'studio-lock'] as const

/** The backup of an instant, to be put back later. */
function backUp({ store, clock }: World) {
  const snapshot = snapshotOf(store.state)
  const from = clock.now()
  return (world: World) => {
    setBack(world.store.state, snapshot)
    world.hub.lost = { from, until: world.clock.now() }
    lookAtAll(world)
  }
}

/** As a hub does that has noticed, and again when a person has confirmed. */
function lookAtAll({ store, hub }: Pick<World, 'store' | 'hub'>): void {
  for (const [id, { port }] of store.state.connections) if (port === 'booking') hub.mark('connection', id)
  lookAtDoors({ store, hub })
  for (const id of store.state.bookings.keys()) {
    hub.mark('booking', id)
    hub.mark('messages', id)
  }
}

function lookAtDoors({ store, hub }: Pick<World, 'store' | 'hub'>): void {
  for (const id of store.state.devices.keys()) hub.mark('device', id)
}

function confirm(world: World): void {
  say(world)
  lookAtAll(world)
}

/** What a person says, before anything has looked. */
function say({ hub, clock }: World): void {
  if (!hub.lost) throw new Error('nothing was lost')
  hub.lost = { ...hub.lost, confirmedAt: clock.now() }
}

const held = (world: World) => doors.map((door) => pinsOn(world, door))

/** Calls that leave something behind at a vendor, from here on. */
function changesSince(world: World) {
  const before = world.hub.calls.length
  return () =>
    world.hub.calls.slice(before).filter((call) => /\.(?:writeCode|removeCode|send|messageGuest)$/.test(call))
}

describe('a store that was set back', () => {
  let world: World
  beforeEach(async () => {
    world = await makeWorld()
    await world.advance(minutes(5))
  })

  it('gets back the codes made in the lost time, with their PINs; nobody is told twice, and later changes are told', async () => {
    const restore = backUp(world)
    const ref = world.source.add({ arrival: '2026-07-02', departure: '2026-07-05' })
    await world.advance(minutes(5))
    const pin = pinIn(textsOn(world))
    const changes = changesSince(world)
    const before = held(world)

    restore(world)
    await world.advance(minutes(30))
    expect(changes()).toEqual([])
    expect(held(world)).toEqual(before)
    expect(timeline(world, ref)).toContain('code-adopted')
    expect([...world.store.state.codes.values()].map((code) => [code.pin, code.evidence])).toEqual([
      [pin, 'confirmed'],
      [pin, 'confirmed'],
    ])

    confirm(world)
    await world.advance(hours(2))
    expect(held(world)).toEqual(before)
    expect(kinds(textsOn(world))).toEqual(['door-code'])
    expect(kinds(inboxOf(world, ref))).toEqual(['door-code'])
    // The inbox shows that it went out; of the text nobody can say, so a person is called.
    const messages = [...world.store.state.messages.values()]
    expect(
      messages.map(({ channel, state }) => `${channel === 'inbox' ? channel : 'sms'} ${state}`).toSorted(),
    ).toEqual(['inbox accepted', 'sms doubtful'])
    expect(openAlerts(world)).toContain('message')

    world.source.change(ref, { departure: '2026-07-06' })
    await world.advance(minutes(5))
    expect(kinds(textsOn(world))).toEqual(['door-code', 'change'])
    expect(kinds(inboxOf(world, ref))).toEqual(['door-code', 'change'])
    await world.leap(hours(27))
    expect(doorsOpen(world, textsOn(world))).toBe(true)
  })

  it('gets back a code whose dates its lock does not show, and gives it those of today', async () => {
    world = await makeWorld({ lock: { readsWindow: false } })
    const ref = world.source.add({ arrival: '2026-07-02', departure: '2026-07-05' })
    await world.advance(minutes(5))
    const pin = pinIn(textsOn(world))
    world.source.change(ref, { state: 'cancelled' })
    await world.advance(minutes(10))
    const restore = backUp(world)
    world.source.change(ref, { state: 'confirmed' })
    await world.advance(minutes(5))
    expect(world.lock.codesOn('loft-lock')).toMatchObject([{ pin, until: '2026-07-05T09:30:00.000Z' }])

    world.listening = false
    world.source.change(ref, { departure: '2026-07-06' })
    world.hear()
    restore(world)
    await world.advance(minutes(10))
    expect(timeline(world, ref)).toContain('code-adopted')
    confirm(world)
    await world.advance(hours(2))
    expect(world.lock.codesOn('loft-lock')).toMatchObject([{ pin, until: '2026-07-06T09:30:00.000Z' }])
  })

  it('does not put back the old dates, nor the old door, of a stay that was changed in the lost time', async () => {
    const ref = world.source.add({ arrival: '2026-07-02', departure: '2026-07-05' })
    await world.advance(minutes(5))
    const restore = backUp(world)
    world.source.change(ref, { departure: '2026-07-07' })
    await world.advance(minutes(5))
    world.source.move(ref, 'flat-2')
    await world.advance(minutes(5))
    const before = held(world)
    const codes = doors.map((door) => world.lock.codesOn(door))
    const changes = changesSince(world)
    restore(world)
    await world.advance(minutes(30))
    confirm(world)
    await world.advance(hours(2))
    expect(changes()).toEqual([])
    expect(held(world)).toEqual(before)
    expect(doors.map((door) => world.lock.codesOn(door))).toEqual(codes)
  })

  it('puts no code back, not for a moment, of a stay that was cut short in the lost time and is over', async () => {
    world.source.add({ ref: 'short', arrival: '2026-07-01', departure: '2026-07-05' })
    await world.advance(minutes(5))
    const restore = backUp(world)
    world.source.change('short', { departure: '2026-07-02' })
    await world.leap(hours(28))
    expect(held(world)).toEqual([[], [], []])
    restore(world)
    await world.advance(minutes(30))
    const changes = changesSince(world)
    say(world)
    lookAtDoors(world) // whose looks happen to come first
    await world.advance(minutes(1))
    confirm(world)
    await world.advance(minutes(30))
    expect(changes().filter((call) => call.includes('writeCode'))).toEqual([])
    expect(held(world)).toEqual([[], [], []])
  })

  it('takes nobody’s code away by what it knew before, and does once a person has confirmed', async () => {
    const ref = world.source.add({ arrival: '2026-07-02', departure: '2026-07-05' })
    await world.advance(minutes(5))
    const pin = pinIn(textsOn(world))
    const restore = backUp(world)
    await world.advance(minutes(20))
    restore(world)
    world.source.cancel(ref)
    const changes = changesSince(world)
    await world.advance(hours(1))
    expect(changes()).toEqual([])
    expect(held(world)).toEqual([[pin], [pin], []])
    confirm(world)
    await world.advance(minutes(5))
    expect(held(world)).toEqual([[], [], []])
    expect(kinds(textsOn(world))).toEqual(['door-code', 'withdrawal'])
  })

  it('does not say a second time that a stay is cancelled', async () => {
    const ref = world.source.add({ arrival: '2026-07-02', departure: '2026-07-05' })
    await world.advance(minutes(5))
    const restore = backUp(world)
    world.source.cancel(ref)
    await world.advance(minutes(5))
    expect(kinds(textsOn(world))).toEqual(['door-code', 'withdrawal'])
    restore(world)
    await world.advance(minutes(30))
    confirm(world)
    await world.advance(hours(2))
    expect(kinds(textsOn(world))).toEqual(['door-code', 'withdrawal'])
    expect(held(world)).toEqual([[], [], []])
  })

  it('does not tell a guest again who cancelled, came back in the lost time and was told then; the doors hide PINs', async () => {
    world = await makeWorld({ lock: { readsPin: false, refusesTakenPins: false } })
    await world.advance(minutes(5))
    const ref = world.source.add({ arrival: '2026-07-02', departure: '2026-07-05' })
    await world.advance(minutes(5))
    world.source.cancel(ref)
    await world.advance(minutes(30))
    const restore = backUp(world)
    world.source.change(ref, { state: 'confirmed' })
    await world.advance(minutes(5))
    const told = ['door-code', 'withdrawal', 'door-code']
    expect(kinds(textsOn(world))).toEqual(told)
    restore(world)
    await world.advance(minutes(30))
    confirm(world)
    await world.advance(hours(2))
    expect(kinds(textsOn(world))).toEqual(told)
    expect(kinds(inboxOf(world, ref))).toEqual(told)
    expect(openAlerts(world)).toContain('message')
    await world.leap(hours(27))
    expect(doorsOpen(world, textsOn(world))).toBe(true)
  })

  it('calls a person for a guest whose stay was cancelled in the lost time, told so, and came back', async () => {
    const ref = world.source.add({ arrival: '2026-07-02', departure: '2026-07-05' })
    world.source.add({
      arrival: '2026-07-02',
      departure: '2026-07-05',
      guest: { phone: '+33639980012' },
      unitRef: 'flat-2',
    })
    await world.advance(minutes(5))
    const before = held(world)
    const restore = backUp(world)
    world.source.cancel(ref)
    await world.advance(minutes(5))
    restore(world)
    world.source.change(ref, { state: 'confirmed' })
    await world.advance(minutes(30))
    expect(kinds(textsOn(world))).toEqual(['door-code', 'withdrawal'])
    confirm(world)
    await world.advance(hours(2))
    expect(held(world).map((pins) => pins.toSorted())).toEqual(before.map((pins) => pins.toSorted()))
    const alerts = world.store.state.alerts.filter(({ kind, closedAt }) => kind === 'message' && closedAt === undefined)
    expect(alerts.map(({ subject }) => subject)).toEqual([`booking:${bookingId(world, ref)}:forgotten`])
    world.source.change(ref, { departure: '2026-07-06' })
    await world.advance(minutes(5))
    expect(openAlerts(world)).not.toContain('message')
  })

  it('calls a person for a guest who was told of a change in the lost time that was taken back; none for one told once', async () => {
    const restore = backUp(world)
    const ref = world.source.add({ arrival: '2026-07-02', departure: '2026-07-05' })
    const other = world.source.add({
      arrival: '2026-07-02',
      departure: '2026-07-05',
      guest: { phone: '+33639980012' },
      unitRef: 'flat-2',
    })
    await world.advance(minutes(5))
    world.source.change(ref, { departure: '2026-07-06' })
    await world.advance(minutes(5))
    world.source.change(ref, { departure: '2026-07-05' })
    await world.advance(minutes(5))
    expect(kinds(inboxOf(world, ref))).toEqual(['door-code', 'change', 'change'])
    restore(world)
    await world.advance(minutes(30))
    confirm(world)
    await world.advance(hours(2))
    const forgotten = world.store.state.alerts.filter(
      ({ subject, closedAt }) => subject.endsWith(':forgotten') && closedAt === undefined,
    )
    expect(forgotten.map(({ subject }) => subject)).toEqual([`booking:${bookingId(world, ref)}:forgotten`])
    expect(forgotten[0]?.text).toMatch(/changed in the time that the database has forgotten/)
    expect(kinds(inboxOf(world, other))).toEqual(['door-code'])
  })

  it('calls a person for a guest who may have heard of a change and not of its opposite, though the booking is as it was known', async () => {
    const stay = { arrival: '2026-07-02', departure: '2026-07-05' }
    const ref = world.source.add(stay)
    world.source.add({ ...stay, guest: { phone: '+33639980012' }, unitRef: 'flat-2' })
    await world.advance(minutes(5))
    const restore = backUp(world)
    world.source.change(ref, { departure: '2026-07-06' })
    await world.advance(minutes(5))
    world.hub.broken.add(world.ids.sms)
    world.wire.source.failAll('error-before', ({ url }) => url.endsWith('/message'))
    world.source.change(ref, { departure: '2026-07-05' })
    await world.advance(minutes(5))
    expect(world.lock.codesOn('loft-lock')).toMatchObject([{ until: '2026-07-05T09:30:00.000Z' }])
    world.hub.broken.clear()
    world.wire.source.heal()
    restore(world)
    await world.advance(minutes(5))
    expect(kinds(textsOn(world))).toEqual(['door-code', 'change'])
    confirm(world)
    await world.advance(hours(2))
    const open = world.store.state.alerts.filter(({ closedAt }) => closedAt === undefined)
    expect(open.map(({ subject }) => subject)).toEqual([`booking:${bookingId(world, ref)}:forgotten`])
  })

  it('does not send what was planned before the backup and may have been sent since', async () => {
    const ref = world.source.add({ arrival: '2026-07-02', departure: '2026-07-05' })
    let restore: ReturnType<typeof backUp> | undefined
    world.hub.bends.set('sms.send', (next, args) => {
      restore ??= backUp(world) // the text is on its way, the letter to the inbox is planned
      return next(...args)
    })
    await world.advance(minutes(5))
    expect(restore).toBeDefined()
    restore?.(world)
    await world.advance(hours(1))
    confirm(world)
    await world.advance(hours(2))
    expect(kinds(textsOn(world))).toEqual(['door-code'])
    expect(kinds(inboxOf(world, ref))).toEqual(['door-code'])
  })

  it('makes no code for a new stay before a person has confirmed, and calls for its arrival a day ahead', async () => {
    const restore = backUp(world)
    restore(world)
    const ref = world.source.add({ arrival: '2026-07-02', departure: '2026-07-05' })
    await world.advance(minutes(20))
    expect(held(world)).toEqual([[], [], []])
    expect(timeline(world, ref)).toContain('restoring')
    const { timeline: lines } = world.store.state
    expect(lines.find(({ kind }) => kind === 'restoring')?.remedy).toMatch(/stayward restore status/)
    await world.advance(hours(10)) // 15:00 in Paris is 13:00; less than a day away
    const arrival = world.store.state.alerts.find(({ kind, closedAt }) => kind === 'arrival' && closedAt === undefined)
    expect(arrival?.loud).toBe('page')
    const scope = { bookingIds: [bookingId(world, ref)], deviceIds: [] }
    const planned = await preview(
      world.hub.engine(async () => {}),
      { signal: new AbortController().signal },
      scope,
    )
    expect(planned.map(({ text }) => text).join('\n')).toMatch(/set back/)

    confirm(world)
    await world.advance(minutes(5))
    const pin = pinIn(textsOn(world))
    expect(held(world)).toEqual([[pin], [pin], []])
    expect(kinds(inboxOf(world, ref))).toEqual(['door-code'])
  })

  it('gives the code of a guest who cancelled to nobody else who books the same nights', async () => {
    const restore = backUp(world)
    const first = world.source.add({ arrival: '2026-07-02', departure: '2026-07-05' })
    await world.advance(minutes(5))
    const old = pinIn(textsOn(world))
    restore(world)
    world.source.cancel(first)
    world.source.add({ arrival: '2026-07-02', departure: '2026-07-05', guest: { phone: '+33639980012' } })
    await world.advance(minutes(30))
    expect(openAlerts(world)).toContain('door-doubt')
    confirm(world)
    await world.advance(minutes(30))
    const pin = pinIn(textsOn(world, '+33639980012'))
    expect(pin).not.toBe(old)
    expect(textsOn(world, '+33639980012').length + textsOn(world, phone).length).toBeGreaterThan(1)
  })

  it('is not kept from it by somebody who had cancelled before', async () => {
    const gone = world.source.add({ arrival: '2026-07-02', departure: '2026-07-05' })
    await world.advance(minutes(5))
    world.source.cancel(gone)
    await world.advance(minutes(5))
    const restore = backUp(world)
    await world.advance(minutes(1))
    const ref = world.source.add({ arrival: '2026-07-02', departure: '2026-07-05', guest: { phone: '+33639980012' } })
    await world.advance(minutes(5))
    const before = held(world)
    restore(world)
    await world.advance(minutes(10))
    expect(timeline(world, ref)).toContain('code-adopted')
    expect(held(world)).toEqual(before)
  })

  it('stops a look that was about to write when the store was set back under it', async () => {
    world.source.add({ arrival: '2026-07-02', departure: '2026-07-05' })
    world.hub.bends.set('lock.readCodes', (next, args) => {
      world.hub.lost = { from: world.clock.now(), until: world.clock.now() }
      return next(...args)
    })
    const changes = changesSince(world)
    await world.advance(minutes(20))
    expect(changes().filter((call) => call.includes('writeCode'))).toEqual([])
    expect(held(world)).toEqual([[], [], []])
  })
})
