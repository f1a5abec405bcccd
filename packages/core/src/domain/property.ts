import type { CivilTime } from './booking.ts'
import type { DriftPolicy } from './drift-policy.ts'

/** A house with its zone and hours. */
export interface Property {
  readonly id: string
  readonly name: string
  /** IANA name, `Europe/Paris`. */
  readonly zone: string
  readonly checkIn: CivilTime
  readonly checkOut: CivilTime
  /** A check-in agreed for one stay moves the door no earlier than this. `checkIn` when absent. */
  readonly earliestCheckIn?: CivilTime
  /** A check-out agreed for one stay moves the door no later than this. `checkOut` when absent. */
  readonly latestCheckOut?: CivilTime
}

/** A bookable flat. */
export interface Unit {
  readonly id: string
  readonly propertyId: string
  readonly name: string
  /** Doors from the street to the unit's inside, in the order a guest meets them. */
  readonly path: readonly string[]
}

/** How a door opens: a device remembers the code, or the code is the same for all, or there is nothing to enter. */
export type DoorEntry =
  | {
      readonly kind: 'device'
      readonly deviceId: string
      /** Typed by the guest before the PIN; the device's vendor does not store it. */
      readonly prefix?: string
      /** `accepted` when the host trusts the vendor's yes, because nothing better can be read from this device. */
      readonly tellAt: 'accepted' | 'confirmed'
      /** What is done about a code of ours that somebody has changed there; `restore` when absent. */
      readonly ifChanged?: DriftPolicy
    }
  | { readonly kind: 'fixed-code'; readonly code: string }
  | { readonly kind: 'instruction' }

/** An opening on the way to a unit, possibly shared by many. */
export interface Door {
  readonly id: string
  readonly name: string
  /** For people, by language: `{ en: 'Press 1, then the key, then the code.' }`. May be empty. */
  readonly instruction: Readonly<Record<string, string>>
  readonly entry: DoorEntry
}

export type DeviceDoor = Door & { readonly entry: Extract<DoorEntry, { kind: 'device' }> }

export function isDeviceDoor(door: Door): door is DeviceDoor {
  return door.entry.kind === 'device'
}
