import type { Instant } from './instant.ts'

/** A calendar day, `2026-07-10`. Always one that exists. */
export type CivilDate = string
/** A wall-clock time, `15:00`, from `00:00` on. `24:00` is the end of the day. Sorts as text. */
export type CivilTime = string

/**
 * `confirmed` lets a guest in. `request` is not firm yet, `block` is an owner's or calendar's block: neither ever gets
 * a code or a message.
 */
export type BookingState = 'confirmed' | 'cancelled' | 'request' | 'block'

/** What a source knows of the guest; every field as the source writes it, trimmed, and absent when empty. */
export interface Guest {
  readonly name?: string
  readonly firstName?: string
  /** Two letters, lower case. */
  readonly language?: string
  /** Free form, as the source has it. */
  readonly phone?: string
  readonly email?: string
  /** The owner stays there: let in like any guest, and never sent a guest's messages. */
  readonly isOwner?: true
}

/** A reservation as its source has it now, in our words. */
export interface SourceBooking {
  /** The source's own id, at most 100 characters of `[A-Za-z0-9._:-]`. */
  readonly ref: string
  readonly state: BookingState
  /** The source's id of the bookable flat. Absent while none is assigned. */
  readonly unitRef?: string
  /** Absent when the source gives none that is a day of the calendar. */
  readonly arrival?: CivilDate
  readonly departure?: CivilDate
  /** Only when agreed for this stay; otherwise the property's times hold. */
  readonly checkIn?: CivilTime
  readonly checkOut?: CivilTime
  readonly guest: Guest
  /** Where it was booked, for people: `Airbnb`. */
  readonly channel?: string
  /** A hint, for people and for doubt: it never decides which of two states is the newer one. */
  readonly changedAt?: Instant
}

/** A booking as the hub keeps it: the source's facts, found in our house. */
export interface Booking extends SourceBooking {
  readonly id: string
  readonly connectionId: string
  /** Goes up by one whenever a fact of the source changed. */
  readonly version: number
  /** Our unit for `unitRef`. Absent while the source's flat is not linked to one. */
  readonly unitId?: string
  /** The guest's phone in E.164, when it could be understood. */
  readonly e164?: string
  readonly knownSince: Instant
  /** Its connection only watches: the booking is kept in sync and shown, and nothing is done for it. */
  readonly witness?: true
}
