/** For tests and the demo: a Hospitable that remembers, and its webhooks. */
export { hostSecrets, signatureOf } from '../signature.ts'
export { furnishedHospitable } from './furnished.ts'
export type * from './hospitable-state.ts'
export { emptyHospitable, fakeId } from './hospitable-state.ts'
export * from './hospitable-vendor.ts'
export * from './payloads.ts'
