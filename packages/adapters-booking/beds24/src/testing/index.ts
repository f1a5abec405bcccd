/** For tests and the demo: a Beds24 that remembers, and its webhooks. */
export type { Beds24People, NewBooking } from './beds24-people.ts'
export * from './beds24-state.ts'
export * from './beds24-vendor.ts'
export { payloadOf } from './beds24-webhooks.ts'
