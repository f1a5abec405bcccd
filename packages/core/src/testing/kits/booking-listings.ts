import { describe, expect, it } from 'vitest'
import type { CivilDate, SourceBooking } from '../../domain/booking.ts'
import { type Instant, plus } from '../../domain/instant.ts'
import type { BookingQuery, BookingSource } from '../../ports/booking-source.ts'
import { instant, calm, settled } from '../calls.ts'
import { openSubject } from './open-subject.ts'
import { withoutLastRow, withRepeatedRow, withoutRows } from './partial-answers.ts'
import type { BookingVendor, Subject } from './subject.ts'

type BookingSubject<Config> = Subject<'booking', BookingVendor, Config>

/** A vendor's reads may show a change this much later, milliseconds. */
export const lag = 60_000

/** Every page of a listing, as the hub reads it. */
export async function listAll(
  provider: BookingSource,
  query: BookingQuery,
): Promise<{ readonly bookings: readonly SourceBooking[]; readonly complete: boolean }> {
  const bookings: SourceBooking[] = []
  const cursors = new Set<string>()
  let cursor: string | undefined
  for (;;) {
    const page = await provider.listBookings({ ...query, ...(cursor === undefined ? {} : { cursor }) }, calm)
    bookings.push(...page.bookings)
    if (page.next === undefined) return { bookings, complete: page.complete }
    if (cursors.has(page.next)) throw new Error(`the cursor "${page.next}" came twice: this listing never ends`)
    cursors.add(page.next)
    cursor = page.next
  }
}

/** The span of days that holds every stay of the fake. */
export function spanOf(vendor: BookingVendor): { readonly from: CivilDate; readonly to: CivilDate } {
  const days = vendor
    .bookings()
    .flatMap(({ arrival, departure }) => [arrival, departure].filter((day) => day !== undefined))
  return { from: days.reduce((a, b) => (a < b ? a : b)), to: days.reduce((a, b) => (a > b ? a : b)) }
}

/** Nights on which wall clocks mislead: midnights of Berlin and of UTC, and both clock changes. */
const treacherous: readonly [string, Instant][] = [
  ['midnight in Berlin, summer', instant('2026-07-01T22:00:00Z')],
  ['midnight in Berlin, winter', instant('2026-01-15T23:00:00Z')],
  ['midnight in UTC', instant('2026-07-02T00:00:00Z')],
  ['the hour that is skipped in March', instant('2026-03-29T01:00:00Z')],
  ['the first 02:00 to 03:00 in October', instant('2026-10-25T00:30:00Z')],
  ['the hour that comes twice in October', instant('2026-10-25T01:00:00Z')],
  ["New Year's Eve", instant('2026-12-31T23:00:00Z')],
]

