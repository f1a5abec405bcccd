import { describe, expect, it } from 'vitest'
import { readReservation } from '../src/reservation.ts'
import { fixture } from './fixture.ts'

const body = fixture('reservation').body as Record<string, unknown> // an object in our own file
const read = (changes: Record<string, unknown> = {}) => readReservation({ ...body, ...changes })

it('reads a reservation with everything in it', () => {
  expect(read()).toEqual({
    ref: '90210001',
    state: 'confirmed',
    unitRef: '700101',
    arrival: '2026-07-10',
    departure: '2026-07-14',
    checkIn: '16:00',
    guest: {
      name: 'Ada Examplova',
      firstName: 'Ada',
      language: 'fr',
      phone: '0033 6 39 98 00 01',
      email: 'ada@guest.example',
    },
    channel: 'Airbnb',
    changedAt: '2026-05-02T06:15:20.000Z',
  })
})

it('reads empty strings and nulls as absent (trap 8)', () => {
  expect(readReservation(fixture('reservation-direct').body)).toEqual({
    ref: '90210004',
    state: 'confirmed',
    unitRef: '700101',
    arrival: '2026-07-10',
    departure: '2026-07-14',
    guest: { name: 'Celina Przykładowa', firstName: 'Celina' },
    channel: 'Direct booking',
    changedAt: '2026-05-01T10:34:00.000Z',
  })
})

describe('the state', () => {
  it.each([
    ['reservation', 'confirmed'],
    ['reservation-direct', 'confirmed'],
    ['reservation-cancelled', 'cancelled'],
    ['reservation-block', 'block'],
  ])('of %s is %s', (name, state) => {
    expect(readReservation(fixture(name).body)?.state).toBe(state)
  })
  it.each([
    [{ 'is-blocked-booking': true, type: 'cancellation' }, 'block'],
    [{ channel: { id: 11, name: 'x' }, type: 'reservation' }, 'block'],
    [{ channel: { id: '11', name: 'x' }, 'is-blocked-booking': false }, 'block'],
    [{ 'is-blocked-booking': undefined }, 'confirmed'],
    [{ type: 'CANCELLED by guest' }, 'cancelled'],
    [{ type: 'modification of booking' }, 'confirmed'],
    [{ type: 'something new' }, 'confirmed'],
    [{ channel: null }, 'confirmed'],
    [{ channel: 'Airbnb' }, 'confirmed'],
  ])('of %j is %s (trap 11)', (changes, state) => {
    expect(read(changes)?.state).toBe(state)
  })
})

describe('a row that cannot be understood', () => {
  it.each([
    ['no number', { id: undefined }],
    ['a number that is none', { id: 'HM1' }],
    ['a fraction', { id: 1.5 }],
    ['no word on the flat', { apartment: undefined }],
    ['a flat in another shape', { apartment: 'Loft Nord' }],
    ['no word on whether it is cancelled', { type: undefined }],
    ['null for whether it is cancelled', { type: null }],
    ['another type for whether it is cancelled', { type: 3 }],
  ])('has %s', (_, changes) => {
    expect(read(changes)).toBeUndefined()
  })
  it.each([null, 'text', 7, [], undefined])('is %j', (row) => expect(readReservation(row)).toBeUndefined())
})

describe('what may be odd', () => {
  it('numbers as text', () => {
    expect(read({ id: '90210001', apartment: { id: '700101' } })).toEqual(read())
  })
  it('a deleted flat', () => {
    expect(read({ apartment: null })).toMatchObject({ state: 'confirmed' })
    expect(read({ apartment: null })).not.toHaveProperty('unitRef')
  })
  it.each(['2026-02-30', 'soon', '', null, 20260710, '2026-13-01'])('the arrival %j becomes absent', (arrival) => {
    const booking = read({ arrival, departure: arrival })
    expect(booking?.ref).toBe('90210001')
    expect(booking).not.toHaveProperty('arrival')
    expect(booking).not.toHaveProperty('departure')
  })
  it.each([
    ['16:00', '16:00'],
    ['16:00:00', '16:00'],
    ['9:05', '09:05'],
    ['00:00', '00:00'],
    ['', undefined],
    [null, undefined],
    ['3pm', undefined],
    ['24:00', undefined],
    ['12:75', undefined],
  ])('the check-in time %j', (text, time) => {
    expect(read({ 'check-in': text, 'check-out': text })?.checkIn).toBe(time)
    expect(read({ 'check-in': text, 'check-out': text })?.checkOut).toBe(time)
  })
  it.each([
    ['FR', 'fr'],
    ['de', 'de'],
    ['pt-BR', 'pt'],
    ['en_GB', 'en'],
    ['', undefined],
    ['French', undefined],
    [null, undefined],
  ])('the language %j (trap 9)', (text, language) => {
    expect(read({ language: text })?.guest.language).toBe(language)
  })
  it.each(['modifiedAt', 'modified-at', 'modified_at'])('the time of the change under the name %s', (name) => {
    expect(read({ modifiedAt: undefined, [name]: '2026-05-02 08:15:20' })?.changedAt).toBe('2026-05-02T06:15:20.000Z')
  })
  it('a phone that came as a number, and names of spaces', () => {
    expect(read({ phone: 33639980001, 'guest-name': '  ', firstname: ' ' })?.guest).toMatchObject({
      phone: '33639980001',
      name: 'Examplova',
    })
  })
})
