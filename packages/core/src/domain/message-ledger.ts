import { between, type Instant, plus } from './instant.ts'
import { limits } from './limits.ts'
import { factsOf, type Message, type Told, type Way } from './message.ts'

/** Whether the newest message that a channel took tells exactly these facts. */
export function isTold(told: Told, ledger: readonly Message[]): boolean {
  const version = versionOf(told, ledger)
  return ledger.some(
    (message) => telling(message) === version && message.state === 'accepted' && message.kind !== 'withdrawal',
  )
}

/** Whether the guest has been told which flat it is and what to enter on the way; names of doors and words about them do not matter. */
export function knowsTheWay(told: Told, ledger: readonly Message[]): boolean {
  return tellingsOf(told, ledger).length > 0
}

/**
 * From when on it has to be doubted that the guest knows the way: every channel that was told it reports what arrives, and
 * none has reported this. A delivery that failed is a person's matter already.
 */
export function unarrivedFrom(told: Told, ledger: readonly Message[]): Instant | undefined {
  const tellings = tellingsOf(told, ledger)
  const open = tellings.filter(({ delivery }) => delivery === 'pending' || delivery === 'sent')
  const [newest] = open
    .flatMap(({ claimedAt }) => claimedAt ?? [])
    .sort()
    .toReversed()
  return newest === undefined || open.length < tellings.length ? undefined : plus(newest, limits.arrives)
}

/** As one text: equal where a guest who was told the one gets in by it where the other holds. */
export function wayIn({ unit, doors }: Told): string {
  return JSON.stringify([unit, ...doors.map(({ enter }) => enter ?? null)])
}

/** The newest messages that a channel took, as far back as they tell what is to be entered now. */
function tellingsOf(now: Told, ledger: readonly Message[]): readonly Message[] {
  const taken = ledger.filter(({ state }) => state === 'accepted')
  const other = taken.findLastIndex(({ kind, told }) => kind === 'withdrawal' || wayIn(told) !== wayIn(now))
  return taken.slice(other + 1)
}

/**
 * Names the present facts. Facts that come back after others were told are a new version (A, B, A is three tellings), so
 * the version counts how often what was told has changed before.
 */
export function versionOf(told: Told, ledger: readonly Message[]): string {
  const facts = factsOf(told)
  const left = ledger.filter(({ state }) => state !== 'withdrawn' && state !== 'planned')
  const tellings = [...new Set(left.map(telling))]
  const last = tellings.at(-1)
  return last !== undefined && last === `${tellings.length - 1}:${facts}` ? last : `${tellings.length}:${facts}`
}

/** The version without the count of addresses it was told to. */
export const telling = ({ version }: Pick<Message, 'version'>) => version.replace(/#\d+$/, '')

/** The newest message that this channel took for this address, or may have taken. */
export function lastTold(ledger: readonly Message[], channel: string, to: string): Message | undefined {
  return ledger.findLast((message) => message.channel === channel && message.to === to && isTaken(message))
}

/** What becomes of a planned message that is overtaken: one that was to be sent again may have gone out the first time. */
export function overtaken(message: Message): Message {
  return { ...message, state: message.resends > 0 ? 'doubtful' : 'withdrawn' }
}

export const isTaken = ({ state }: Message) => state === 'claimed' || state === 'accepted' || state === 'doubtful'

/** Where the guest was told a PIN of this stay and would not be told it now: the address has been corrected since. */
export function toldElsewhere(ledger: readonly Message[], ways: readonly Way[]): readonly string[] {
  const elsewhere = ways.filter(({ channel, to }) => {
    const last = ledger.findLast((message) => message.channel === channel && isTaken(message) && message.to !== to)
    return to !== undefined && last !== undefined && last.kind !== 'withdrawal'
  })
  return elsewhere.map(({ channel }) => channel)
}

/**
 * Whether a message to this address was claimed after `since` and its end is not known: it may be leaving at this moment, from
 * a process that has lost its lease. A newer one sent now could arrive first, and its guest would go by the older one.
 */
export function isLeaving(
  ledger: readonly Message[],
  { channel, to }: Pick<Message, 'channel' | 'to'>,
  since: Instant,
): boolean {
  return ledger.some(
    (message) =>
      message.channel === channel &&
      message.to === to &&
      message.state === 'claimed' &&
      message.claimedAt !== undefined &&
      message.claimedAt > since,
  )
}

export function knows(ledger: readonly Message[], channel: string, to: string): boolean {
  const last = lastTold(ledger, channel, to)
  return last !== undefined && last.kind !== 'withdrawal'
}

/** How many messages one address may get in a day (M8). */
export function isFused(ledger: readonly Message[], to: string, now: Instant): boolean {
  const today = ledger.filter(
    (message) => message.to === to && message.claimedAt !== undefined && between(message.claimedAt, now) < 86_400_000,
  )
  return today.length >= limits.messagesPerRecipientPerDay
}
