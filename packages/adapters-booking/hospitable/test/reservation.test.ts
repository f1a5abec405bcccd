import { describe, expect, it } from 'vitest'
import { agreedTime, dayIn } from '../src/local-times.ts'
import { readReservation } from '../src/reservation.ts'
import { fixture } from './fixture.ts'

const body = fixture('reservation').body as Record<string, unknown> // an object in our own file
const read = (changes: Record<string, unknown> = {}) => readReservation({ ...body, ...changes })
const status = (category: string, ...history: string[]) => ({
  reservation_status: { current: { category }, history: history.map((each) => ({ category: each })) },
})

it('reads a reservation with everything in it', () => {
  expect(read()).toEqual({
    ref: 'b1f6c1de-0000-4000-8000-000000000001',
    state: 'confirmed',
    unitRef: '9d0c0000-0000-4000-8000-0000000000aa',
    arrival: '2026-07-10',
    departure: '2026-07-14',
    checkIn: '16:00',
    checkOut: '10:00',
    guest: { name: 'Ada Example', firstName: 'Ada', language: 'fr', phone: '+33600000000' },
    channel: 'Airbnb',
  })
})

it('believes neither the deprecated status nor a guest that is not there (trap 5)', () => {
  expect(readReservation(fixture('reservation-cancelled').body)).toMatchObject({ state: 'cancelled' })
  const { state, guest, channel } = readReservation(fixture('reservation-no-guest').body) ?? {}
  expect({ state, guest, channel }).toEqual({ state: 'confirmed', guest: {}, channel: undefined })
})

it("lets an owner in, and keeps the guest's messages away from them (trap 19)", () => {
  expect(readReservation(fixture('reservation-owner').body)).toEqual({
    ref: 'b1f6c1de-0000-4000-8000-000000000002',
    state: 'confirmed',
    unitRef: '9d0c0000-0000-4000-8000-0000000000aa',
    arrival: '2026-07-10',
    departure: '2026-07-14',
    guest: { name: 'Ada Example', firstName: 'Ada', language: 'fr', isOwner: true },
    channel: 'Owner stay',
  })
  expect(read({ stay_type: 'owner_stay' })?.guest.isOwner).toBe(true)
  for (const stay_type of ['guest', 'guest_stay', null, undefined, 5])
    expect(read({ stay_type })?.guest).not.toHaveProperty('isOwner')
})

describe('the state', () => {
  it.each([
    ['accepted', [], 'confirmed'],
    ['Accepted', [], 'confirmed'],
    ['accepted', ['request', 'accepted'], 'confirmed'],
    ['cancelled', ['accepted'], 'cancelled'],
    ['not accepted', ['request'], 'cancelled'],
    ['not_accepted', [], 'cancelled'],
    ['NOT_ACCEPTED', [], 'cancelled'],
    ['request', ['request'], 'request'],
    ['request', [], 'request'],
    ['checkpoint', ['request', 'checkpoint'], 'request'],
    ['unknown', ['request'], 'request'],
  ])('of "%s" after %j is %s (trap 9)', (category, history, state) => {
    expect(read(status(category, ...history))?.state).toBe(state)
  })
  it.each([
    ['checkpoint', ['accepted', 'checkpoint']],
    ['unknown', ['request', 'Accepted']],
    ['request', ['accepted', 'request']],
    ['something new', ['accepted']],
    ['checkpoint', []],
    ['unknown', []],
  ])('of "%s" after %j cannot be told: nothing is given, nothing is taken away', (category, history) => {
    expect(read(status(category, ...history))).toBeUndefined()
  })
})

describe('what must be there', () => {
  it.each([
    { id: 'none' },
    { id: 5 },
    { reservation_status: null },
    { reservation_status: { current: {} } },
    { reservation_status: { current: { category: null } } },
    { guest: undefined },
    { properties: undefined },
    { properties: null },
    { properties: [{ name: 'Loft' }] },
  ])('%j makes the row unreadable, never an empty booking', (changes) => {
    expect(read(changes)).toBeUndefined()
  })
  it.each([null, 5, 'text', [], {}])('%j is no reservation', (row) => expect(readReservation(row)).toBeUndefined())
})

