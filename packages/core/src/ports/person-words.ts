import type { CivilDate } from '../domain/booking.ts'
import type { Instant } from '../domain/instant.ts'

export interface HeldLosses {
  /** Names exactly these stays at these versions; another one on the list is another list. */
  readonly list: string
  readonly connection: { readonly id: string; readonly name: string }
  readonly since: Instant
  readonly stays: readonly HeldLoss[]
}

export interface HeldLoss {
  readonly bookingId: string
  readonly bookingVersion: number
  readonly ref: string
  readonly arrival?: CivilDate
  readonly departure?: CivilDate
  /** How many codes would go. */
  readonly codes: number
}

export interface LossDecision {
  readonly list: string
  readonly approve: boolean
  readonly now: Instant
}

export interface DriftDecision {
  readonly codeId: string
  readonly decision: 'restore' | 'accept'
  readonly now: Instant
}

export interface ListedHandMade {
  /** Names it exactly as it is listed here. */
  readonly id: string
  readonly deviceId: string
  readonly door: string
  readonly label: string
  readonly from?: Instant
  readonly until?: Instant
  /** Whether its device shows its PIN; where it does not, the code can be nobody's. */
  readonly showsPin: boolean
  /** The booking whose it is to be. */
  readonly waitsFor?: string
}

export interface AdoptionWish {
  /** Of a `ListedHandMade`. */
  readonly id: string
  readonly bookingId: string
  readonly now: Instant
}
