/** For tests and the demo: a Smoobu that remembers, and its webhooks. */
export * from './payloads.ts'
export type * from './smoobu-state.ts'
export { emptySmoobu, furnishedSmoobu } from './smoobu-state.ts'
export * from './smoobu-vendor.ts'
