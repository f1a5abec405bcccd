/** For tests and the demo: a stateful SMSFactor, and its webhooks' payloads. */
export * from './payloads.ts'
export * from './smsfactor-vendor.ts'
export {
  type Behaviour,
  fakeAccount,
  fakeToken,
  freshState,
  type InjectedAnswer,
  magicNumbers,
  type MessageState,
  type SmsFactorState,
  tokenOf,
} from './vendor-state.ts'
