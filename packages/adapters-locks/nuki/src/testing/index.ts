/** The vendor's side for tests and the demo: Nuki Web with locks and keypads that remember. */
export { payloads, signatureOf } from './nuki-events.ts'
export * from './nuki-state.ts'
export { nukiVendor, type NukiVendor, type NukiVendorOptions } from './nuki-vendor.ts'
