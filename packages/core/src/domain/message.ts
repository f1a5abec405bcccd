import type { AccessWindow } from './grant.ts'
import type { Instant } from './instant.ts'

/** `door-code`: how to get in. `change`: the same, because something the guest was told changed. `withdrawal`: not any more. */
export type MessageKind = 'door-code' | 'change' | 'withdrawal'

/** What a guest is told, whole: every door from the street to the flat, in order (rule 10). Holds PINs. */
export interface Told {
  readonly unit: string
  readonly property: string
  readonly zone: string
  readonly window: AccessWindow
  readonly doors: readonly ToldDoor[]
}

export interface ToldDoor {
  readonly name: string
  readonly instruction: Readonly<Record<string, string>>
  /** What is typed here, prefix included. Absent where there is nothing to enter. */
  readonly enter?: string
}

/**
 * `planned`: to be sent. `claimed`: a send has started and its end is not known. `accepted`: the channel took it.
 * `refused`: it did not, and nothing was sent. `withdrawn`: overtaken before it was sent. `doubtful`: nobody can say
 * whether it was sent; a person decides, unless it was overtaken since.
 */
export type MessageState = 'planned' | 'claimed' | 'accepted' | 'refused' | 'withdrawn' | 'doubtful'

/** One intent and what became of it. */
export interface Message {
  readonly id: string
  readonly bookingId: string
  /** `inbox`, or the notifier's connection. */
  readonly channel: string
  readonly kind: MessageKind
  /** E.164, a mail address, or for `inbox` the booking's ref. */
  readonly to: string
  readonly told: Told
  /** Same facts, same version; unique with booking, channel and kind. */
  readonly version: string
  /** What was or will be sent, once it has been written. */
  readonly text?: string
  readonly subject?: string
  readonly state: MessageState
  readonly delivery?: 'pending' | 'sent' | 'delivered' | 'read' | 'failed'
  readonly vendorRef?: string
  readonly claimedAt?: Instant
  readonly reason?: string
  readonly createdAt: Instant
  /** How many times it was sent again after an unknown outcome (M1: at most once). */
  readonly resends: number
}

/** Facts as one text: equal when and only when a guest would have to be told again. */
export function factsOf(told: Told): string {
  const doors = told.doors.map(({ name, enter, instruction }) => [
    name,
    enter ?? null,
    Object.entries(instruction).sort(([a], [b]) => (a < b ? -1 : 1)),
  ])
  return JSON.stringify([told.unit, told.window.from, told.window.until, doors])
}

/** A way to the guest: the channel, and the guest's address on it where there is one. */
export interface Way {
  readonly channel: string
  readonly to?: string
  /** It cannot be opened now, so the address is not known either; its own trouble is told elsewhere. */
  readonly down?: true
}
