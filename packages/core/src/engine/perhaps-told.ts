import type { Reason } from '../domain/grant.ts'
import type { Instant } from '../domain/instant.ts'
import { isRestoring, type LostTime, mayHaveBeenTold } from '../domain/lost-time.ts'
import type { Message } from '../domain/message.ts'
import type { StayView, TimelineEntry } from '../ports/stores.ts'
import type { OpenedChannel } from './channels.ts'
import type { Engine } from './engine.ts'
import { wordsFor } from './words-for.ts'

/** Intents, sorted by what may become of them. */
export interface Recalled {
  /** To be written down as perhaps sent: looked up, and never sent by itself. */
  readonly perhaps: readonly Message[]
  /** Free to be sent. */
  readonly free: readonly Message[]
  /** Nothing of these is done before a person has confirmed. */
  readonly waiting: readonly Message[]
}

/** What was planned before the store was set back may have been sent since. */
export function perhapsSent(
  engine: Engine,
  view: StayView,
  channels: readonly OpenedChannel[],
  ledger: readonly Message[],
): Message[] {
  const lost = engine.lostTime?.()
  if (!lost) return []
  const planned = ledger.filter(({ state, createdAt }) => state === 'planned' && createdAt <= lost.until)
  return planned.flatMap((message) => asPerhapsSent(engine, view, channels, message, message.createdAt))
}

/** What the planner would have told, against what may have been told in the lost time. */
export function recallIntents(
  engine: Engine,
  view: StayView,
  channels: readonly OpenedChannel[],
  { intents, ledger, now }: { intents: readonly Message[]; ledger: readonly Message[]; now: Instant },
): Recalled {
  const lost = engine.lostTime?.()
  if (!lost) return { perhaps: [], free: intents, waiting: [] }
  const { knownSince, changedAt } = view.booking
  const isPerhaps = ({ channel, kind, told }: Message) =>
    mayHaveBeenTold({ channel, kind, told, codes: view.codes, ledger, changedAt, knownSince, now }, lost)
  const rest = intents.filter((message) => !isPerhaps(message))
  const perhaps = intents.filter(isPerhaps)
  return {
    perhaps: perhaps.flatMap((message) => asPerhapsSent(engine, view, channels, message, lost.from)),
    free: isRestoring(lost) ? [] : rest,
    waiting: isRestoring(lost) ? rest : [],
  }
}

/** With the words as they would have left, so that they are found where a channel shows them. */
function asPerhapsSent(
  engine: Engine,
  view: StayView,
  channels: readonly OpenedChannel[],
  message: Message,
  claimedAt: LostTime['from'],
): Message[] {
  const channel = channels.find(({ name }) => name === message.channel)
  if (!channel || channel.broken) return [] // nothing leaves by it now, and it is asked again
  return [{ ...message, ...wordsFor(engine, view, message, channel.form), state: 'claimed', claimedAt, resends: 1 }]
}

export function perhapsLines(
  { booking }: StayView,
  channels: readonly OpenedChannel[],
  perhaps: readonly Message[],
): TimelineEntry[] {
  return perhaps.map(({ kind, channel }) => ({
    bookingId: booking.id,
    kind: 'perhaps-told',
    text: `${titles[kind]} may have been told by ${channels.find(({ name }) => name === channel)?.title ?? 'a channel'} in the time that the database has forgotten, so it is not sent by itself.`,
    remedy: `If the guest does not know it: stayward message retry ${booking.ref} --doubtful`,
  }))
}

const titles = { 'door-code': 'The door code', change: 'The change', withdrawal: 'The withdrawal of the code' }

export const restoringReason: Reason = {
  code: 'restoring',
  text: 'The database was set back, so nobody is told anything before a person has confirmed it.',
  remedy: 'See what was found, and confirm: stayward restore status',
}
