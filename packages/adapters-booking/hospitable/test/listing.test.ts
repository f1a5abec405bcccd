import { addDays, type BookingPage } from '@stayward/core/adapter'
import { calm, changeAnswers, failureOf } from '@stayward/core/testing'
import { describe, expect, it } from 'vitest'
import { fakeId } from '../src/testing/index.ts'
import { fixture } from './fixture.ts'
import { type Account, account, answering, flat, listQueries, ref } from './hospitable-account.ts'

const may = { from: '2026-05-01', to: '2026-05-31' }
const year = { from: '2026-01-01', to: '2026-12-31' }
const refs = ({ bookings }: BookingPage) => bookings.map((each) => each.ref).sort()
const properties = [1, 2, 3, 4].map((number) => fakeId('property', number))

/** Lays something over every answer of the list of reservations. */
function onList({ vendor }: Account, change: (body: Listed, page: number) => object): void {
  changeAnswers(vendor, async (url, answer) => {
    if (url.pathname !== '/v2/reservations') return answer
    return Response.json(change((await answer.json()) as Listed, Number(url.searchParams.get('page')))) // the fake's own
  })
}
interface Listed {
  readonly data: readonly Record<string, unknown>[]
  readonly meta: Readonly<Record<string, unknown>>
}

describe('the window of stays', () => {
  it('asks by day of check-out, far enough for the longest stay, with every include and without a status', async () => {
    const opened = account()
    await opened.provider.listBookings({ stays: may }, calm)
    const [query, ...more] = listQueries(opened)
    expect(more).toEqual([])
    expect(query?.getAll('properties[]')).toEqual(properties)
    query?.delete('properties[]')
    expect(Object.fromEntries(query ?? [])).toEqual({
      date_query: 'checkout',
      start_date: '2026-04-30',
      end_date: '2027-07-05',
      include: 'guest,properties',
      page: '1',
      per_page: '100',
    })
  })
  it('keeps stays that touch its edges, long ones around it too, and no others', async () => {
    const { provider, vendor } = account({ state: (state) => void (state.reservations = []) })
    const book = (arrival: string, departure: string) => vendor.book({ arrival, departure, unitRef: flat })
    const inside = [
      book('2026-04-20', '2026-05-01'),
      book('2026-05-31', '2026-06-10'),
      book('2026-04-01', '2026-06-30'),
      book('2025-11-01', '2026-12-01'),
    ]
    book('2026-04-20', '2026-04-30')
    book('2026-06-01', '2026-06-10')
    const page = await provider.listBookings({ stays: may }, calm)
    expect(refs(page)).toEqual(inside.sort())
    expect(page.complete).toBe(true)
  })
  it('holds every state: cancelled, declined, requested, unclear', async () => {
    const { provider } = account()
    const { bookings } = await provider.listBookings({ stays: may }, calm)
    expect(bookings.map(({ state }) => state)).toEqual([
      'confirmed',
      'confirmed',
      'cancelled',
      'confirmed',
      'request',
      'request',
      'cancelled',
      'request',
    ])
  })
  it('never asks for more than three years ahead, which Hospitable refuses', async () => {
    const opened = account()
    const far = { from: '2026-05-01', to: '2030-01-01' }
    expect(await opened.provider.listBookings({ stays: far }, calm)).toMatchObject({ complete: true })
    expect(listQueries(opened)[0]?.get('end_date')).toBe('2029-04-23')
  })
  it('holds no block of the calendar: that is no reservation, and nobody is let in for it', async () => {
    const { provider, vendor, advance } = account()
    const before = refs(await provider.listBookings({ stays: year }, calm))
    vendor.block({ unitRef: flat, from: '2026-06-01', to: '2026-06-08' })
    advance(2_000)
    expect(vendor.dueWebhooks()).toEqual([])
    expect(refs(await provider.listBookings({ stays: year }, calm))).toEqual(before)
  })
})