describe('the property', () => {
  const [one, two] = ['9d0c0000-0000-4000-8000-00000000000a', '9d0c0000-0000-4000-8000-00000000000b']
  it('is absent when there is none, or more than one', () => {
    for (const ids of [[], [one, two]])
      expect(read({ properties: ids.map((id) => ({ id })) })).not.toHaveProperty('unitRef')
    expect(read({ properties: [{ id: one.toUpperCase() }] })?.unitRef).toBe(one)
  })
})

describe('the guest', () => {
  const guest = (fields: object) => read({ guest: fields })?.guest
  it.each([
    [{}, {}],
    [{ first_name: 'Ada' }, { name: 'Ada', firstName: 'Ada' }],
    [{ first_name: null, last_name: 'Example' }, { name: 'Example' }],
    [{ first_name: ' ', last_name: '', phone_numbers: [], email: '' }, {}],
    [{ phone_numbers: null, email: null, language: null }, {}],
    [{ phone_numbers: [null, ' ', '+33 6', '+49 1'] }, { phone: '+33 6' }],
    [{ phone_numbers: 'none' }, {}],
    [
      { email: 'ada@guest.example', language: 'pt-BR' },
      { email: 'ada@guest.example', language: 'pt' },
    ],
    [{ language: 'German' }, {}],
  ])('%j is %j (traps 15 and 16)', (fields, expected) => expect(guest(fields)).toEqual(expected))
})

it('calls platforms what guests call them, and leaves new ones as they are (trap 14)', () => {
  const names = ['airbnb', 'homeaway', 'booking', 'direct', 'manual', 'ical', 'AIRBNB']
  expect(names.map((platform) => read({ platform })?.channel)).toEqual([
    'Airbnb',
    'Vrbo',
    'Booking.com',
    'Direct booking',
    'Manual booking',
    'ical',
    'Airbnb',
  ])
})

describe('a day', () => {
  it.each([
    ['2026-07-10T00:00:00+02:00', '2026-07-10'],
    ['2026-07-10T00:00:00-05:00', '2026-07-10'],
    ['2026-07-10T00:00:00+14:00', '2026-07-10'],
    ['2026-07-10T00:00:00Z', '2026-07-10'],
    ['2026-07-10T00:00:00.000000+0200', '2026-07-10'],
    ['2026-07-10', '2026-07-10'],
    ['2026-07-10 00:00:00', '2026-07-10'],
    // In UTC it is the day before, and nothing says so.
    ['2026-07-09T22:00:00Z', undefined],
    ['2026-02-30T00:00:00+01:00', undefined],
    ['10.07.2026', undefined],
    ['', undefined],
  ])('in %j is %s', (text, day) => expect(dayIn(text)).toBe(day))

  it.each(['2026-03-29', '2026-10-25'])('on which the clock changes (%s) does not move (trap 21)', (day) => {
    for (const offset of ['+01:00', '+02:00']) expect(dayIn(`${day}T00:00:00${offset}`)).toBe(day)
  })
})

describe('an agreed time', () => {
  it.each([
    ['2026-07-10T16:00:00+02:00', '16:00'],
    ['2026-07-10T16:30:59.5-0500', '16:30'],
    ['2026-07-10T16:00', '16:00'],
    // After midnight, or a mistake: the property's time lets the guest in earlier.
    ['2026-07-11T01:00:00+02:00', undefined],
    // Nobody set it.
    ['2026-07-10T00:00:00+02:00', undefined],
    // Not the property's clock.
    ['2026-07-10T14:00:00Z', undefined],
    ['2026-07-10T25:00:00+02:00', undefined],
    ['16:00', undefined],
    ['', undefined],
  ])('in %j on July 10 is %s', (text, time) => expect(agreedTime(text, '2026-07-10')).toBe(time))

  it('needs its day', () => expect(agreedTime('2026-07-10T16:00:00+02:00', undefined)).toBeUndefined())
})
