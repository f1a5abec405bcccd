import { describe, expect, it } from 'vitest'
import { preview } from '../../src/engine/preview.ts'
import { bookingId, pinIn, pinsOn, textsOn } from './truth.ts'
import { days, hours, makeWorld, minutes, type World } from './world.ts'

/** What the next looks at one booking would do, and every call that left the engine for it. */
async function planned(world: World, ref: string, devices: readonly string[] = []) {
  const calls: string[] = []
  const engine = world.hub.engine(async (site) => void calls.push(site))
  const scope = { bookingIds: ref === '' ? [] : [bookingId(world, ref)], deviceIds: devices }
  const lines = await preview(engine, { signal: new AbortController().signal }, scope)
  return { texts: lines.map(({ text }) => text), lines, calls: new Set(calls.map((call) => call.replace(/^\w+ /, ''))) }
}
const effects = /save|claim|write|remove|send|messageGuest|open$/
const snapshot = ({ store, lock, sms }: World) =>
  JSON.stringify([store.state, [...store.state.codes], lock.state, sms.state])

describe('a preview', () => {
  it('says what the next looks do, does nothing of it, and they do it', async () => {
    const world = await makeWorld()
    const ref = world.source.add({ arrival: '2026-07-02', departure: '2026-07-04' })
    await world.advance(hours(1))
    const [told] = textsOn(world)
    const stored = world.lock.state.devices['loft-lock']?.cloud ?? {}
    const [ours] = Object.values(stored)
    world.lock.deleteCode('loft-lock', ours?.ref ?? '')

    world.lock.codesOn('loft-lock') // what is due there happens
    const before = snapshot(world)
    const { texts, calls } = await planned(world, ref)
    expect(snapshot(world)).toBe(before)
    expect([...calls].filter((call) => effects.test(call))).toEqual([])
    expect(calls).toContain('lock.readCodes')
    expect(
      texts.some((text) => /^loft: (waits until .* the code was there|writes the code: it is gone)/.test(text)),
    ).toBe(true)
    expect(JSON.stringify(texts)).not.toContain(pinIn(told ? [told] : []))

    world.hub.mark('device', world.devices.loft)
    await world.advance(minutes(10))
    expect(pinsOn(world, 'loft-lock')).toEqual([pinIn(textsOn(world))])
    const quiet = await planned(world, ref)
    expect(quiet.texts.filter((text) => /writes|changes|removes|Tells/.test(text))).toEqual([])
  })

  it('of a stay that no look has seen shows its codes on the devices and why nobody is told yet', async () => {
    const world = await makeWorld()
    const ref = world.source.add({ arrival: '2026-07-02', departure: '2026-07-04' })
    await world.hub.parts.store.saveBookings(
      { tenantId: 'tenant', kind: 'fetch', key: 'x', attempt: 0, fence: 1, signal: new AbortController().signal },
      {
        connectionId: world.ids.source,
        cause: 'poll',
        bookings: [
          { ref, state: 'confirmed', unitRef: 'flat-1', arrival: '2026-07-02', departure: '2026-07-04', guest: {} },
        ],
      },
      { now: world.clock.now() },
    )
    const { texts } = await planned(world, ref)
    expect(texts).toContain('street: writes the code: it has never been there.')
    expect(texts).toContain('loft: writes the code: it has never been there.')
    expect(texts.some((text) => text.startsWith('Not told yet: street is not confirmed'))).toBe(true)
    expect(pinsOn(world, 'loft-lock')).toEqual([])
  })

  it('of a cancelled stay shows its codes leave and the guest hear of it', async () => {
    const world = await makeWorld()
    const ref = world.source.add({ arrival: '2026-07-02', departure: '2026-07-04' })
    await world.advance(hours(1))
    const facts = {
      ref,
      state: 'cancelled',
      unitRef: 'flat-1',
      guest: { phone: '+33639980011' },
      e164: '+33639980011',
    } as const
    await world.store.saveBookings(
      { tenantId: 'tenant', kind: 'fetch', key: 'x', attempt: 0, fence: 1e6, signal: new AbortController().signal },
      { connectionId: world.ids.source, cause: 'poll', bookings: [facts] },
      { now: world.clock.now() },
    )
    const { texts } = await planned(world, ref)
    expect(texts).toContain('loft: removes the code: the booking is cancelled.')
    expect(texts.some((text) => text.startsWith('Tells the guest the withdrawal of the code by'))).toBe(true)
    expect(pinsOn(world, 'loft-lock')).toHaveLength(1)
  })

  it('says of each stay what the brake would hold, and pulls nothing', async () => {
    const world = await makeWorld()
    const refs = ['flat-1', 'flat-2', 'flat-1', 'flat-2', 'flat-1'].map((unitRef, index) =>
      world.source.add({ arrival: `2026-07-0${2 + (index >> 1)}`, departure: `2026-07-0${3 + (index >> 1)}`, unitRef }),
    )
    await world.advance(days(1))
    const later = refs.map((ref) => ({ ref, id: bookingId(world, ref) }))
    await world.store.saveBookings(
      { tenantId: 'tenant', kind: 'fetch', key: 'x', attempt: 0, fence: 1e6, signal: new AbortController().signal },
      {
        connectionId: world.ids.source,
        cause: 'poll',
        bookings: later.map(({ ref }) => ({ ref, state: 'cancelled', unitRef: 'flat-1', guest: {} }) as const),
      },
      { now: world.clock.now() },
    )
    const engine = world.hub.engine(async () => {})
    const scope = { bookingIds: later.map(({ id }) => id), deviceIds: [] }
    const plan = async () => await preview(engine, { signal: new AbortController().signal }, scope)
    const before = snapshot(world)
    const lines = await plan()
    const whose = (pattern: RegExp) => [
      ...new Set(
        lines
          .filter(({ text }) => pattern.test(text))
          .map((line) => later.findIndex(({ id }) => id === line.bookingId)),
      ),
    ]
    expect(whose(/^street: removes the code: the booking is cancelled/)).toEqual([0, 1, 2])
    expect(whose(/unusually many stays/)).toEqual([3, 4])
    expect(await plan()).toEqual(lines)
    expect(snapshot(world)).toBe(before)
    expect(await world.store.heldLosses()).toEqual([])
  })

  it('says what a door that asks would ask, and keeps asking nothing of anybody', async () => {
    const world = await makeWorld()
    const door = world.store.state.doors.get(world.doors.loft)
    if (door?.entry.kind !== 'device') throw new Error('no such door')
    world.store.state.doors.set(door.id, { ...door, entry: { ...door.entry, ifChanged: 'ask' } })
    const ref = world.source.add({ arrival: '2026-07-02', departure: '2026-07-04' })
    await world.advance(hours(1))
    const device = world.lock.state.devices['loft-lock']
    for (const codes of device ? [device.cloud, device.list.codes, device.held.codes] : [])
      for (const [key, code] of Object.entries(codes)) codes[key] = { ...code, until: Date.parse('2026-07-09T09:00Z') }
    const before = snapshot(world)
    const { texts } = await planned(world, ref)
    expect(texts).toContain(
      'loft: asks a person, because somebody has changed the code there: its dates are others (2026-07-02 13:00 to 2026-07-09 09:00 UTC).',
    )
    expect(texts.some((text) => text.startsWith('loft: waits until') && text.includes('this door asks'))).toBe(true)
    expect(texts.filter((text) => /changes|writes/.test(text))).toEqual([])
    expect(snapshot(world)).toBe(before)
  })

  it('of a device names no strangers, and says when it cannot be read', async () => {
    const world = await makeWorld()
    world.lock.addForeignCode('loft-lock', { pin: '999111', label: 'Cleaner Canaro' })
    const { texts } = await planned(world, '', [world.devices.loft])
    expect(texts).toEqual(['loft: leaves one code alone that no stay of the hub needs.'])
    world.lock.setOnline('loft-lock', false)
    const { lines } = await planned(world, '', [world.devices.loft])
    expect(lines).toMatchObject([{ look: 'device', deviceId: world.devices.loft, remedy: expect.any(String) }])
    expect(lines[0]?.text).toMatch(/^loft cannot be read now, so nothing would be done there\./)
  })
})
