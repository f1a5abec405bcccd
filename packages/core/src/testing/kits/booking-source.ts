import { describe } from 'vitest'
import type { BookingVendor, Subject } from './subject.ts'
import { bookingFaults } from './booking-faults.ts'
import { bookingListings } from './booking-listings.ts'
import { bookingMessages } from './booking-messages.ts'
import { describeIntroduction } from './common-manifest.ts'
import { describeWebhook, type Happening } from './common-webhook.ts'

const cancelled: Happening<'booking', BookingVendor> = {
  name: 'a booking is cancelled',
  happen: async ({ vendor, clock }) => {
    const ref = vendor.knownBooking
    vendor.cancel(ref)
    clock.advance(3_600_000)
    return { kind: 'booking', ref }
  },
}

/** The contract of `BookingSource`. */
export function describeBookingSource<Config>(subject: Subject<'booking', BookingVendor, Config>): void {
  describe(`${subject.adapter.displayName} as a booking source`, () => {
    describeIntroduction(subject, 'booking')
    bookingListings(subject)
    bookingMessages(subject)
    describeWebhook(subject, [cancelled])
    bookingFaults(subject)
  })
}
