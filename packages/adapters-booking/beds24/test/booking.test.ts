import { calm } from '@stayward/core/testing'
import { describe, expect, it } from 'vitest'
import { readRow, sourceBooking } from '../src/booking.ts'
import { account } from './beds24-account.ts'
import { fixture } from './fixture.ts'

const body = fixture('booking').body as Record<string, unknown> // an object in our own file
const read = (change: Record<string, unknown> = {}, onlyUnit?: string) => {
  const row = readRow({ ...body, ...change })
  return row && sourceBooking(row, () => onlyUnit)
}

it('reads a booking with everything in it', () => {
  expect(read()).toEqual({
    ref: '90310001',
    state: 'confirmed',
    unitRef: '710001-1',
    arrival: '2026-07-10',
    departure: '2026-07-14',
    checkIn: '16:00',
    guest: {
      name: 'Ada Example',
      firstName: 'Ada',
      email: 'ada@guest.example',
      phone: '+33639980001',
      language: 'fr',
    },
    channel: 'Booking.com',
    changedAt: '2026-05-02T08:15:20.000Z',
  })
})

describe('status (trap 1)', () => {
  it.each([
    ['confirmed', 'confirmed'],
    ['new', 'confirmed'], // most bookings of an account are, for nobody opens them in the panel
    ['request', 'request'],
    ['inquiry', 'request'],
    ['black', 'block'],
    ['cancelled', 'cancelled'],
  ])('%s is %s', (status, state) => {
    expect(read({ status })?.state).toBe(state)
  })
  it('decides, whatever the time of cancellation says (trap 14)', () => {
    expect(read({ status: 'cancelled', cancelTime: null })?.state).toBe('cancelled')
    expect(read({ status: 'new', cancelTime: '2026-05-02T08:15:20Z' })?.state).toBe('confirmed')
  })
  it('unknown is not understood', () => {
    expect(read({ status: 'Confirmed!' })).toBeUndefined()
    expect(read({ status: null })).toBeUndefined()
  })
  it('of a block has no guest', () => {
    expect(read({ status: 'black' })?.guest).toEqual({})
  })
})

describe('the unit', () => {
  it('is told apart by its room (trap 9)', () => {
    expect(read({ roomId: 710001 })?.unitRef).not.toBe(read({ roomId: 710002 })?.unitRef)
  })
  it.each([[0], [null], [undefined], ['0']])('%j is none', (unitId) => {
    expect(read({ unitId })).not.toHaveProperty('unitRef')
  })
  it('that is missing is the only one of its room, where there is no other', () => {
    expect(read({ unitId: 0 }, '1')?.unitRef).toBe('710001-1')
  })
  it('of a record of two units is a name of its own', () => {
    expect(read({ roomQty: 2, unitId: 1 })?.unitRef).toBe('710001-x2')
  })
  it('may come as text, as in webhooks', () => {
    expect(read({ id: '90310001', roomId: '710001', unitId: '2' })).toMatchObject({
      ref: '90310001',
      unitRef: '710001-2',
    })
  })
})

describe('the arrival time (trap 13)', () => {
  it.each([
    ['16:00', '16:00'],
    ['9:30', '09:30'],
    ['around 4pm', undefined],
    ['16:00 - 17:00', undefined],
    ['24:00', undefined],
    ['25:10', undefined],
    ['', undefined],
  ])('"%s" is %s', (arrivalTime, checkIn) => {
    expect(read({ arrivalTime })?.checkIn).toBe(checkIn)
  })
})

describe('the guest', () => {
  it('is nobody once Beds24 has forgotten who it was (trap 15)', () => {
    const empty = { firstName: '', lastName: '', email: '', phone: '', mobile: '', lang: '' }
    expect(read(empty)?.guest).toEqual({})
  })
  it('is called on the mobile first, then on the phone', () => {
    expect(read({ phone: '+33139980002' })?.guest.phone).toBe('+33639980001')
    expect(read({ mobile: '', phone: '+33139980002' })?.guest.phone).toBe('+33139980002')
  })
})

it('takes days only that exist, and never confuses them with instants', () => {
  expect(read({ arrival: '2026-02-30', departure: '2026-07-14T10:00:00Z' })).toMatchObject({ state: 'confirmed' })
  expect(read({ arrival: '2026-02-30' })).not.toHaveProperty('arrival')
})

it('carries no payment token, no note and no price along', () => {
  const loud = {
    stripeToken: 'tok_canary',
    pcibookingToken: 'canary',
    apiMessage: 'canary',
    notes: 'canary',
    comments: 'canary',
  }
  expect(JSON.stringify(read(loud))).not.toContain('canary')
  expect(JSON.stringify(readRow({ ...body, ...loud }))).not.toContain('canary')
})

it('keeps two bookings of one reservation apart: each has its own number (trap 20)', async () => {
  const { provider, vendor } = account()
  const { bookings } = await provider.listBookings({ stays: { from: '2026-05-30', to: '2026-06-05' } }, calm)
  expect(bookings.map(({ unitRef }) => unitRef)).toEqual(['710002-1', '710002-2'])
  expect(new Set(bookings.map(({ ref }) => ref)).size).toBe(2)
  expect(vendor.state.bookings.filter(({ apiReference }) => apiReference === '4000000777')).toHaveLength(2)
})

it('follows a unit that is assigned late and moved on the day of arrival (traps 10 and 11)', async () => {
  const { provider, vendor } = account()
  const ref = vendor.book({ roomId: 710002, arrival: '2026-05-01', departure: '2026-05-03' })
  expect(await provider.readBooking(ref, calm)).not.toHaveProperty('unitRef')
  vendor.assign(ref, 2)
  expect(await provider.readBooking(ref, calm)).toMatchObject({ unitRef: '710002-2' })
  vendor.move(ref, '710001-1')
  expect(await provider.readBooking(ref, calm)).toMatchObject({ unitRef: '710001-1' })
})
