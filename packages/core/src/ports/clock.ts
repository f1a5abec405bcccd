import type { Instant } from '../domain/instant.ts'

export interface Clock {
  now(): Instant
  /** Why its time cannot be relied on at this moment: nothing is taken from a guest by it, and nobody is told. Absent: never. */
  doubt?(): ClockDoubt | undefined
}

/** Two clocks that disagree; which of them is wrong nobody can say from within. */
export interface ClockDoubt {
  /** Milliseconds that this machine is ahead of the database, negative when behind; what it was when the two agree again since a moment ago. */
  readonly ahead: number
}

export const systemClock: Clock = { now: () => new Date().toISOString() as Instant } // toISOString has the shape of Instant
