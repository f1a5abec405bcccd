import type { BookingPage } from '@stayward/core/adapter'
import { calm, changeAnswers, failureOf } from '@stayward/core/testing'
import { describe, expect, it } from 'vitest'
import { account, asked, day, type TestAccount } from './beds24-account.ts'

const year = { from: '2026-01-01', to: '2026-12-31' }
const refs = ({ bookings }: BookingPage) => bookings.map(({ ref }) => ref).sort()
const queries = ({ wire }: TestAccount) =>
  wire.calls.map(({ request }) => new URL(request.url)).filter(({ pathname }) => pathname === '/v2/bookings')

describe('every question about bookings', () => {
  it('names all six statuses, each on its own: else cancelled ones are hidden, and commas are refused (traps 2 and 7)', async () => {
    const known = account()
    await known.provider.listBookings({ stays: year }, calm)
    await known.provider.listBookings({ changedSince: known.now() }, calm)
    await known.provider.readBooking(known.ref, calm)
    expect(queries(known)).toHaveLength(3)
    for (const { searchParams } of queries(known))
      expect(searchParams.getAll('status').toSorted()).toEqual([
        'black',
        'cancelled',
        'confirmed',
        'inquiry',
        'new',
        'request',
      ])
  })

  it('is narrowed by names that Beds24 knows: others are ignored in silence', async () => {
    const known = account()
    await known.provider.listBookings({ stays: year }, calm)
    await known.provider.listBookings({ changedSince: known.now() }, calm)
    const names = queries(known).map(({ searchParams }) => [...new Set(searchParams.keys())].toSorted())
    expect(names).toEqual([
      ['arrivalTo', 'departureFrom', 'page', 'status'],
      ['modifiedFrom', 'page', 'status'],
    ])
    expect(queries(known)[1]?.searchParams.get('modifiedFrom')).toBe('2026-05-01T10:00:00Z')
  })
})

it('reads a cancelled booking by its id as cancelled, and a deleted one as none', async () => {
  const { provider, vendor, ref } = account()
  vendor.cancel(ref)
  expect(await provider.readBooking(ref, calm)).toMatchObject({ state: 'cancelled' })
  vendor.erase(ref)
  expect(await provider.readBooking(ref, calm)).toBeUndefined()
})

it('lists (trap 3) guests who are in the house and stays that touch the edges of the span', async () => {
  const { provider, vendor } = account()
  const inHouse = vendor.book({ roomId: 710002, unitId: 3, arrival: '2026-04-28', departure: '2026-05-03' })
  const leaving = vendor.book({ roomId: 710002, unitId: 2, arrival: '2026-04-20', departure: '2026-05-01' })
  const coming = vendor.book({ roomId: 710002, unitId: 2, arrival: '2026-05-02', departure: '2026-05-04' })
  const gone = vendor.book({ roomId: 710002, unitId: 2, arrival: '2026-04-01', departure: '2026-04-30' })
  const page = await provider.listBookings({ stays: { from: '2026-05-01', to: '2026-05-02' } }, calm)
  expect(page.complete).toBe(true)
  expect(refs(page)).toEqual([inHouse, leaving, coming].toSorted())
  expect(refs(page)).not.toContain(gone)
})

it('shows a booking that nobody rang for at the next poll: blocks, bookings made by hand, late units (trap 23)', async () => {
  const known = account({ state: ({ switches }) => void (switches.handMadeRing = false) })
  const { provider, vendor, advance, now } = known
  const since = now()
  advance(60_000)
  const typed = vendor.typeIn({ roomId: 710002, unitId: 1, arrival: '2026-06-01', departure: '2026-06-03' })
  const block = vendor.typeIn({
    roomId: 710002,
    unitId: 2,
    arrival: '2026-06-01',
    departure: '2026-06-03',
    status: 'black',
  })
  const late = vendor.bookings().find(({ unitRef }) => unitRef === undefined)?.ref ?? ''
  vendor.assign(late, 3)
  advance(day)
  expect(vendor.dueWebhooks()).toEqual([])
  const page = await provider.listBookings({ changedSince: since }, calm)
  expect(refs(page)).toEqual([typed, block, late].toSorted())
  expect(page.bookings.find(({ ref }) => ref === late)).toMatchObject({ unitRef: '710002-3' })
})

