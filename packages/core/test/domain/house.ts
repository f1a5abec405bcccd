import type { Booking } from '../../src/domain/booking.ts'
import type { Code, ObservedCode } from '../../src/domain/code.ts'
import { type Instant, plus } from '../../src/domain/instant.ts'
import { steppedWindow } from '../../src/domain/stepped-window.ts'
import type { Door, Property, Unit } from '../../src/domain/property.ts'

/** A synthetic house: two flats behind one street door, a lobby with nothing to enter, and a courtyard with a fixed code. */
export const at = (text: string) => `${text}:00.000Z` as Instant

export const property: Property = {
  id: 'quai',
  name: 'Quai House',
  zone: 'Europe/Paris',
  checkIn: '15:00',
  checkOut: '11:00',
}
export const loft: Unit = {
  id: 'loft',
  propertyId: 'quai',
  name: 'Loft',
  path: ['street', 'lobby', 'yard', 'loft-door'],
}

const device = (id: string, deviceId: string, prefix?: string): Door => ({
  id,
  name: id,
  instruction: {},
  entry: { kind: 'device', deviceId, tellAt: 'confirmed', ...(prefix === undefined ? {} : { prefix }) },
})
export const street = device('street', 'street-lock', '12')
export const loftDoor = device('loft-door', 'loft-lock')
export const studioDoor = device('studio-door', 'studio-lock')
export const lobby: Door = { id: 'lobby', name: 'lobby', instruction: { en: 'push' }, entry: { kind: 'instruction' } }
export const yard: Door = { id: 'yard', name: 'yard', instruction: {}, entry: { kind: 'fixed-code', code: '0815' } }
export const loftPath: readonly Door[] = [street, lobby, yard, loftDoor]
export const studioPath: readonly Door[] = [street, studioDoor]

export const booking: Booking = {
  id: 'b1',
  connectionId: 'c1',
  ref: '291',
  state: 'confirmed',
  unitRef: '700101',
  unitId: 'loft',
  arrival: '2026-07-10',
  departure: '2026-07-14',
  guest: { firstName: 'Ada' },
  version: 1,
  knownSince: at('2026-07-01T09:00'),
}

export function codeOf(partial: Partial<Code> = {}): Code {
  return {
    id: 'k1',
    bookingId: 'b1',
    deviceId: 'loft-lock',
    mark: 'swaaaaaaaaaaaa',
    label: 'Guest',
    pin: '4711',
    window: { from: at('2026-07-10T13:00'), until: at('2026-07-14T09:30') },
    want: 'present',
    evidence: 'planned',
    wantedSince: at('2026-07-07T13:00'),
    refusals: 0,
    ...partial,
  }
}

/** The code as a keypad lists it. */
export function listed(code: Code, step = 60_000, vendorRef = `ref-${code.mark}`): ObservedCode {
  return {
    vendorRef,
    mark: code.mark,
    label: code.label,
    pin: code.pin,
    window: steppedWindow(code.window, step),
    enabled: true,
  }
}

export const later = (from: Instant, minutes: number) => plus(from, minutes * 60_000)
