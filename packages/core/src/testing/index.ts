/** For adapter authors and embedding teams: contract kits, in-memory ports, faults. */
export * from './faults.ts'
export * from './vendor-fake.ts'
export type * from './kits/subject.ts'
export { describeFixtures, type Fixture, type Fixtures, fixturesIn } from './kits/fixtures.ts'
export { describeReadme, rateInWords, type ReadmeTable, readmeTable } from './kits/readme.ts'
export { describeBookingSource } from './kits/booking-source.ts'
export { describeIntercom } from './kits/intercom.ts'
export { describeLockProvider } from './kits/lock-provider.ts'
export { describeNotifier } from './kits/notifier.ts'
export { type Opened, type OpenOptions, openSubject, seededEntropy, testClock } from './kits/open-subject.ts'
export type { HouseSetup } from './house-setup.ts'
export { memoryHouse } from './memory/memory-house.ts'
export { MemoryQueue, type MemoryQueueOptions, type QueuedKey } from './memory/memory-queue.ts'
export { setBack, snapshotOf } from './memory/memory-snapshot.ts'
export { MemoryStore, type MemoryStoreOptions } from './memory/memory-store.ts'
export { memoryVault } from './memory/memory-vault.ts'
export { describeVault, type OpenedVault } from './kits/vault.ts'
export { describeTenantStore, type OpenedStore, type StoreSubject } from './kits/tenant-store.ts'
export { memoryBookings, type MemoryBookings, type MemoryBookingsOptions } from './memory-providers/memory-bookings.ts'
export type { MemoryBookingsState, MemoryBookingVendor, MemoryWebhook } from './memory-providers/booking-vendor.ts'
export {
  memoryIntercom,
  type MemoryIntercom,
  type MemoryIntercomOptions,
  type MemoryIntercomVendor,
} from './memory-providers/memory-intercom.ts'
export { memoryLock, type MemoryLock, type MemoryLockOptions } from './memory-providers/memory-lock.ts'
export type { MemoryKeypadState, MemoryKeypadVendor } from './memory-providers/memory-keypad.ts'
export { memoryNotifier, type MemoryNotifier } from './memory-providers/memory-notifier.ts'
export type { MemoryNotifierOptions } from './memory-providers/notifier-traits.ts'
export type { Fate, MemoryNotifierState, MemoryNotifierVendor } from './memory-providers/notifier-vendor.ts'
export { type MemoryConfig, memoryToken } from './memory-providers/wire.ts'
export * from './simulation/index.ts'