describe('a listing of several pages', () => {
  it.each(['page', 'total'] as const)('is proven complete whatever "count" means (%s)', async (count) => {
    const { provider, vendor } = account({ state: ({ switches }) => Object.assign(switches, { pageSize: 4, count }) })
    const page = await provider.listBookings({ stays: year }, calm)
    expect(page.complete).toBe(true)
    expect(refs(page)).toEqual(
      vendor
        .bookings()
        .map(({ ref }) => ref)
        .toSorted(),
    )
  })

  it('follows no link: it lacks the filters', async () => {
    const known = account({ state: ({ switches }) => void (switches.pageSize = 4) })
    await known.provider.listBookings({ stays: year }, calm)
    expect(queries(known).map(({ searchParams }) => searchParams.get('page'))).toEqual(['1', '2', '3', '1', '2', '3'])
    for (const { searchParams } of queries(known)) expect(searchParams.getAll('status')).toHaveLength(6)
  })

  it('is not complete when a booking went away while it was read and another slipped past', async () => {
    const { provider, vendor } = account({ state: ({ switches }) => void (switches.pageSize = 4) })
    let pages = 0
    changeAnswers(vendor, (url, answer) => {
      // After the first page of each reading one of its bookings is deleted.
      if (url.pathname === '/v2/bookings' && url.searchParams.get('page') === '1') {
        pages++
        vendor.erase(vendor.bookings()[0]?.ref ?? '')
      }
      return answer
    })
    const page = await provider.listBookings({ stays: year }, calm)
    expect(pages).toBe(2)
    expect(page.complete).toBe(false)
  })
})

it('leaves out a booking whose status nobody knows, and says that something is missing', async () => {
  const { provider, vendor, ref } = account()
  vendor.setStatus(ref, 'levitating')
  const page = await provider.listBookings({ stays: year }, calm)
  expect(page.complete).toBe(false)
  expect(refs(page)).not.toContain(ref)
  expect(await failureOf(provider.readBooking(ref, calm))).toMatchObject({ code: 'bad-response' })
})

describe('units', () => {
  it('are named with their room, because every room counts from one, and without a zone (trap 12)', async () => {
    expect(await account().provider.listUnits(calm)).toEqual([
      { ref: '710001-1', name: 'Residence A, Loft, Loft' },
      { ref: '710002-1', name: 'Residence B, Studio, Studio 1' },
      { ref: '710002-2', name: 'Residence B, Studio, Studio 2' },
      { ref: '710002-3', name: 'Residence B, Studio, Studio 3' },
    ])
  })

  it('are asked for with rooms and their details: else there are none', async () => {
    const { provider, wire } = account()
    await provider.listUnits(calm)
    const { searchParams } = new URL(wire.calls.at(-1)?.request.url ?? '')
    expect(searchParams.get('includeAllRooms')).toBe('true')
    expect(searchParams.get('includeUnitDetails')).toBe('true')
  })

  it('without rooms are no list of flats', async () => {
    const { provider, vendor } = account()
    changeAnswers(vendor, async (url, answer) => {
      if (url.pathname !== '/v2/properties') return answer
      const body = (await answer.json()) as { data: Record<string, unknown>[] } // the fake's own answer
      return Response.json({ ...body, data: body.data.map(({ roomTypes: _, ...rest }) => rest) })
    })
    expect(await failureOf(provider.listUnits(calm))).toMatchObject({ code: 'bad-response' })
  })

  it('are asked for at most once an hour, and only for a booking that has none', async () => {
    const { provider, ref, wire, advance, vendor } = account()
    await provider.readBooking(ref, calm)
    expect(asked(wire)).not.toContain('GET /properties')
    vendor.assign(ref, null)
    for (let minutes = 0; minutes < 61; minutes += 20) {
      expect(await provider.readBooking(ref, calm)).toMatchObject({ unitRef: '710001-1' })
      advance(20 * 60_000)
    }
    expect(asked(wire).filter((one) => one === 'GET /properties')).toHaveLength(2)
  })
})
