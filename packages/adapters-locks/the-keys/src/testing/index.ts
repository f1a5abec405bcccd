/** The vendor's side for tests and the demo: a cloud with locks, gateways and phones that remembers. */
export * from './the-keys-state.ts'
export { theKeysVendor, type TheKeysVendor, type TheKeysVendorOptions } from './the-keys-vendor.ts'