describe('the changes', () => {
  it('cannot be asked for: whatever ends near is told, and compared by the hub (trap 1)', async () => {
    const opened = account()
    await opened.provider.listBookings({ changedSince: opened.now() }, calm)
    expect(Object.fromEntries(listQueries(opened)[0] ?? [])).toMatchObject({
      date_query: 'checkout',
      start_date: '2026-04-29',
      end_date: '2026-07-02',
      include: 'guest,properties',
    })
  })
  it('hold a cancellation and a new time that nobody announced', async () => {
    const { provider, vendor, now, advance } = account()
    const since = now()
    vendor.cancel(ref, { announce: false })
    vendor.changeTimes(fakeId('reservation', 4), { checkIn: '18:30' }, { announce: false })
    advance(600_000)
    expect(vendor.dueWebhooks()).toEqual([])
    const { bookings } = await provider.listBookings({ changedSince: since }, calm)
    expect(bookings.find((each) => each.ref === ref)).toMatchObject({ state: 'cancelled' })
    expect(bookings.find((each) => each.ref === fakeId('reservation', 4))).toMatchObject({ checkIn: '18:30' })
  })
  it('since long ago reach back to then', async () => {
    const opened = account()
    const since = account({ at: '2026-01-15T23:30:00Z' }).now()
    await opened.provider.listBookings({ changedSince: since }, calm)
    expect(listQueries(opened)[0]?.get('start_date')).toBe('2026-01-13')
  })
})

describe('what was asked for and ignored with a 200', () => {
  it('an include: the rows have no guest, so none is understood and the list is not complete (trap 3)', async () => {
    for (const missing of ['guest', 'properties']) {
      const opened = account()
      onList(opened, (body) => ({ ...body, data: body.data.map((row) => ({ ...row, [missing]: undefined })) }))
      expect(await opened.provider.listBookings({ stays: may }, calm)).toEqual({ bookings: [], complete: false })
    }
  })
  it('the days: rows of another time are no proof of this one (trap 2)', async () => {
    const { provider, vendor } = account()
    const respond = vendor.respond.bind(vendor)
    vendor.respond = (request) => {
      const url = new URL(request.url)
      url.searchParams.set('start_date', '2020-01-01')
      return respond(new Request(url, request))
    }
    const page = await provider.listBookings({ stays: may }, calm)
    expect(page.complete).toBe(false)
    expect(refs(page)).not.toContain(fakeId('reservation', 5))
  })
  it('the properties: rows of others are no proof', async () => {
    const opened = account()
    changeAnswers(opened.vendor, async (url, answer) => {
      if (url.pathname !== '/v2/properties') return answer
      const body = (await answer.json()) as Listed // the fake's own
      return Response.json({ ...body, data: body.data.slice(0, 3), meta: { ...body.meta, total: 3 } })
    })
    const other = fakeId('property', 4)
    onList(opened, (body) => ({
      ...body,
      data: body.data.map((row) => (row['id'] === ref ? { ...row, properties: [{ id: other }] } : row)),
    }))
    const { bookings, complete } = await opened.provider.listBookings({ stays: may }, calm)
    expect(complete).toBe(false)
    expect(bookings.find((each) => each.ref === ref)).toMatchObject({ unitRef: other })
  })
  it('the page: the same one for ever is a failure', async () => {
    const opened = account()
    opened.vendor.fill(250)
    onList(opened, (body) => ({ ...body, meta: { ...body.meta, current_page: 1 } }))
    expect((await failureOf(opened.provider.listBookings({ stays: year }, calm))).code).toBe('bad-response')
  })
})

