import { describe } from 'vitest'
import { describeAdoptions } from './store-adoptions.ts'
import { describeBrake } from './store-brake.ts'
import { describeStoredBookings } from './store-bookings.ts'
import { describeStoredDevices } from './store-devices.ts'
import { describeStoreEffects } from './store-effects.ts'
import { describeStoredFacts } from './store-heard.ts'
import { describeStoredMessages } from './store-messages.ts'
import { describeStoredStays } from './store-stays.ts'
import { describeTransitions } from './store-transitions.ts'
import type { StoreSubject } from './store-subject.ts'

export type { OpenedStore, StoreSubject } from './store-subject.ts'

/** What every `TenantStore` owes the engine, whatever it keeps things in. */
export function describeTenantStore(subject: StoreSubject): void {
  describe('a tenant store', () => {
    describeStoredBookings(subject)
    describeStoredStays(subject)
    describeBrake(subject)
    describeStoredDevices(subject)
    describeAdoptions(subject)
    describeTransitions(subject)
    describeStoredMessages(subject)
    describeStoredFacts(subject)
    describeStoreEffects(subject)
  })
}
