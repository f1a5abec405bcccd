import type { Booking, CivilTime } from './booking.ts'
import { instantAt, isZone } from './civil-time.ts'
import type { EndCause } from './code.ts'
import type { AccessWindow, Grant, Reason } from './grant.ts'
import { between, type Instant, plus } from './instant.ts'
import { limits } from './limits.ts'
import type { Policy } from './policy.ts'
import type { Door, Property, Unit } from './property.ts'

export interface GrantInput {
  readonly booking: Booking
  readonly unit?: Unit
  readonly property?: Property
  /** The unit's path, in order. */
  readonly path: readonly Door[]
  readonly policy: Pick<Policy, 'graceIn' | 'graceOut'>
  readonly now: Instant
}

/**
 * `granted`: let this guest in. `ended`: proven that nobody is to be let in for this booking any more. `held`: nothing
 * new can be granted, and what is granted already stays until its own end, because nothing proves that it should go.
 */
export type GrantPlan =
  | { readonly status: 'granted'; readonly grant: Grant }
  | { readonly status: 'ended'; readonly cause: EndCause; readonly reason: Reason }
  | { readonly status: 'held'; readonly reason: Reason }

/** Who may open which doors from when until when, for one booking. */
export function planGrants({ booking, unit, property, path, policy, now }: GrantInput): GrantPlan {
  // Before its state: cancellations, too, of a system that somebody is moving away from mean nothing.
  if (booking.witness)
    return held(
      'witness',
      'Its booking system is only a witness, so nothing is done for this booking; a code that was out stays until its own end.',
      'Nothing to do: the system that you moved to counts. To let this one count again: stayward connection witness <connection> --end',
    )
  switch (booking.state) {
    case 'cancelled':
      return ended('cancelled', 'booking-cancelled', 'The booking is cancelled.', 'Nothing to do.')
    case 'block':
      return ended(
        'cancelled',
        'booking-blocked',
        'This is an owner block, not a stay.',
        'Nothing to do: blocks never get a code.',
      )
    case 'request':
      return ended(
        'cancelled',
        'booking-not-firm',
        'The booking is not confirmed yet.',
        'Confirm it in the booking system.',
      )
    case 'confirmed':
      break
  }
  if (booking.unitRef === undefined)
    return held('unit-not-assigned', 'The booking has no flat yet.', 'Assign a flat in the booking system.')
  if (!unit || !property)
    return held(
      'unit-not-linked',
      `The booking system's flat "${booking.unitRef}" is not linked to a unit.`,
      `Link it: stayward unit set <unit> --add-source <connection>:${booking.unitRef}`,
    )
  if (path.length === 0)
    return held(
      'path-empty',
      `No door is set on the way to ${unit.name}.`,
      'Add the doors from the street to the flat: stayward unit set <unit> --path …',
    )
  if (!isZone(property.zone))
    return held(
      'zone-unknown',
      `${property.name} has no valid time zone ("${property.zone}").`,
      'Set one: stayward property set <property> --zone Europe/Paris',
    )
  if (booking.arrival === undefined || booking.departure === undefined)
    return held(
      'dates-missing',
      'The booking system gives no valid arrival or departure day.',
      'Correct the dates in the booking system.',
    )

  const window = windowOf(booking, property, policy)
  const length = between(window.from, window.until)
  if (booking.departure < booking.arrival || length < limits.stay.min)
    return held(
      'dates-impossible',
      `The stay ends before it begins (${booking.arrival} to ${booking.departure}).`,
      'Correct the dates in the booking system.',
    )
  if (length > limits.stay.max)
    return held(
      'stay-too-long',
      `The stay is longer than 400 days (${booking.arrival} to ${booking.departure}).`,
      'Split the booking, or correct its dates.',
    )
  if (window.until <= now) return ended('over', 'booking-over', 'The stay is over.', 'Nothing to do.')
  return {
    status: 'granted',
    grant: { bookingId: booking.id, unitId: unit.id, path, window, bookingVersion: booking.version },
  }
}

/**
 * From check-in to check-out on the property's clock, with the tenant's graces. Times agreed for one stay widen the
 * window, as far as the property allows, and never narrow it: "I arrive at ten in the evening" is a plan, not a wish to
 * stand outside at eight.
 */
function windowOf(booking: Booking, property: Property, policy: GrantInput['policy']): AccessWindow {
  const opens = earlier(property.checkIn, later(booking.checkIn, property.earliestCheckIn ?? property.checkIn))
  const closes = later(property.checkOut, earlier(booking.checkOut, property.latestCheckOut ?? property.checkOut))
  const { zone } = property
  return {
    from: plus(instantAt({ date: booking.arrival ?? '', time: opens }, zone, 'start'), -policy.graceIn),
    until: plus(instantAt({ date: booking.departure ?? '', time: closes }, zone, 'end'), policy.graceOut),
  }
}

const earlier = (a: CivilTime | undefined, b: CivilTime) => (a !== undefined && a < b ? a : b)
const later = (a: CivilTime | undefined, b: CivilTime) => (a !== undefined && a > b ? a : b)

/** Held because nobody waits for the hub here: what is not done is no risk to anybody. */
export function isWitnessed(plan: GrantPlan): boolean {
  return plan.status === 'held' && plan.reason.code === 'witness'
}

function ended(cause: EndCause, code: Reason['code'], text: string, remedy: string): GrantPlan {
  return { status: 'ended', cause, reason: { code, text, remedy } }
}

function held(code: Reason['code'], text: string, remedy: string): GrantPlan {
  return { status: 'held', reason: { code, text, remedy } }
}
