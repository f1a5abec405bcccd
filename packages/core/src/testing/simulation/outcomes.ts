import type { FailureCode } from '../../ports/adapter-error.ts'

/** What a call does at the vendor, and what its caller hears of it. */
export interface Outcome {
  /** `late`: minutes to hours after the answer. `altered`: with another window than asked. `double`: two of it. */
  readonly effect: 'done' | 'none' | 'silent' | 'late' | 'double' | 'altered'
  /** `unknown`: nobody can tell whether it happened; a mere reading then just failed. */
  readonly says: 'value' | 'unknown' | 'unreadable' | Exclude<FailureCode, 'outcome-unknown' | 'bad-response'>
  /** Milliseconds from the call to the answer, when it is not the vendor's everyday. */
  readonly takes?: readonly [number, number]
}

const seconds = (least: number, most: number) => [least * 1000, most * 1000] as const

/** What a vendor and the way to it can do to one call. The names are those of the trade's failure catalogue. */
export const outcomes = {
  ok: { effect: 'done', says: 'value' },
  'ok-late': { effect: 'done', says: 'value', takes: seconds(5, 25) },
  'ok-silent': { effect: 'silent', says: 'value' },
  'ok-deferred': { effect: 'late', says: 'value' },
  'ok-twice': { effect: 'double', says: 'value' },
  'ok-altered': { effect: 'altered', says: 'value' },
  'refused-conflict': { effect: 'none', says: 'value' },
  'refused-format': { effect: 'none', says: 'value' },
  'refused-full': { effect: 'none', says: 'value' },
  'refused-forbidden': { effect: 'none', says: 'auth' },
  'refused-unknown-target': { effect: 'none', says: 'gone' },
  unauthorized: { effect: 'none', says: 'auth' },
  busy: { effect: 'none', says: 'rate-limited' },
  'wait-seconds': { effect: 'none', says: 'rate-limited' },
  'wait-none': { effect: 'none', says: 'rate-limited' },
  'wait-absurd': { effect: 'none', says: 'rate-limited' },
  'offline-said': { effect: 'none', says: 'device-offline' },
  'error-before': { effect: 'none', says: 'unknown' },
  'error-after': { effect: 'done', says: 'unknown' },
  'timeout-before': { effect: 'none', says: 'unknown', takes: seconds(30, 30) },
  'timeout-after': { effect: 'done', says: 'unknown', takes: seconds(30, 30) },
  'reset-before': { effect: 'none', says: 'unknown' },
  'reset-after': { effect: 'done', says: 'unknown' },
  html: { effect: 'none', says: 'unreadable' },
  cut: { effect: 'done', says: 'unreadable' },
  'drift-missing': { effect: 'done', says: 'unreadable' },
  tls: { effect: 'none', says: 'unreachable' },
  dns: { effect: 'none', says: 'unreachable' },
  empty: { effect: 'done', says: 'value' },
  partial: { effect: 'done', says: 'value' },
  stale: { effect: 'done', says: 'value' },
} as const satisfies Record<string, Outcome>

export type OutcomeClass = keyof typeof outcomes

const failing: readonly OutcomeClass[] = [
  'ok-late',
  'unauthorized',
  'busy',
  'wait-seconds',
  'wait-none',
  'wait-absurd',
  'error-before',
  'error-after',
  'timeout-before',
  'timeout-after',
  'reset-before',
  'reset-after',
  'html',
  'cut',
  'drift-missing',
  'tls',
  'dns',
]

/** Which classes each operation can meet. */
export const classesOf = {
  readAccount: failing,
  listBookings: [...failing, 'empty', 'partial', 'stale', 'refused-forbidden'],
  readBooking: [...failing, 'stale', 'refused-forbidden'],
  readMessages: failing,
  messageGuest: [...failing, 'refused-forbidden'],
  readCodes: [...failing, 'offline-said', 'refused-unknown-target', 'empty', 'partial', 'stale'],
  readState: [...failing, 'offline-said'],
  writeCode: [
    ...failing,
    'ok-silent',
    'ok-deferred',
    'ok-twice',
    'ok-altered',
    'refused-conflict',
    'refused-format',
    'refused-full',
    'refused-forbidden',
    'refused-unknown-target',
    'offline-said',
  ],
  removeCode: [...failing, 'ok-deferred', 'refused-forbidden', 'offline-said'],
  send: [...failing, 'ok-silent', 'ok-deferred', 'refused-conflict', 'refused-format', 'refused-forbidden'],
  lookUp: failing,
} as const satisfies Record<string, readonly OutcomeClass[]>

export type Operation = keyof typeof classesOf

export const operations = Object.keys(classesOf) as Operation[] // its own keys

const writes: ReadonlySet<Operation> = new Set(['writeCode', 'removeCode', 'send', 'messageGuest'])

export const isWrite = (operation: Operation) => writes.has(operation)

/** Whether a caller who hears this cannot know if it happened. */
export function isAmbiguous(operation: Operation, outcome: OutcomeClass): boolean {
  const { says } = outcomes[outcome]
  return isWrite(operation) && (says === 'unknown' || says === 'unreadable')
}

/** The error an adapter makes of it. */
export function codeOf(operation: Operation, says: Exclude<Outcome['says'], 'value'>): FailureCode {
  if (says === 'unknown') return isWrite(operation) ? 'outcome-unknown' : 'unreachable'
  if (says === 'unreadable') return isWrite(operation) ? 'outcome-unknown' : 'bad-response'
  return says
}
