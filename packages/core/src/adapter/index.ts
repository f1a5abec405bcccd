/** For people who write adapters: the ports, the words they are written in, and what every adapter needs. */
export * from '../domain/booking.ts'
export {
  addDays,
  type CivilMoment,
  civilAt,
  instantAt,
  isCivilDate,
  isCivilTime,
  isZone,
  nightsBetween,
  parseCivilTime,
} from '../domain/civil-time.ts'
export type { ObservedCode, ObservedWindow } from '../domain/code.ts'
export type { AccessWindow } from '../domain/grant.ts'
export { between, type Instant, instantOf, millisecondsOf, parseInstant, plus } from '../domain/instant.ts'
export { marked, markIn } from '../domain/mark.ts'
export type { PinRules } from '../domain/pin.ts'
export * from '../ports/adapter-error.ts'
export * from '../ports/booking-source.ts'
export * from '../ports/call.ts'
export * from '../ports/capabilities.ts'
export { type Clock, type ClockDoubt, systemClock } from '../ports/clock.ts'
export { draw, type Entropy, systemEntropy, uuidOf } from '../ports/entropy.ts'
export * from '../ports/intercom.ts'
export * from '../ports/keypad.ts'
export * from '../ports/lock-provider.ts'
export * from '../ports/notifier.ts'
export * from '../ports/registers-webhook.ts'
export * from '../ports/vault.ts'
export * from './define-adapter.ts'
export { type Guard, guardFetch, pause } from './guard-fetch.ts'
export { inTurn } from './in-turn.ts'
export { createHttp, type Http, type HttpAnswer, type HttpOptions, type HttpRequest, unreadable } from './http.ts'
export { type Dial, type Dialled, guardLine, type Line } from './line.ts'
export { type Manifest, manifestOf, manifestSchema } from './manifest.ts'
export { type ListedPage, type Listing, readPages } from './read-pages.ts'
export type { OnSite } from './on-site.ts'
export { faster, type Rate } from './rate.ts'
export { retryAfter } from './retry-after.ts'
export { type BudgetBook, createTurns, type Delay, OutOfTurn, ownBook, type Turns } from './turns.ts'
export { type Budget, type Said, untouched } from './vendor-budget.ts'
export * from './webhook.ts'
