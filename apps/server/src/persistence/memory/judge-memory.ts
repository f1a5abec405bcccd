import { earliest, type Instant, type LostTime, plus } from '@stayward/core'

/** What a hub keeps of a database, outside it. */
export interface Remembered {
  readonly epoch: number
  readonly counter: number
  readonly at: Instant
}

/** The one row of `hub_memory`. */
export interface HubMemory {
  readonly databaseId: string
  readonly epoch: number
  readonly counter: number
  readonly beatAt?: Instant
  readonly noticed?: Noticed
}

export interface Noticed extends LostTime {
  readonly at: Instant
  /** Who confirmed it, as it is written down: a key by its id, or the command line. */
  readonly confirmedBy?: string
  readonly cause: Cause
}

/**
 * `behind`: the database knows less than a hub remembers. `older-epoch`: another copy of this database was confirmed as
 * the one that counts. `file-missing`: nobody remembers anything of a database that has been in use. `copied`: the data
 * directory is a copy, so that what it remembers is as old as the database.
 */
export type Cause = 'behind' | 'older-epoch' | 'file-missing' | 'copied'

/** Milliseconds between two beats. A database set back by more than one of them is noticed. */
export const beatEvery = 5000

export interface ToJudge {
  readonly row: HubMemory
  /** By this process, or by the file; absent when neither knows the database. */
  readonly remembered?: Remembered
  readonly copied: boolean
  /** A hub could have kept a file here. */
  readonly mayRemember: boolean
  /** Another hub, with a file of its own, moves the counter on at this moment. */
  readonly vouchedFor: boolean
  /** The data directory remembers other databases, and this one has tenants. */
  readonly inherited: boolean
}

/** Whether this database was set back, or is an older copy, and how that shows. */
export function judgeMemory(given: ToJudge): Cause | undefined {
  const { row, remembered, copied, mayRemember, vouchedFor, inherited } = given
  if (!remembered) {
    const used = row.counter > 0 ? mayRemember && !vouchedFor : inherited
    return used ? 'file-missing' : undefined
  }
  if (remembered.epoch > row.epoch) return 'older-epoch'
  if (remembered.counter > row.counter) return 'behind'
  return copied && !vouchedFor ? 'copied' : undefined
}

/** From the newest moment that the database remembers until a hub was last at work, as far as anybody knows. */
export function lostTimeOf(cause: Cause, { beatAt }: HubMemory, remembered: Remembered | undefined, now: Instant) {
  const last = remembered && cause === 'behind' ? earliest(now, plus(remembered.at, 2 * beatEvery)) : now
  return { from: earliest(beatAt ?? remembered?.at ?? now, last), until: last }
}

/** Of two memories of one database the one that knows more. */
export function newerOf(a: Remembered | undefined, b: Remembered | undefined): Remembered | undefined {
  if (!a || !b) return a ?? b
  return b.epoch > a.epoch || (b.epoch === a.epoch && b.counter > a.counter) ? b : a
}
