/** For teams that embed Stayward: the rules, the ports they are reached through, and the engine. */
export * from './adapter/index.ts'
export type { Stray } from './domain/adopt-codes.ts'
export * from './domain/arrival-readiness.ts'
export * from './domain/booking-change.ts'
export {
  type Loss,
  listName,
  lossAfter,
  type LossGroup,
  type LossInput,
  type LossState,
  type LossVerdict,
  weighLoss,
} from './domain/brake.ts'
export * from './domain/code.ts'
export * from './domain/code-step.ts'
export * from './domain/code-transition.ts'
export { inHouseSince } from './domain/code-use.ts'
export type { DeviceReading, DoorReadiness, ReadinessLevel, Risk } from './domain/door-readiness.ts'
export { rankOf } from './domain/door-readiness.ts'
export * from './domain/grant.ts'
export * from './domain/instant.ts'
export * from './domain/limits.ts'
export { isRestoring, type LostTime } from './domain/lost-time.ts'
export { markOf } from './domain/mark.ts'
export * from './domain/message.ts'
export { isFused, isTold, knowsTheWay } from './domain/message-ledger.ts'
export { type AccessInput, type AccessPlan, planAccess } from './domain/plan-access.ts'
export * from './domain/plan-codes.ts'
export { steppedWindow } from './domain/stepped-window.ts'
export { decidedDrift, windowWanted } from './domain/drift.ts'
export * from './domain/drift-policy.ts'
export {
  type Adoption,
  type AdoptionRefusal,
  type AdoptionRequest,
  handMadeId,
  type HandMade,
  refusesAdoption,
} from './domain/hand-made.ts'
export * from './domain/plan-grants.ts'
export * from './domain/plan-messages.ts'
export * from './domain/policy.ts'
export * from './domain/property.ts'
export type { ChannelReadiness } from './domain/told-readiness.ts'
export * from './ports/message-writer.ts'
export * from './ports/providers.ts'
export * from './ports/secrets.ts'
export * from './ports/stores.ts'
export * from './ports/work-queue.ts'
export { brakeAlert, decidedEffects } from './engine/brake-words.ts'
export { decidedDriftEffects } from './engine/drift-story.ts'
export { adoptionRefusals, askedAdoptionEffects } from './engine/adoption-words.ts'
export * from './engine/engine.ts'
export { importBookings } from './engine/import-bookings.ts'
export { lookAt } from './engine/look-at.ts'
export { type DoorAnswer, findOpener, giveOrder } from './engine/open-door.ts'
export { preview, type PreviewLine, type PreviewScope } from './engine/preview.ts'
export { settleBooking } from './engine/settle-booking.ts'
export { settleDevice } from './engine/settle-device.ts'
export { wantCodes, type Wanted } from './engine/want-codes.ts'
export { settleMessages } from './engine/settle-messages.ts'
