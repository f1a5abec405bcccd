import type { BookingPage } from '@stayward/core/adapter'
import { calm, changeAnswers, failureOf } from '@stayward/core/testing'
import { describe, expect, it } from 'vitest'
import { type SmoobuAccount, smoobuAccount, withFields } from './smoobu-account.ts'

const may = { from: '2026-05-01', to: '2026-05-31' }
const year = { from: '2026-01-01', to: '2026-12-31' }
const refs = ({ bookings }: BookingPage) => bookings.map(({ ref }) => ref).sort()
const queries = ({ wire }: SmoobuAccount) =>
  wire.calls.map(({ request }) => new URL(request.url)).filter(({ pathname }) => pathname === '/api/reservations')

/** Does something at the vendor right after a page of the listing was answered. */
function between({ vendor }: SmoobuAccount, act: (page: number) => void): void {
  changeAnswers(vendor, (url, answer) => {
    if (url.pathname === '/api/reservations') act(Number(url.searchParams.get('page')))
    return answer
  })
}

describe('the window of stays', () => {
  it('asks with cancellations, and for more days than it needs', async () => {
    const account = smoobuAccount()
    await account.provider.listBookings({ stays: may }, calm)
    const query = queries(account)[0]?.searchParams
    expect(Object.fromEntries(query ?? [])).toEqual({
      from: '2026-04-29',
      to: '2026-06-02',
      showCancellation: 'true',
      page: '1',
      pageSize: '100',
    })
  })
  it('keeps stays that touch its edges and no others, although Smoobu may leave the edges out', async () => {
    const { provider, vendor } = smoobuAccount({ state: (state) => void (state.reservations = []) })
    const book = (arrival: string, departure: string) => vendor.book({ arrival, departure, unitRef: '700101' })
    const inside = [
      book('2026-04-20', '2026-05-01'),
      book('2026-05-31', '2026-06-10'),
      book('2026-04-01', '2026-06-30'),
    ]
    book('2026-04-20', '2026-04-30')
    book('2026-06-01', '2026-06-10')
    expect(refs(await provider.listBookings({ stays: may }, calm))).toEqual(inside.sort())
  })
  it('never hides cancellations and blocks (trap 4)', async () => {
    const { provider, vendor } = smoobuAccount()
    const { bookings } = await provider.listBookings({ stays: may }, calm)
    expect(new Set(bookings.map(({ state }) => state))).toEqual(new Set(['confirmed', 'cancelled', 'block']))
    vendor.cancel(vendor.knownBooking)
    const after = await provider.listBookings({ stays: may }, calm)
    expect(after.bookings.filter(({ state }) => state === 'cancelled').length).toBe(2)
  })
})

describe('the changes', () => {
  it.each([
    ['2026-05-01T10:00:00Z', '2026-04-30'],
    // 00:30 of July 2 in Berlin, still July 1 in UTC.
    ['2026-07-01T22:30:00Z', '2026-07-01'],
    ['2026-01-01T00:00:00Z', '2025-12-31'],
  ])('since %s are asked for from %s on (trap 13)', async (at, modifiedFrom) => {
    const account = smoobuAccount({ at })
    await account.provider.listBookings({ changedSince: account.now() }, calm)
    expect(Object.fromEntries(queries(account)[0]?.searchParams ?? [])).toMatchObject({
      modifiedFrom,
      showCancellation: 'true',
    })
  })
  it('hold a cancellation that nobody announced', async () => {
    const { provider, vendor, now, advance } = smoobuAccount()
    const since = now()
    vendor.cancel(vendor.knownBooking, { announce: false })
    advance(600_000)
    expect(vendor.dueWebhooks()).toEqual([])
    const { bookings } = await provider.listBookings({ changedSince: since }, calm)
    expect(bookings).toMatchObject([{ ref: '90210001', state: 'cancelled' }])
  })
})

describe('paging', () => {
  it('reads 100 a page, every booking once, in one answer (trap 5)', async () => {
    const account = smoobuAccount()
    account.vendor.fill(250)
    const page = await account.provider.listBookings({ stays: year }, calm)
    expect(refs(page)).toEqual(
      account.vendor
        .bookings()
        .map(({ ref }) => ref)
        .sort(),
    )
    expect(page).toMatchObject({ complete: true })
    expect(page).not.toHaveProperty('next')
    expect(queries(account).length).toBe(3)
  })
  it('finds the row that slid past it when an earlier one was deleted', async () => {
    const account = smoobuAccount({ state: (state) => void (state.reservations = []) })
    account.vendor.fill(150)
    const first = account.vendor.knownBooking
    let done = false
    between(account, (page) => {
      if (page === 1 && !done) account.vendor.erase(first)
      done = true
    })
    const page = await account.provider.listBookings({ stays: year }, calm)
    expect(page.complete).toBe(true)
    const rest = account.vendor.bookings().map(({ ref }) => ref)
    expect(refs(page)).toEqual(expect.arrayContaining(rest))
  })
  it('says that it is not complete when rows slide past it again and again', async () => {
    const account = smoobuAccount({ state: (state) => void (state.reservations = []) })
    account.vendor.fill(150)
    between(account, (page) => {
      if (page === 1) account.vendor.erase(String(account.vendor.state.reservations[0]?.id))
    })
    expect(await account.provider.listBookings({ stays: year }, calm)).toMatchObject({ complete: false })
    expect(queries(account).length).toBe(4)
  })
  it('takes the later reading of a row that came twice', async () => {
    const account = smoobuAccount({ state: (state) => void (state.reservations = []) })
    account.vendor.fill(150)
    const [moved] = account.vendor.state.reservations
    between(account, (page) => {
      if (page !== 1 || !moved) return
      moved.type = 'cancellation'
      account.vendor.state.reservations = [...account.vendor.state.reservations.filter((row) => row !== moved), moved]
    })
    const { bookings } = await account.provider.listBookings({ stays: year }, calm)
    expect(bookings.filter(({ ref }) => ref === String(moved?.id))).toMatchObject([{ state: 'cancelled' }])
  })
  it('ends at 200 pages, and does not call that complete', async () => {
    const account = smoobuAccount()
    changeAnswers(account.vendor, (_, answer) => withFields(answer, { page_count: 100_000, total_items: 9_999_999 }))
    expect(await account.provider.listBookings({ stays: year }, calm)).toMatchObject({ complete: false })
    expect(account.wire.calls.length).toBe(300)
  })
})

