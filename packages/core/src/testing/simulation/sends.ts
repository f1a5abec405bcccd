import type { Message } from '../../domain/message.ts'
import { isAmbiguous } from './outcomes.ts'
import { factsIn } from './words.ts'
import type { CallRecord } from './world/weather.ts'

type Claimed = Pick<Message, 'id' | 'bookingId' | 'channel' | 'to' | 'resends'> & { readonly text: string }

/** A text on its way, as it was claimed. */
export interface SentIntent extends Claimed {
  /** How many sends of it before this one nobody knows the end of. */
  readonly inDoubt: number
}

interface Intent extends Claimed {
  claims: number
  resends: number
  /** Claims whose end the hub has heard and written down. */
  settled: number
  heard: boolean
  claimedAt: number
  /** Nothing has been written down of its end, neither heard nor looked up nor given to a person. */
  isOpen: boolean
}

/**
 * What a hub can know of its own sends. A send is in doubt not only after a time-out: a process may die, or lose the
 * database, before it has written down what it was told. To any later look that is the same.
 */
export class Sends {
  readonly #intents = new Map<string, Intent>()
  /** Claims by what their calls are about, a key or a booking's ref in the inbox; the newest last. */
  readonly #calls = new Map<string, readonly Intent[]>()
  /** What was claimed about a booking on any channel, or counts as perhaps sent, in its order. */
  readonly #said = new Map<string, { readonly id: string; readonly text: string }[]>()

  claimed(message: Claimed, at: number): void {
    const { id, bookingId, channel, to, text } = message
    const known = this.#intents.get(id) ?? {
      ...message,
      claims: 0,
      settled: 0,
      heard: false,
      claimedAt: at,
      isOpen: true,
    }
    known.claims += 1
    known.resends = message.resends
    known.claimedAt = at
    known.heard = false
    known.isOpen = true
    this.#intents.set(id, known)
    const about = channel === 'inbox' ? `messageGuest ${to}` : `send ${id}`
    this.#calls.set(about, [...(this.#calls.get(about) ?? []).filter((one) => one !== known), known])
    this.#say(bookingId, { id, text })
  }

  /** Written down as perhaps sent in a time that the store has forgotten. */
  perhaps({ id, bookingId, text }: Pick<Message, 'id' | 'bookingId' | 'text'>): void {
    if (text !== undefined) this.#say(bookingId, { id, text })
  }

  #say(bookingId: string, words: { readonly id: string; readonly text: string }): void {
    const said = this.#said.get(bookingId) ?? []
    said.push(words)
    this.#said.set(bookingId, said)
  }

  /** An answer came back to a process that was still there to hear it. */
  ended({ operation, outcome, about }: Pick<CallRecord, 'operation' | 'outcome' | 'about'>): void {
    const intent = this.#calls.get(`${operation} ${about}`)?.at(-1)
    if (intent && !isAmbiguous(operation, outcome)) intent.heard = true
  }

  /** The ledger was written. */
  saved(messages: readonly Message[]): void {
    for (const { id, state, resends } of messages) {
      const intent = this.#intents.get(id)
      if (!intent || state === 'claimed') continue
      intent.isOpen = false
      // The silence is over: whoever heard the end was not there any more to write it down.
      if (state === 'doubtful' || resends > intent.resends) intent.heard = false
      if (!intent.heard) continue
      intent.heard = false
      intent.settled += 1
    }
  }

  /** What a text on its way was claimed as; `undefined` when nothing was. */
  intentOf(
    channel: 'sms' | 'inbox',
    { key, to, text }: { readonly key: string; readonly to: string; readonly text: string },
  ): SentIntent | undefined {
    const intents = this.#calls.get(channel === 'inbox' ? `messageGuest ${to}` : `send ${key}`)
    // The newest claim is the one under way, unless a process was frozen in an older one.
    const intent = intents?.findLast((one) => one.text === text) ?? intents?.at(-1)
    return intent && { ...intent, inDoubt: intent.claims - 1 - intent.settled }
  }

  /**
   * Whether other facts than these were claimed since that earlier message was, on whichever channel: a guest to whom one
   * channel has withdrawn the code may be told it again on both.
   */
  saidOtherSince(earlier: string, { bookingId, text }: Claimed): boolean {
    const said = this.#said.get(bookingId) ?? []
    const since = said.slice(said.findLastIndex(({ id }) => id === earlier) + 1)
    return since.some((one) => factsIn(one.text) !== factsIn(text))
  }

  /** Whose guest a send or a look-up is about. */
  bookingOf({ operation, about }: Pick<CallRecord, 'operation' | 'about'>): string | undefined {
    const isInbox = operation === 'messageGuest' || operation === 'readMessages'
    if (!isInbox && operation !== 'send' && operation !== 'lookUp') return undefined
    return this.#calls.get(`${isInbox ? 'messageGuest' : 'send'} ${about}`)?.at(-1)?.bookingId
  }

  /** Claims of which nobody knows the end, made before. */
  openBefore(at: number): readonly Claimed[] {
    return [...this.#intents.values()].filter((intent) => intent.isOpen && intent.claimedAt < at)
  }

  /** When the newest send about this booking began whose end the hub does not know. */
  openSince(bookingId: string): number | undefined {
    let newest: number | undefined
    for (const intent of this.#intents.values())
      if (intent.bookingId === bookingId && intent.claims > intent.settled)
        newest = Math.max(newest ?? intent.claimedAt, intent.claimedAt)
    return newest
  }
}