describe('paging', () => {
  it('reads 100 a page by its own numbers, never by the links, which would show the token around (trap 4)', async () => {
    const opened = account()
    opened.vendor.fill(250)
    const page = await opened.provider.listBookings({ stays: year }, calm)
    expect(refs(page)).toEqual(
      refs({ bookings: opened.vendor.bookings().map((each) => ({ ...each, guest: {} })), complete: true }),
    )
    expect(page.complete).toBe(true)
    expect(listQueries(opened).map((query) => query.get('page'))).toEqual(['1', '2', '3'])
    for (const { request } of opened.wire.calls) expect(request.url).toMatch(/^https:/)
  })
  it('asks for fifty properties at once', async () => {
    const opened = account({
      state: (state) => {
        const [first] = state.properties
        for (let number = 5; first && number <= 120; number++)
          state.properties.push({ ...first, id: fakeId('property', number), name: `Flat ${number}` })
      },
    })
    opened.vendor.fill(240)
    const page = await opened.provider.listBookings({ stays: year }, calm)
    expect(page).toMatchObject({ complete: true, bookings: { length: 249 } })
    const batches = listQueries(opened).map((query) => query.getAll('properties[]').length)
    expect(Math.max(...batches)).toBe(50)
    expect(new Set(listQueries(opened).flatMap((query) => query.getAll('properties[]'))).size).toBe(120)
    expect((await opened.provider.listUnits(calm)).length).toBe(120)
  })
  it('finds the row that slid past it when an earlier one was deleted', async () => {
    const opened = account({ state: (state) => Object.assign(state, { reservations: [], known: null }) })
    opened.vendor.fill(150)
    const first = opened.vendor.knownBooking
    let done = false
    changeAnswers(opened.vendor, (url, answer) => {
      if (url.pathname === '/v2/reservations' && !done) {
        done = true
        opened.vendor.erase(first)
      }
      return answer
    })
    const page = await opened.provider.listBookings({ stays: year }, calm)
    expect(page.complete).toBe(true)
    expect(refs(page)).toEqual(expect.arrayContaining(opened.vendor.bookings().map((each) => each.ref)))
  })
  it('is not complete when rows slide past it again and again, or when there is no end', async () => {
    const sliding = account({ state: (state) => Object.assign(state, { reservations: [], known: null }) })
    sliding.vendor.fill(150)
    changeAnswers(sliding.vendor, (url, answer) => {
      if (url.searchParams.get('page') === '1' && url.pathname === '/v2/reservations')
        sliding.vendor.erase(sliding.vendor.state.reservations[0]?.id ?? '')
      return answer
    })
    expect(await sliding.provider.listBookings({ stays: year }, calm)).toMatchObject({ complete: false })
    const endless = account()
    onList(endless, (body, page) => ({ ...body, meta: { current_page: page, last_page: 10 ** 6, total: 10 ** 8 } }))
    expect(await endless.provider.listBookings({ stays: may }, calm)).toMatchObject({ complete: false })
    expect(listQueries(endless).length).toBe(300)
  })
  it.each([{ data: undefined }, { meta: undefined }, { meta: { current_page: 1, last_page: 1 } }])(
    'a page with %j is a failure, never an empty list',
    async (change) => {
      const opened = account()
      onList(opened, (body) => ({ ...body, ...change }))
      expect((await failureOf(opened.provider.listBookings({ stays: may }, calm))).code).toBe('bad-response')
    },
  )
})

describe('rows of another shape', () => {
  const spoilt = (raw: Record<string, unknown>) =>
    account({ state: ({ reservations }) => void (reservations[0] && (reservations[0].raw = raw)) })

  it('an impossible date spoils nothing but itself', async () => {
    const { provider } = spoilt({ arrival_date: '2026-02-30T00:00:00+01:00' })
    const { bookings, complete } = await provider.listBookings({ stays: may }, calm)
    expect(complete).toBe(true)
    expect(bookings.find((each) => each.ref === ref)).not.toHaveProperty('arrival')
  })
  it.each([{ id: 'none' }, { properties: null }, { reservation_status: null }])(
    '%j is left out, and the listing is not complete',
    async (raw) => {
      const { provider } = spoilt(raw)
      const { bookings, complete } = await provider.listBookings({ stays: may }, calm)
      expect([bookings.length, complete]).toEqual([7, false])
    },
  )
  it.each([{ reservation_status: null }, { properties: 5 }, { id: fakeId('reservation', 777) }])(
    '%j alone is a failure, never another booking and never "not there"',
    async (raw) => {
      const { provider } = spoilt(raw)
      expect((await failureOf(provider.readBooking(ref, calm))).code).toBe('bad-response')
    },
  )
})