describe('rows of another shape', () => {
  const spoilt = (raw: Record<string, unknown>) =>
    smoobuAccount({ state: ({ reservations }) => void (reservations[0] && (reservations[0].raw = raw)) })

  it('an impossible date spoils nothing but itself', async () => {
    const { provider } = spoilt({ arrival: '2026-02-30' })
    const { bookings, complete } = await provider.listBookings({ stays: may }, calm)
    expect(complete).toBe(true)
    expect(bookings.length).toBe(4)
    expect(bookings.find(({ ref }) => ref === '90210001')).not.toHaveProperty('arrival')
  })
  it.each([{ id: 'none' }, { apartment: 5 }, { type: null }])(
    '%j is left out, and the listing is not complete',
    async (raw) => {
      const account = spoilt(raw)
      const { bookings, complete } = await account.provider.listBookings({ stays: may }, calm)
      expect(complete).toBe(false)
      expect(bookings.map(({ ref }) => ref)).toEqual(['90210002', '90210003', '90210004'])
      expect(queries(account).length).toBe(1)
    },
  )
  it('cannot be made up for by a count that leaves them out', async () => {
    const { provider, vendor } = spoilt({ id: 'none' })
    changeAnswers(vendor, (_, answer) => withFields(answer, { total_items: 3 }))
    expect(await provider.listBookings({ stays: may }, calm)).toMatchObject({ complete: false })
  })
  it.each([{ type: null }, { apartment: 5 }, { id: 90210777 }])(
    '%j alone is a failure, never another booking',
    async (raw) => {
      const { provider } = spoilt(raw)
      expect((await failureOf(provider.readBooking('90210001', calm))).code).toBe('bad-response')
    },
  )
  it.each(['bookings', 'page_count', 'total_items'])(
    'a page without %s is a failure, never an empty list',
    async (field) => {
      const account = smoobuAccount()
      changeAnswers(account.vendor, (_, answer) => withFields(answer, { [field]: undefined }))
      expect((await failureOf(account.provider.listBookings({ stays: may }, calm))).code).toBe('bad-response')
    },
  )
})

describe('units', () => {
  it('have the zone Smoobu knows, or none', async () => {
    const { provider, vendor } = smoobuAccount()
    vendor.state.apartments.push({ id: 700104, name: ' ', timeZone: 'Middle/Earth' })
    expect(await provider.listUnits(calm)).toEqual([
      { ref: '700101', name: 'Loft Nord', zone: 'Europe/Paris' },
      { ref: '700102', name: 'Loft Süd', zone: 'Europe/Paris' },
      { ref: '700103', name: 'Garden flat' },
      { ref: '700104', name: 'Apartment 700104' },
    ])
  })
  it('stay in the list when one is deleted meanwhile', async () => {
    const { provider, vendor, wire } = smoobuAccount()
    changeAnswers(vendor, (url, answer) => {
      if (url.pathname === '/api/apartments') vendor.state.apartments.pop()
      return answer
    })
    expect((await provider.listUnits(calm)).length).toBe(3)
    expect(wire.calls.at(-1)?.outcome).toBe(404)
  })
})

describe('one booking', () => {
  it('that moved is the same booking in another flat (trap 10)', async () => {
    const { provider, vendor } = smoobuAccount()
    vendor.move('90210001', '700102')
    expect(await provider.readBooking('90210001', calm)).toMatchObject({
      ref: '90210001',
      unitRef: '700102',
      state: 'confirmed',
    })
  })
  it('stays a modification for good, and is still the same confirmed booking (trap 15)', async () => {
    const { provider, vendor } = smoobuAccount()
    vendor.changeDates('90210001', { departure: '2026-05-12' })
    const once = await provider.readBooking('90210001', calm)
    expect(once).toMatchObject({ state: 'confirmed', departure: '2026-05-12' })
    expect(await provider.readBooking('90210001', calm)).toEqual(once)
  })
  it('that was deleted reads as undefined', async () => {
    const { provider } = smoobuAccount()
    expect(await provider.readBooking('90210006', calm)).toBeUndefined()
  })
})
