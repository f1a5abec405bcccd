import { describe, expect, it } from 'vitest'
import { adoptable, type AdoptInput, type Stray } from '../../src/domain/adopt-codes.ts'
import type { Grant } from '../../src/domain/grant.ts'
import type { Instant } from '../../src/domain/instant.ts'
import type { Door } from '../../src/domain/property.ts'

const at = (text: string) => `2026-07-${text}:00.000Z` as Instant // has the shape
const window = { from: at('02T13:00'), until: at('05T09:30') }
const door = (deviceId: string): Door => ({
  id: `door-${deviceId}`,
  name: deviceId,
  instruction: {},
  entry: { kind: 'device', deviceId, tellAt: 'confirmed' },
})
const grant: Grant = { bookingId: 'b', unitId: 'u', path: [door('street'), door('loft')], window, bookingVersion: 1 }
const lostFrom = at('01T06:00')
let marks = 0
const stray = (deviceId: string, pin: string, more: Partial<Stray> = {}): Stray => ({
  deviceId,
  vendorRef: `ref-${(marks += 1)}`,
  mark: `sw${String(marks).padStart(12, '0')}`,
  pin,
  window,
  ...more,
})
const found = (strays: readonly Stray[], more: Partial<AdoptInput> = {}) =>
  Object.fromEntries(
    Array.from(adoptable({ grant, codes: [], strays, sharesNights: false, lostFrom, ...more }), ([on, { pin }]) => [
      on,
      pin,
    ]),
  )

describe('codes that no stay knows', () => {
  it('are the stay’s whose doors and window they have', () => {
    expect(found([stray('street', '482913'), stray('loft', '482913')])).toEqual({ street: '482913', loft: '482913' })
    expect(found([stray('loft', '482913')])).toEqual({ loft: '482913' })
  })

  it('are told apart on a shared door by the PIN that the flat’s own door holds', () => {
    const street = [stray('street', '733105'), stray('street', '482913')]
    expect(found([...street, stray('loft', '482913')])).toEqual({ street: '482913', loft: '482913' })
    expect(found(street)).toEqual({})
    expect(found([stray('street', '733105'), stray('loft', '482913')])).toEqual({})
  })

  it('may have another length at each door', () => {
    expect(found([stray('street', '4829'), stray('loft', '482913')])).toEqual({ street: '4829', loft: '482913' })
  })

  it('are not taken with other dates, or none, or hidden ones, unless the stay has this very PIN', () => {
    const later = { window: { from: window.from, until: at('06T09:30') } }
    const open = { window: { from: window.from, until: null } }
    const { window: _shown, ...hidden } = stray('loft', '482913')
    for (const one of [stray('loft', '482913', later), stray('loft', '482913', open), hidden])
      expect(found([one])).toEqual({})
    expect(found([hidden], { lastPins: ['482913'] })).toEqual({ loft: '482913' })
    // As coarsely as a device keeps it.
    const coarse = { window: { from: window.from, until: at('05T10:00') } }
    expect(found([stray('loft', '482913', coarse)])).toEqual({ loft: '482913' })
  })

  it('are not taken on a door alone through which somebody else with these days goes, or went in the lost time', () => {
    const shared = { daysSharedUntil: at('01T07:00') }
    const street = stray('street', '482913', shared)
    expect(found([street])).toEqual({})
    expect(found([street], { lastPins: ['482913'] })).toEqual({ street: '482913' })
    expect(found([street, stray('loft', '482913')])).toEqual({ street: '482913', loft: '482913' })
    expect(found([stray('street', '482913', { daysSharedUntil: at('01T05:00') })])).toEqual({ street: '482913' })
  })

  it('are not taken when another booking has a night in common, whose guest may know them', () => {
    const strays = [stray('street', '482913'), stray('loft', '482913')]
    expect(found(strays, { sharesNights: true })).toEqual({})
    expect(found(strays, { sharesNights: true, lastPins: ['482913'] })).toEqual({ street: '482913', loft: '482913' })
  })
})