export function bookingListings<Config>(subject: BookingSubject<Config>): void {
  const facts = ({ ref, state, unitRef, arrival, departure }: Partial<SourceBooking>) => ({
    ref,
    state,
    unitRef,
    arrival,
    departure,
  })
  const refs = (bookings: readonly { readonly ref: string }[]) => bookings.map(({ ref }) => ref).sort()
  const byRef = (a: { ref?: string | undefined }, b: { ref?: string | undefined }) =>
    String(a.ref).localeCompare(String(b.ref))

  describe('units', () => {
    it('lists every unit once, with a name', async () => {
      const { provider, vendor } = openSubject(subject)
      const units = await provider.listUnits(calm)
      expect(new Set(units.map(({ ref }) => ref)).size).toBe(units.length)
      for (const unit of units) {
        expect(unit.ref).toMatch(/^[A-Za-z0-9._:-]{1,100}$/)
        expect(unit.name).toMatch(/\S/)
        if (unit.zone !== undefined) expect(Intl.supportedValuesOf('timeZone').concat('UTC')).toContain(unit.zone)
      }
      const booked = vendor.bookings().flatMap(({ unitRef }) => (unitRef === undefined ? [] : [unitRef]))
      expect(units.map(({ ref }) => ref)).toEqual(expect.arrayContaining(booked))
    })
  })

  describe('the listing of stays', () => {
    it('tells every booking of every state as the vendor has it, and that this is all', async () => {
      const { provider, vendor } = openSubject(subject)
      const { bookings, complete } = await listAll(provider, { stays: spanOf(vendor) })
      expect(complete).toBe(true)
      expect(bookings.map(facts).sort(byRef)).toEqual(vendor.bookings().map(facts).sort(byRef))
    })
    it('keeps showing a booking that was cancelled', async () => {
      const { provider, vendor, clock } = openSubject(subject)
      const known = vendor.knownBooking
      vendor.cancel(known)
      clock.advance(lag)
      const { bookings } = await listAll(provider, { stays: spanOf(vendor) })
      expect(bookings.find(({ ref }) => ref === known)).toMatchObject({ state: 'cancelled' })
    })
    it('reads more than three pages of the vendor, every booking exactly once', async () => {
      const { provider, vendor, wire } = openSubject(subject)
      const read = async () => {
        const before = wire.calls.length
        return { ...(await listAll(provider, { stays: spanOf(vendor) })), requests: wire.calls.length - before }
      }
      const small = await read()
      let large = small
      for (let filled = 0; large.requests < small.requests + 3 && filled < 2000; filled += 350) {
        vendor.fill(350)
        large = await read()
      }
      expect(large.requests, 'requests: the fake pages its listing').toBeGreaterThanOrEqual(small.requests + 3)
      expect(large.complete).toBe(true)
      expect(refs(large.bookings)).toEqual(refs(vendor.bookings()))
    })
    it('is quietly empty, and complete, where nothing is booked', async () => {
      const { provider } = openSubject(subject)
      const page = await listAll(provider, { stays: { from: '2031-03-01', to: '2031-03-02' } })
      expect(page).toMatchObject({ bookings: [], complete: true })
    })
    it.each([
      ['a row is missing', withoutLastRow],
      ['all rows are missing', withoutRows],
      ['one row stands twice and another is missing', withRepeatedRow],
    ])('does not call itself complete when %s', async (_, damage) => {
      const opened = openSubject(subject)
      const { vendor, clock } = opened
      const span = spanOf(vendor)
      const damaged = damage(vendor)
      const { provider } = openSubject(subject, { beside: { vendor: damaged.vendor, clock } })
      const outcome = await settled(listAll(provider, { stays: span }))
      expect(damaged.rows(), 'rows taken out of the answers: no JSON list was found in them').toBeGreaterThan(0)
      if (outcome.kind === 'value') expect(outcome.value).toMatchObject({ complete: false })
    })
  })

  describe('the listing of changes', () => {
    it.each(treacherous)('finds a cancellation made a minute ago, around %s', async (_, instant) => {
      for (const offset of [-90_000, -30_000, 0, 30_000]) {
        const opened = openSubject(subject, { at: plus(instant, offset) })
        const { provider, vendor, clock } = opened
        const known = vendor.knownBooking
        const since = clock.now()
        clock.advance(1000)
        vendor.cancel(known)
        clock.advance(lag)
        const { bookings } = await listAll(provider, { changedSince: since })
        const found = bookings.find(({ ref }) => ref === known)
        expect(found, `changed ${offset / 1000 + 1} s after ${instant}`).toMatchObject({ state: 'cancelled' })
      }
    })
    it('finds a stay that moved to another unit', async () => {
      const { provider, vendor, clock } = openSubject(subject)
      const known = vendor.knownBooking
      const since = clock.now()
      const elsewhere = await otherUnit(provider, vendor)
      clock.advance(1000)
      vendor.move(known, elsewhere)
      clock.advance(lag)
      const { bookings } = await listAll(provider, { changedSince: since })
      expect(bookings.find(({ ref }) => ref === known)).toMatchObject({ unitRef: elsewhere })
    })
  })

  describe('one booking', () => {
    it('reads a known one as the vendor has it', async () => {
      const { provider, vendor } = openSubject(subject)
      for (const booking of vendor.bookings()) {
        const read = await provider.readBooking(booking.ref, calm)
        expect(read && facts(read)).toEqual(facts(booking))
      }
    })
    it('reads a cancelled one as cancelled', async () => {
      const { provider, vendor, clock } = openSubject(subject)
      const known = vendor.knownBooking
      vendor.cancel(known)
      clock.advance(lag)
      expect(await provider.readBooking(known, calm)).toMatchObject({ state: 'cancelled' })
    })
    it('reads a moved one in its new unit', async () => {
      const { provider, vendor, clock } = openSubject(subject)
      const known = vendor.knownBooking
      const elsewhere = await otherUnit(provider, vendor)
      vendor.move(known, elsewhere)
      clock.advance(lag)
      expect(await provider.readBooking(known, calm)).toMatchObject({
        unitRef: elsewhere,
        state: 'confirmed',
      })
    })
    it('reads an erased one as undefined, which is the vendor saying so', async () => {
      const { provider, vendor, clock } = openSubject(subject)
      const known = vendor.knownBooking
      vendor.erase(known)
      clock.advance(lag)
      expect(await provider.readBooking(known, calm)).toBeUndefined()
    })
    it.each(['999999999', 'no-such-booking', '..', '.', 'a:b', '0'])('knows no booking "%s"', async (ref) => {
      const { provider } = openSubject(subject)
      expect(await provider.readBooking(ref, calm)).toBeUndefined()
    })
  })
}

async function otherUnit(provider: BookingSource, vendor: BookingVendor): Promise<string> {
  const current = vendor.bookings().find(({ ref }) => ref === vendor.knownBooking)?.unitRef
  const other = (await provider.listUnits(calm)).find(({ ref }) => ref !== current)
  if (!other) throw new Error('the fake needs a second unit')
  return other.ref
}
