import { describeFaults, type Operation } from './common-faults.ts'
import { guestText } from './booking-messages.ts'
import { spanOf } from './booking-listings.ts'
import { calm } from '../calls.ts'
import { plus } from '../../domain/instant.ts'
import type { BookingVendor, Subject } from './subject.ts'

export function bookingFaults<Config>(subject: Subject<'booking', BookingVendor, Config>): void {
  const { messagesGuest, readsMessages } = subject.adapter.capabilities
  const operations: Operation<'booking', BookingVendor>[] = [
    {
      name: 'readAccount',
      effect: 'read',
      prepare: async () => (provider, call) => provider.readAccount(call),
    },
    {
      name: 'listUnits',
      effect: 'read',
      prepare: async () => (provider, call) => provider.listUnits(call),
    },
    {
      name: 'listBookings of a span',
      effect: 'read',
      prepare: async ({ vendor }) => {
        const stays = spanOf(vendor)
        return (provider, call) => provider.listBookings({ stays }, call)
      },
    },
    {
      name: 'listBookings of changes',
      effect: 'read',
      prepare: async ({ clock }) => {
        const changedSince = plus(clock.now(), -3_600_000)
        return (provider, call) => provider.listBookings({ changedSince }, call)
      },
    },
    {
      name: 'readBooking',
      effect: 'read',
      prepare:
        async ({ vendor }) =>
        (provider, call) =>
          provider.readBooking(vendor.knownBooking, call),
    },
  ]
  if (readsMessages)
    operations.push({
      name: 'readMessages',
      effect: 'read',
      prepare: async ({ provider, vendor }) => {
        await provider.messageGuest?.({ ref: vendor.knownBooking, text: guestText }, calm)
        return async (other, call) => await other.readMessages?.(vendor.knownBooking, call)
      },
    })
  if (messagesGuest)
    operations.push({
      name: 'messageGuest',
      effect: 'write',
      prepare: async ({ provider, vendor }) => {
        await provider.readAccount(calm)
        return async (other, call) => await other.messageGuest?.({ ref: vendor.knownBooking, text: guestText }, call)
      },
      effects: async ({ vendor }) => vendor.inbox(vendor.knownBooking).filter((text) => text === guestText).length,
    })
  describeFaults(subject, operations, ['0472', 'Welcome!'])
}
