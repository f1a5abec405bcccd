import type { Instant } from './instant.ts'
import type { Door } from './property.ts'

/** From `from` on, until just before `until`. Always ends. */
export interface AccessWindow {
  readonly from: Instant
  readonly until: Instant
}

/** Who may open which doors from when until when, and why. */
export interface Grant {
  readonly bookingId: string
  readonly unitId: string
  readonly path: readonly Door[]
  readonly window: AccessWindow
  /** The booking version this follows from. */
  readonly bookingVersion: number
}

/** Why nothing is done, or not everything, and what a person can do about it. */
export interface Reason {
  readonly code: ReasonCode
  readonly text: string
  readonly remedy: string
}

export type ReasonCode =
  | 'booking-cancelled'
  | 'booking-not-firm'
  | 'booking-blocked'
  | 'booking-over'
  | 'witness'
  | 'unit-not-assigned'
  | 'unit-not-linked'
  | 'dates-missing'
  | 'dates-impossible'
  | 'stay-too-long'
  | 'zone-unknown'
  | 'path-empty'
  | 'too-early'
  | 'no-pin-possible'
  | 'device-unknown'
  | 'owner-stay'
  | 'no-channel'
  | 'no-address'
  | 'not-proven'
  | 'told-unproven'
  | 'brake'
  | 'restoring'
