export { deviceAddress, goodAccount, type PlannedAnswer, serialNumber, templateOf, type TwoNState } from './2n-state.ts'
export { type TwoNVendor, twoNVendor } from './2n-vendor.ts'