describe('a guest whose reservation is in doubt', () => {
  it('keeps the stay: a checkpoint after an acceptance is neither a cancellation nor a request', async () => {
    const { provider, vendor } = account()
    vendor.setStatus(ref, 'checkpoint', 'voided')
    const { code, message } = await failureOf(provider.readBooking(ref, calm))
    expect(code).toBe('bad-response')
    expect(message).toContain('status')
    const { bookings, complete } = await provider.listBookings({ stays: may }, calm)
    expect([refs({ bookings, complete }).includes(ref), complete]).toEqual([false, false])
  })
  it('is found by id when the listing went inactive and the list forgot it (trap 6)', async () => {
    const { provider, vendor } = account({
      state: ({ properties: all }) => void (all[0] && Object.assign(all[0], { inactive: true, listed: false })),
    })
    const page = await provider.listBookings({ stays: may }, calm)
    expect(refs(page)).not.toContain(ref)
    expect(await provider.readBooking(vendor.knownBooking, calm)).toMatchObject({ ref, state: 'confirmed' })
  })
  it('is not given up by an account that shows no properties any more', async () => {
    const { provider } = account({ state: (state) => void (state.properties = []) })
    expect(await provider.listBookings({ stays: may }, calm)).toEqual({ bookings: [], complete: false })
    expect(await provider.listUnits(calm)).toEqual([])
  })
})

describe('units', () => {
  it('are the properties, parents and children alike, without the offset that is wrong half of the year (trap 7)', async () => {
    const { provider, vendor } = account()
    const [first] = vendor.state.properties
    if (first) vendor.state.properties.push({ ...first, id: fakeId('property', 9), name: ' ' })
    expect(await provider.listUnits(calm)).toEqual([
      { ref: properties[0], name: 'Loft Nord' },
      { ref: properties[1], name: 'Loft Süd' },
      { ref: properties[2], name: 'Villa' },
      { ref: properties[3], name: 'Villa, garden room' },
      { ref: fakeId('property', 9), name: 'Property 9d0c0000' },
    ])
  })
  it.each(['property-live', 'property-spec'])('are read from %s (trap 8)', async (name) => {
    const { body } = fixture(name)
    const page = { data: [body], meta: { current_page: 1, last_page: 1, total: 1 } }
    expect(await answering(200, JSON.stringify(page)).listUnits(calm)).toEqual([
      { ref: '9d0c0000-0000-4000-8000-0000000000aa', name: 'Loft Nord' },
    ])
  })
  it('are a failure when some are missing or cannot be read', async () => {
    const meta = { current_page: 1, last_page: 1, total: 2 }
    const row = fixture('property-live').body
    for (const data of [[row], [row, { id: 5 }], []])
      expect((await failureOf(answering(200, JSON.stringify({ data, meta })).listUnits(calm))).code).toBe(
        'bad-response',
      )
  })
})

describe('one booking', () => {
  it('whose property was merged into another is the same booking there (trap 20)', async () => {
    const { provider, vendor } = account()
    vendor.merge(flat, fakeId('property', 2))
    expect(await provider.readBooking(ref, calm)).toMatchObject({
      ref,
      unitRef: fakeId('property', 2),
      state: 'confirmed',
    })
  })
  it('has the days of its property, wherever that is, also on the nights of the clock change', async () => {
    const { provider, vendor } = account()
    for (const number of [1, 3])
      for (const arrival of ['2026-03-08', '2026-03-29', '2026-07-10', '2026-10-25', '2026-11-01']) {
        const unitRef = fakeId('property', number)
        const made = vendor.book({
          arrival,
          departure: addDays(arrival, 1),
          unitRef,
          checkIn: '16:00',
          checkOut: '10:00',
        })
        expect(await provider.readBooking(made, calm)).toMatchObject({
          arrival,
          departure: addDays(arrival, 1),
          checkIn: '16:00',
          checkOut: '10:00',
        })
      }
  })
  it('is asked for with its includes, and by its id alone', async () => {
    const { provider, wire } = account()
    expect(await provider.readBooking(ref.toUpperCase(), calm)).toMatchObject({ ref })
    expect(new URL(wire.calls[0]?.request.url ?? '').searchParams.get('include')).toBe('guest,properties')
    expect(await provider.readBooking('HMTEST1', calm)).toBeUndefined()
    expect(wire.calls.length).toBe(1)
  })
})
