import { between, type Instant, plus } from '../../domain/instant.ts'
import { limits } from '../../domain/limits.ts'
import type { Claim, LookFailure, Mark, Timer, WorkKey, WorkQueue } from '../../ports/work-queue.ts'

export interface MemoryQueueOptions {
  /** Milliseconds between two looks that nudges alone may cause. */
  readonly nudgeSpacing?: number
  /** Milliseconds a claim holds without being renewed. */
  readonly lease?: number
  /** For jitter, in `[0, 1)`. */
  readonly random?: () => number
}

interface Row extends WorkKey {
  readonly name: string
  wakeAt?: Instant
  timerAt?: Instant
  quietUntil?: Instant
  nudged: boolean
  edited: boolean
  /** Of what has edited it, nothing was a person. */
  freed: boolean
  ready: boolean
  priority?: Instant
  attempt: number
  lease?: { until: Instant; fence: number }
  lastError?: string
}

/** What the queue knows of a key, for tests. */
export interface QueuedKey extends WorkKey {
  readonly state: 'ready' | 'waiting' | 'leased'
  /** When the clock makes it ready, where it waits. */
  readonly dueAt?: Instant
  readonly timerAt?: Instant
  readonly attempt: number
  readonly lastError?: string
}

const minute = 60_000
const day = 1440 * minute

/**
 * The set of keys to look at, in memory and for one process, with the spacing, back-off, leases and fences of the real
 * one. Time passes only through the instants it is given.
 */
export class MemoryQueue implements WorkQueue {
  readonly #rows = new Map<string, Row>()
  readonly #spacing: number
  readonly #lease: number
  readonly #random: () => number
  #fence = 0
  /** What `tick` found, as long as nothing has been touched since. */
  #rest: { readonly ready: number; readonly due: Instant | undefined } | undefined
  #lastTenant = ''

  constructor(options: MemoryQueueOptions = {}) {
    this.#spacing = options.nudgeSpacing ?? limits.nudgeSpacing
    this.#lease = options.lease ?? 10_000
    this.#random = options.random ?? (() => 0.5)
  }

  async mark(tenantId: string, marks: readonly Mark[], timers: readonly Timer[], now: Instant): Promise<void> {
    this.put(tenantId, marks, timers, now)
  }

  /** `mark` for stores in the same process, whose transactions it is a part of. */
  put(tenantId: string, marks: readonly Mark[], timers: readonly Timer[], now: Instant): void {
    this.#rest = undefined
    for (const mark of marks) this.#mark(this.#row({ tenantId, kind: mark.kind, key: mark.key }), mark, now)
    for (const { kind, key, at } of timers) {
      const row = this.#row({ tenantId, kind, key })
      if (at === null) delete row.timerAt
      else row.timerAt = at
      this.#dropIdle(row, now)
    }
  }

