import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LeaseLost } from '../../ports/stores.ts'
import { instant } from '../calls.ts'
import { type Furnished, furnish, guest, look, now, stay, type StoreSubject } from './store-subject.ts'

export function describeStoredBookings(subject: StoreSubject): void {
  describe('bookings of a source', () => {
    let world: Furnished
    beforeEach(async () => {
      world = await furnish(subject)
    })
    afterEach(() => world.close())

    it('gives back what was stored, to the letter', async () => {
      const facts = stay('b-1', { checkIn: '15:00', changedAt: instant('2026-07-01T08:00:00.123Z') })
      const booking = await world.import(facts)
      expect(booking).toEqual({
        ...facts,
        id: booking.id,
        connectionId: world.source,
        version: 1,
        unitId: world.unit,
        knownSince: now,
      })
    })

    it('keeps a booking that says next to nothing', async () => {
      const booking = await world.import({ ref: 'b-1', state: 'request', guest: {} })
      expect(booking).toEqual({
        ref: 'b-1',
        state: 'request',
        guest: {},
        id: booking.id,
        connectionId: world.source,
        version: 1,
        knownSince: now,
      })
    })

    it('keeps that an owner stays there, and notices when it is a guest after all', async () => {
      const owners = await world.import({ ref: 'b-1', state: 'confirmed', guest: { firstName: 'Ada', isOwner: true } })
      expect(owners.guest).toEqual({ firstName: 'Ada', isOwner: true })
      const guests = await world.import({ ref: 'b-1', state: 'confirmed', guest: { firstName: 'Ada' } })
      expect([guests.guest, guests.version]).toEqual([{ firstName: 'Ada' }, 2])
    })

    it('marks a new booking, tells its story without naming anybody, and counts it', async () => {
      const saved = await world.store.saveBookings(look('fetch', 'x'), world.found([stay('b-1'), stay('b-2')]), { now })
      expect(saved).toEqual({ created: 2, changed: 0 })
      const ids = await Promise.all(
        ['b-1', 'b-2'].map(async (ref) => (await world.store.bookingByRef(world.source, ref))?.id),
      )
      expect(await world.takeMarks()).toEqual(ids.map((id) => `booking:${id}`).sort())
      const [line, ...more] = await world.timeline(ids[0] ?? '')
      expect(more).toEqual([])
      expect(line).toMatchObject({ kind: 'booking-new', cause: 'webhook' })
      expect(line?.text).toContain('2026-07-10 to 2026-07-14, Flat 2')
      expect(JSON.stringify(line)).not.toMatch(/Ada|Example|\+33|5678/)
    })

    it('leaves a booking alone whose facts are the same, whatever the vendor says of the time of change', async () => {
      const { id } = await world.import(stay('b-1'))
      await world.takeMarks()
      const again = stay('b-1', { changedAt: instant('2026-07-08T09:30:00Z') })
      const saved = await world.store.saveBookings(look('fetch', 'x'), world.found([again]), { now })
      expect(saved).toEqual({ created: 0, changed: 0 })
      expect(await world.takeMarks()).toEqual([])
      expect(await world.store.bookingByRef(world.source, 'b-1')).toMatchObject({ id, version: 1 })
      expect(await world.timeline(id)).toHaveLength(1)
    })

    it('counts the version up by one for each change and says what changed', async () => {
      const { id } = await world.import(stay('b-1'))
      await world.import(stay('b-1', { departure: '2026-07-16' }))
      const moved = await world.import(
        stay('b-1', { departure: '2026-07-16', unitRef: 'flat-9', guest: { ...guest, phone: '+33 6 99 99 99 99' } }),
      )
      expect(moved).toMatchObject({ id, version: 3 })
      expect(moved.unitId).toBeUndefined()
      const texts = (await world.timeline(id)).map(({ kind, text }) => `${kind} ${text}`)
      expect(texts[1]).toMatch(/^booking-changed .*departure 2026-07-14 → 2026-07-16/)
      expect(texts[2]).toContain('flat Flat 2 → flat flat-9 (not linked)')
      expect(texts[2]).toContain("the guest's phone")
      expect(texts.join()).not.toContain('99 99')
    })

    it('says that a booking was cancelled', async () => {
      const { id } = await world.import(stay('b-1'))
      await world.import(stay('b-1', { state: 'cancelled' }))
      expect((await world.timeline(id)).map(({ kind }) => kind)).toEqual(['booking-new', 'booking-cancelled'])
    })

    it('takes the last of a booking that a listing shows twice', async () => {
      const twice = [stay('b-1'), stay('b-1', { departure: '2026-07-15' })]
      const saved = await world.store.saveBookings(look('connection', world.source), world.found(twice), { now })
      expect(saved).toEqual({ created: 1, changed: 0 })
      expect(await world.store.bookingByRef(world.source, 'b-1')).toMatchObject({ departure: '2026-07-15', version: 1 })
    })

    it('does not believe a listing that is older than what a newer look saved, and has it read again', async () => {
      const poll = look('connection', world.source)
      const { id } = await world.import(stay('b-1', { state: 'cancelled' }))
      await world.takeMarks()
      const saved = await world.store.saveBookings(poll, world.found([stay('b-1')], { cause: 'poll' }), { now })
      expect(saved).toEqual({ created: 0, changed: 0 })
      expect(await world.store.bookingByRef(world.source, 'b-1')).toMatchObject({ id, state: 'cancelled', version: 1 })
      expect(await world.takeMarks()).toEqual([`fetch:${world.source}/b-1`])
    })

    it('does not take over from a list what its source changed before what is known, and has it read by its id', async () => {
      const { id } = await world.import(stay('b-1', { unitRef: 'flat-9', changedAt: instant('2026-07-08T09:30:00Z') }))
      await world.takeMarks()
      const old = stay('b-1', { changedAt: instant('2026-07-07T09:30:00Z') })
      for (const cause of ['poll', 'sweep'] as const) {
        const saved = await world.store.saveBookings(look('connection', world.source), world.found([old], { cause }), {
          now,
        })
        expect(saved).toEqual({ created: 0, changed: 0 })
      }
      expect(await world.store.bookingByRef(world.source, 'b-1')).toMatchObject({ id, unitRef: 'flat-9', version: 1 })
      expect(await world.takeMarks()).toEqual([`fetch:${world.source}/b-1`])
      // Read by its id it is what its source says, even when the source has gone back in time.
      const byId = await world.store.saveBookings(look('fetch', 'x'), world.found([old], { cause: 'webhook' }), { now })
      expect(byId).toEqual({ created: 0, changed: 1 })
    })

    it('takes over that a booking was changed and is as it is known, where the store was set back', async () => {
      const known = await world.import(stay('b-1', { changedAt: instant('2026-07-07T09:30:00Z') }))
      await world.takeMarks()
      const poll = async (changedAt: string, setBack: object) =>
        await world.store.saveBookings(
          look('connection', world.source),
          world.found([stay('b-1', { changedAt: instant(changedAt) })], { cause: 'poll', ...setBack }),
          { now },
        )
      const stored = async () => await world.store.bookingByRef(world.source, 'b-1')
      await poll('2026-07-08T09:30:00Z', {})
      expect([await stored(), await world.takeMarks()]).toEqual([known, []])
      expect(await poll('2026-07-08T09:30:00Z', { setBack: true })).toEqual({ created: 0, changed: 0 })
      const after = { ...known, changedAt: instant('2026-07-08T09:30:00Z') }
      expect([await stored(), await world.takeMarks()]).toEqual([after, [`messages:${known.id}`]])
      await poll('2026-07-07T10:00:00Z', { setBack: true })
      expect([await stored(), await world.takeMarks()]).toEqual([after, []])
    })

    it('tells one connection from the other even where the ids are the same', async () => {
      const second = await world.house.addConnection({ name: 'Other bookings', port: 'booking' })
      const { id } = await world.import(stay('b-1'))
      const found = { connectionId: second, bookings: [stay('b-1')], cause: 'poll' as const }
      await world.store.saveBookings(look('connection', second), found, { now })
      expect((await world.store.bookingByRef(second, 'b-1'))?.id).not.toBe(id)
      expect((await world.store.bookingByRef(second, 'b-1'))?.unitId).toBeUndefined()
    })

    it('says of each booking that its source is a witness, for as long as it is one', async () => {
      const { id } = await world.import(stay('b-1'))
      const second = await world.house.addConnection({ name: 'New bookings', port: 'booking' })
      await world.house.setWitness(world.source, true)
      await world.store.saveBookings(
        look('connection', second),
        { connectionId: second, bookings: [stay('b-1')], cause: 'poll' },
        { now },
      )
      expect(await world.load(id)).toMatchObject({ booking: { witness: true, version: 1 } })
      expect(await world.store.bookingByRef(world.source, 'b-1')).toMatchObject({ witness: true })
      const days = { from: '2026-07-10', to: '2026-07-14' }
      expect(await world.store.confirmedBookings(world.source, days)).toMatchObject([{ witness: true }])
      expect((await world.store.bookingByRef(second, 'b-1'))?.witness).toBeUndefined()
      const changed = await world.import(stay('b-1', { departure: '2026-07-16' }))
      expect(changed).toMatchObject({ witness: true, version: 2 })
      await world.house.setWitness(world.source, false)
      expect((await world.load(id)).booking.witness).toBeUndefined()
    })

    it('knows the confirmed bookings that touch some days', async () => {
      await world.import(stay('in'))
      await world.import(stay('before', { arrival: '2026-07-01', departure: '2026-07-09' }))
      await world.import(stay('after', { arrival: '2026-07-15', departure: '2026-07-20' }))
      await world.import(stay('cancelled', { state: 'cancelled' }))
      await world.import({ ref: 'undated', state: 'confirmed', guest: {} })
      const days = { from: '2026-07-10', to: '2026-07-14' }
      const known = await world.store.confirmedBookings(world.source, days)
      expect(known.map(({ ref }) => ref)).toEqual(['in'])
    })

    it('remembers the account as first seen, and how far it has read', async () => {
      const first = world.found([], { cause: 'sweep', account: 'acc-1', readThrough: now, sweptAt: now })
      await world.store.saveBookings(look('connection', world.source), first, { now })
      const later = instant('2026-07-08T09:10:00Z')
      const second = world.found([], { cause: 'poll', account: 'acc-2', readThrough: later })
      await world.store.saveBookings(look('connection', world.source), second, { now: later })
      expect(await world.store.loadSource(world.source)).toMatchObject({
        connectionId: world.source,
        name: 'Bookings',
        account: 'acc-1',
        readThrough: later,
        sweptAt: now,
      })
    })

    it('refuses a poll that an other process has overtaken', async () => {
      const old = look('connection', world.source)
      await world.store.saveBookings(look('connection', world.source), world.found([]), { now })
      const late = world.store.saveBookings(old, world.found([stay('b-1')]), { now })
      await expect(late).rejects.toBeInstanceOf(LeaseLost)
      expect(await world.store.bookingByRef(world.source, 'b-1')).toBeUndefined()
    })

    it('knows nothing of what is not there', async () => {
      const nobody = globalThis.crypto.randomUUID()
      expect(await world.store.loadSource(nobody)).toBeUndefined()
      expect(await world.store.loadSource('not-an-id')).toBeUndefined()
      expect(await world.store.bookingByRef(world.source, 'b-1')).toBeUndefined()
      expect(await world.store.bookingByRef('not-an-id', 'b-1')).toBeUndefined()
      expect(await world.store.devicesOf(nobody)).toEqual([])
      const found = world.found([stay('b-1')], { connectionId: nobody })
      await expect(world.store.saveBookings(look('connection', nobody), found, { now })).rejects.toBeInstanceOf(
        LeaseLost,
      )
    })
  })
}
