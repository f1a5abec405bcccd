/** For tests and the demo: a stateful WhatsApp, and its webhooks' payloads. */
export * from './payloads.ts'
export {
  type Behaviour,
  fake,
  freshState,
  magicNumbers,
  type MessageState,
  templatesOf,
  unreachableNumber,
  userIdOf,
  type WhatsAppState,
} from './vendor-state.ts'
export * from './whatsapp-vendor.ts'