  async claim(room: number, full: readonly string[], now: Instant): Promise<readonly Claim[]> {
    this.#rest = undefined
    const ready: Row[] = []
    for (const row of this.#rows.values()) if (row.ready && !row.lease && !full.includes(row.tenantId)) ready.push(row)
    if (ready.length === 0) return []
    const byTenant = Map.groupBy(ready.sort(byNearness), (row) => row.tenantId)
    const claims: Claim[] = []
    const turn = [...byTenant.keys()].sort()
    // Goes on behind the tenant that was served last, so that none waits for ever behind many.
    const start = turn.findIndex((tenantId) => tenantId > this.#lastTenant)
    const order = start < 0 ? turn : [...turn.slice(start), ...turn.slice(0, start)]
    while (claims.length < room && order.some((tenantId) => (byTenant.get(tenantId)?.length ?? 0) > 0)) {
      for (const tenantId of order) {
        const row = claims.length < room ? byTenant.get(tenantId)?.shift() : undefined
        if (row) claims.push(this.#take(row, now))
      }
    }
    return claims
  }

  async renew(claims: readonly Claim[], now: Instant): Promise<readonly number[]> {
    this.#rest = undefined
    return claims.flatMap((claim) => {
      const row = this.#held(claim)
      if (!row?.lease) return [claim.fence]
      row.lease.until = plus(now, this.#lease)
      return []
    })
  }

  async finish(claims: readonly Claim[], now: Instant): Promise<void> {
    this.#rest = undefined
    for (const claim of claims) {
      const row = this.#held(claim)
      if (!row) continue
      delete row.lease
      delete row.lastError
      row.attempt = 0
      row.ready = row.wakeAt !== undefined && row.wakeAt <= now
      this.#dropIdle(row, now)
    }
  }

  async fail(claim: Claim, { reason, retryAt, passing = false }: LookFailure, now: Instant): Promise<void> {
    this.#rest = undefined
    const row = this.#held(claim)
    if (!row) return
    delete row.lease
    row.lastError = reason
    if (row.edited && !row.freed) return this.#wakeNow(row, now)
    row.attempt += 1
    if (row.edited) {
      row.wakeAt = now
      row.ready = true
      return
    }
    const most = passing ? 5 * minute : 60 * minute
    const wait = Math.min(most, 500 * 2 ** (row.attempt - 1)) * (0.5 + this.#random() / 2)
    const asked = retryAt === undefined ? 0 : Math.max(0, between(now, retryAt))
    row.wakeAt = plus(now, Math.round(retryAt === undefined ? wait : asked * (1 + this.#random() / 10)))
    row.ready = row.wakeAt <= now
  }

  async tick(now: Instant): Promise<number> {
    const { ready, due } = this.#restOf()
    return due === undefined || due > now ? ready : this.#turn(now)
  }

  #turn(now: Instant): number {
    this.#rest = undefined
    for (const row of this.#rows.values()) {
      if (row.lease && row.lease.until <= now) {
        delete row.lease
        row.attempt += 1
        row.wakeAt = now
        row.ready = true
      } else if (!row.lease && !row.ready) {
        const due = dueOf(row)
        if (due !== undefined && due <= now) {
          row.ready = true
          row.wakeAt ??= due
        } else this.#dropIdle(row, now)
      }
    }
    return this.#restOf().ready
  }

  /** A queue that goes on from here on its own, as the one in a copy of the database. Its fences are far from those here. */
  copy(): MemoryQueue {
    const copy = new MemoryQueue({ nudgeSpacing: this.#spacing, lease: this.#lease, random: this.#random })
    for (const [name, row] of this.#rows) copy.#rows.set(name, structuredClone(row))
    copy.#fence = this.#fence + 1_000_000_000
    copy.#lastTenant = this.#lastTenant
    return copy
  }

  /** Every key there is, for tests. */
  keys(): readonly QueuedKey[] {
    return [...this.#rows.values()].map((row) => {
      const dueAt = row.ready || row.lease ? undefined : dueOf(row)
      return {
        tenantId: row.tenantId,
        kind: row.kind,
        key: row.key,
        state: row.lease ? 'leased' : row.ready ? 'ready' : 'waiting',
        attempt: row.attempt,
        ...(dueAt === undefined ? {} : { dueAt }),
        ...(row.timerAt === undefined ? {} : { timerAt: row.timerAt }),
        ...(row.lastError === undefined ? {} : { lastError: row.lastError }),
      }
    })
  }

  /** The next instant at which `tick` has something to do. */
  nextDue(): Instant | undefined {
    return this.#restOf().due
  }

  #restOf(): { readonly ready: number; readonly due: Instant | undefined } {
    if (this.#rest) return this.#rest
    let ready = 0
    let due: Instant | undefined
    for (const row of this.#rows.values()) {
      const at = row.lease ? row.lease.until : row.ready ? undefined : (dueOf(row) ?? row.quietUntil)
      if (row.ready && !row.lease) ready += 1
      if (at !== undefined && (due === undefined || at < due)) due = at
    }
    this.#rest = { ready, due }
    return this.#rest
  }

  #mark(row: Row, { why, priority }: Mark, now: Instant): void {
    const backingOff = row.attempt > 0 && !row.lease && row.wakeAt !== undefined
    const edits = why === 'edit' || why === 'freed'
    if (why === 'edit' && !row.lease) row.attempt = 0
    const near = priority ?? plus(now, day)
    row.priority = row.wakeAt === undefined || row.priority === undefined || near < row.priority ? near : row.priority
    row.nudged = why === 'nudge' || (row.nudged && row.wakeAt !== undefined)
    if (edits) row.freed = why === 'freed' && (row.freed || !row.edited)
    row.edited ||= edits
    if (!backingOff || edits) {
      const due = why === 'nudge' && row.quietUntil !== undefined && row.quietUntil > now ? row.quietUntil : now
      row.wakeAt = row.wakeAt !== undefined && row.wakeAt < due ? row.wakeAt : due
    }
    row.ready = !row.lease && (row.ready || (row.wakeAt !== undefined && row.wakeAt <= now))
  }

  #take(row: Row, now: Instant): Claim {
    this.#fence += 1
    this.#lastTenant = row.tenantId
    const timed = row.timerAt !== undefined && row.timerAt <= now
    const why = row.freed ? 'freed' : row.edited ? 'edit' : row.nudged ? 'nudge' : timed ? 'timer' : 'step'
    row.lease = { until: plus(now, this.#lease), fence: this.#fence }
    if (row.nudged) row.quietUntil = plus(now, this.#spacing)
    if (timed) delete row.timerAt
    row.nudged = false
    row.edited = false
    row.freed = false
    row.ready = false
    delete row.wakeAt
    delete row.priority
    const { tenantId, kind, key, attempt } = row
    return { tenantId, kind, key, attempt, fence: this.#fence, why }
  }

  #wakeNow(row: Row, now: Instant): void {
    row.attempt = 0
    row.wakeAt = now
    row.ready = true
  }

  #held({ tenantId, kind, key, fence }: Claim): Row | undefined {
    const row = this.#rows.get(nameOf({ tenantId, kind, key }))
    return row?.lease?.fence === fence ? row : undefined
  }

  #row(key: WorkKey): Row {
    const name = nameOf(key)
    const known = this.#rows.get(name)
    if (known) return known
    const row: Row = { ...key, name, nudged: false, edited: false, freed: false, ready: false, attempt: 0 }
    this.#rows.set(name, row)
    return row
  }

  /** A key without a mark, a timer or a quiet time is forgotten. */
  #dropIdle(row: Row, now: Instant): void {
    const quiet = row.quietUntil !== undefined && row.quietUntil > now
    if (row.lease || row.wakeAt !== undefined || row.timerAt !== undefined || quiet) return
    this.#rows.delete(row.name)
  }
}

/** A retry waits out its back-off, timer or not. */
function dueOf({ attempt, wakeAt, timerAt }: Row): Instant | undefined {
  if (wakeAt === undefined) return timerAt
  if (attempt > 0 || timerAt === undefined) return wakeAt
  return wakeAt < timerAt ? wakeAt : timerAt
}

function byNearness(a: Row, b: Row): number {
  return order(a.priority ?? '~', b.priority ?? '~') || order(a.wakeAt ?? '~', b.wakeAt ?? '~') || order(a.name, b.name)
}

const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

const nameOf = ({ tenantId, kind, key }: WorkKey) => `${tenantId} ${kind} ${key}`
