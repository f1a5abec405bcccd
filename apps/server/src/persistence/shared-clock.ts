import { type Clock, type ClockDoubt, type Instant, limits } from '@stayward/core'
import type { Pool } from 'pg'
import type { Log } from '../telemetry/log.ts'

export interface SharedClock extends Clock {
  /** Compares the two clocks, at most every few seconds. To be waited for before anything is begun by what it says. */
  check(): Promise<void>
  doubt(): ClockDoubt | undefined
  /** Milliseconds that this machine is ahead of the database, negative when behind. */
  ahead(): number
}

export interface SharedClockOptions {
  readonly pool: Pick<Pool, 'query'>
  readonly log: Pick<Log, 'error' | 'info'>
  /** This machine's own, in milliseconds since 1970. */
  readonly wall?: () => number
  /** Milliseconds that never jump. */
  readonly monotonic?: () => number
}

/** How often the two are compared, milliseconds. */
const compareEvery = 5000
/** An answer that took longer says too little of when the database read its clock, milliseconds. */
const slowest = 2000
/** A change of more than this between two comparisons is a jump, milliseconds; less is drift, or a time service at work. */
const jump = 5000

interface Comparison {
  readonly ahead: number
  readonly wall: number
  readonly monotonic: number
}

/**
 * The time that all hubs of one database share: the database's, carried on by this machine's clock in between. So leases,
 * timers and the ends of stays do not depend on which hub has the wrong time. Where the two are far apart, or one has just
 * jumped, nobody can say which is right, and the clock says so.
 */
export async function shareClock(options: SharedClockOptions): Promise<SharedClock> {
  const clock = new ComparedClock(options)
  await clock.check()
  return clock
}

class ComparedClock implements SharedClock {
  readonly #pool: SharedClockOptions['pool']
  readonly #log: SharedClockOptions['log']
  readonly #wall: () => number
  readonly #monotonic: () => number
  #newest: Comparison | undefined
  #jumped: { readonly by: number; readonly monotonic: number } | undefined
  #wasDoubtful = false

  constructor({ pool, log, wall = Date.now, monotonic = () => performance.now() }: SharedClockOptions) {
    this.#pool = pool
    this.#log = log
    this.#wall = wall
    this.#monotonic = monotonic
  }

  now(): Instant {
    return new Date(this.#wall() - (this.#newest?.ahead ?? 0)).toISOString() as Instant // toISOString has the shape of Instant
  }

  ahead(): number {
    return (this.#newest?.ahead ?? 0) + this.#leap()
  }

  doubt(): ClockDoubt | undefined {
    const ahead = this.ahead()
    if (Math.abs(ahead) > limits.clockSkew) return { ahead }
    // It has jumped, or the machine has slept, since they were compared: the next comparison tells.
    if (Math.abs(this.#leap()) > jump) return { ahead: this.#leap() }
    const { by, monotonic } = this.#jumped ?? { by: 0, monotonic: Number.NEGATIVE_INFINITY }
    return this.#monotonic() - monotonic < limits.clockSettles ? { ahead: by } : undefined
  }

  async check(): Promise<void> {
    const before = this.#newest
    const isFresh = before !== undefined && this.#monotonic() - before.monotonic < compareEvery
    if (isFresh && Math.abs(this.#leap()) <= jump) return
    const asked = this.#monotonic()
    const { rows } = await this.#pool.query<{ at: Date }>('select clock_timestamp() as at')
    const monotonic = this.#monotonic()
    const [database] = rows
    if (!database || monotonic - asked > slowest) return
    const wall = this.#wall()
    const ahead = Math.round(wall - (monotonic - asked) / 2 - database.at.getTime())
    this.#newest = { ahead, wall, monotonic }
    const by = ahead - (before?.ahead ?? ahead)
    if (Math.abs(by) > jump) this.#jumped = { by, monotonic }
    this.#say()
  }

  /** How far this machine's clock has moved otherwise than time has passed, since the two were compared. */
  #leap(): number {
    if (!this.#newest) return 0
    return this.#wall() - this.#newest.wall - (this.#monotonic() - this.#newest.monotonic)
  }

  #say(): void {
    const doubt = this.doubt()
    if (doubt && !this.#wasDoubtful)
      this.#log.error(
        { seconds: Math.round(doubt.ahead / 1000) },
        'The clocks of this machine and of the database disagree. Until they agree nothing is removed from doors and nobody is told. Set both right by a time service (NTP).',
      )
    if (!doubt && this.#wasDoubtful) this.#log.info({}, 'The clocks agree again. The hub goes on.')
    this.#wasDoubtful = doubt !== undefined
  }
}
