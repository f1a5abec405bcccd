import {
  type CodeToWrite,
  type Instant,
  instantOf,
  marked,
  markIn,
  millisecondsOf,
  type ObservedCode,
  type ObservedWindow,
  parseInstant,
  type PinRules,
} from '@stayward/core/adapter'
import { type Auth, keypadCode } from './nuki-shapes.ts'

/** Six digits without zero that do not begin with 12 (docs/vendors/nuki.md, "Keypad codes"). */
export const pinRules: PinRules = { lengths: [6], digits: '123456789', forbiddenPrefixes: ['12'] }

/** Longest name of a keypad code: characters or bytes, nobody says, so it is written in ASCII. */
export const nameMaxLength = 20
/** What is left for people behind the mark of 14 characters and a space. */
export const labelMaxLength = 5

/** Minutes; Nuki stores at least these, and finer bounds would come back otherwise than they went. Milliseconds. */
export const windowStep = 60_000

export function fits(pin: string): boolean {
  return /^(?!12)[1-9]{6}$/.test(pin)
}

/** Every day, the whole day: `0`/`0` in the lock's own time. What bounds the stay are the two dates. */
const wholeDays = { allowedWeekDays: 127, allowedFromTime: 0, allowedUntilTime: 0 } as const

/**
 * A code as Nuki wants it. All five time fields, always: with the dates alone codes were seen to open at any time, and a
 * change without them makes a guest's code a permanent one. The code is a number on the wire.
 */
export function createBody(code: CodeToWrite): object {
  return { type: keypadCode, ...common(code) }
}

/** A change, with every field that is ours: what an absent one does is not documented. */
export function updateBody(code: CodeToWrite): object {
  return { enabled: true, ...common(code) }
}

/** Closes a code that Nuki does not delete: disabled, and its window over. The name stays, so that it stays ours. */
export function closedBody({ name, code }: Pick<Auth, 'name' | 'code'>, now: Instant): object {
  const day = 86_400_000
  return {
    name: name ?? '',
    enabled: false,
    remoteAllowed: false,
    ...(code == null ? {} : { code: Number(code) }),
    allowedFromDate: instantOf(millisecondsOf(now) - 2 * day),
    allowedUntilDate: instantOf(millisecondsOf(now) - day),
    ...wholeDays,
  }
}

function common({ mark, label, pin, window }: CodeToWrite) {
  return {
    name: marked(mark, ascii(label), nameMaxLength),
    code: Number(pin),
    remoteAllowed: false,
    allowedFromDate: instantOf(Math.floor(millisecondsOf(window.from) / windowStep) * windowStep),
    allowedUntilDate: instantOf(Math.ceil(millisecondsOf(window.until) / windowStep) * windowStep),
    ...wholeDays,
  }
}

/** A code as Nuki lists it, in our words. */
export function observedOf(auth: Auth): ObservedCode {
  const name = auth.name ?? ''
  const mark = markIn(name)
  const window = windowOf(auth)
  const enabled = mark !== undefined && !opensAllDay(auth) ? false : (auth.enabled ?? undefined)
  return {
    vendorRef: auth.id,
    label: mark === undefined ? name : name.slice(mark.length).trim(),
    synced: isOnLock(auth),
    ...(mark === undefined ? {} : { mark }),
    ...(auth.code == null ? {} : { pin: auth.code }),
    ...(enabled === undefined ? {} : { enabled }),
    ...(window === undefined ? {} : { window }),
  }
}

/**
 * The lock itself has the entry: it has given it a number of its own, nothing is on its way and nothing failed
 * (docs/vendors/nuki.md, "When a code is on the lock").
 */
export function isOnLock({ authId, operationId, error }: Auth): boolean {
  return authId != null && isAbsent(operationId) && isAbsent(error)
}

const isAbsent = (value: unknown) => value === undefined || value === null || value === ''

/** A date that is not there is no bound; one that cannot be read says nothing. */
function windowOf({ allowedFromDate, allowedUntilDate }: Auth): ObservedWindow | undefined {
  const from = boundOf(allowedFromDate)
  const until = boundOf(allowedUntilDate)
  return from === undefined || until === undefined ? undefined : { from, until }
}

function boundOf(value: unknown): Instant | null | undefined {
  if (isAbsent(value)) return null
  return typeof value === 'string' ? parseInstant(value) : undefined
}

/**
 * Whether days and hours leave the code alone. A code of ours that is bound to some hours does not let its guest in when
 * it should: it counts as disabled, so that it is written anew.
 */
function opensAllDay({ allowedWeekDays, allowedFromTime, allowedUntilTime }: Auth): boolean {
  const everyDay = allowedWeekDays == null || allowedWeekDays === 127
  const allDay =
    (allowedFromTime == null || allowedFromTime === 0) &&
    (allowedUntilTime == null || [0, 1439, 1440].some((minutes) => minutes === allowedUntilTime))
  return everyDay && allDay
}

/** `Łukasz` as `ukasz`, `José` as `Jose`: letters that have no ASCII form are left out, and so are line breaks. */
function ascii(label: string): string {
  return label
    .normalize('NFKD')
    .replaceAll(/[^\x20-\x7e]+/g, (other) => (/\s/.test(other) ? ' ' : ''))
    .replaceAll(/ +/g, ' ')
    .trim()
}
