import { randomUUID } from 'node:crypto'
import {
  type Claim,
  type Instant,
  type LookFailure,
  limits,
  type Mark,
  plus,
  type Timer,
  type WorkKind,
  type WorkQueue,
} from '@stayward/core'
import type { Pool } from 'pg'
import { backOff, nextTry } from './back-off.ts'
import { FinishBatch } from './finish-batch.ts'
import * as table from './work-table.ts'

export interface PostgresWorkQueueOptions {
  readonly pool: Pool
  /** Called when a key has become claimable, by a mark or because its look has ended: wakes the loops. */
  readonly markedLocally?: () => void
  /** Milliseconds after a nudged look began in which further nudges wait for one more look. */
  readonly nudgeSpacing?: number
  /** Milliseconds a claim is kept without being renewed. */
  readonly lease?: number
  /** The most keys of one tenant that a single claim takes. */
  readonly share?: number
  /** In [0, 1); spreads retries. */
  readonly random?: () => number
  /** Milliseconds that never jump. */
  readonly monotonic?: () => number
}

interface ClaimRow {
  readonly tenantId: string
  readonly kind: WorkKind
  readonly key: string
  readonly attempt: number
  readonly fence: string
  readonly why: NonNullable<Claim['why']>
}

const beforeAll = '00000000-0000-0000-0000-000000000000'
/** After a process ended during a look, its keys are taken back at once this often before they too have to back off. */
const takenBackAtOnce = 5

/** The set of keys to look at, as the table `work`. One per process. */
export class PostgresWorkQueue implements WorkQueue {
  readonly #owner = randomUUID()
  readonly #pool: Pool
  readonly #markedLocally: () => void
  readonly #nudgeSpacing: number
  readonly #lease: number
  readonly #share: number
  readonly #random: () => number
  readonly #finishing: FinishBatch
  /**
   * Claims that this process has, with the monotonic milliseconds of their last renewal: a clock that was set forward
   * must not take them from itself. Once a lease is really over, as after an outage, its key is anybody's, ours too.
   */
  readonly #held = new Map<number, number>()
  readonly #monotonic: () => number
  /** The last tenant served: the next claim goes on after it. */
  #cursor = beforeAll

  constructor({ pool, markedLocally, nudgeSpacing, lease, share, random, monotonic }: PostgresWorkQueueOptions) {
    this.#pool = pool
    this.#markedLocally = markedLocally ?? (() => undefined)
    this.#nudgeSpacing = nudgeSpacing ?? limits.nudgeSpacing
    this.#lease = lease ?? 10_000
    this.#share = share ?? 40
    this.#random = random ?? Math.random
    this.#monotonic = monotonic ?? (() => performance.now())
    this.#finishing = new FinishBatch({
      finish: async (claims, now) => {
        const rows = await this.#query<{ fence: string; ready: boolean }>(table.finish, [...columnsOf(claims), now])
        if (rows.some(({ ready }) => ready)) this.#markedLocally()
        return new Set(rows.map(({ fence }) => Number(fence)))
      },
      stillHeld: async (claims) => this.#fences(table.stillHeld, columnsOf(claims)),
    })
  }

  async mark(tenantId: string, marks: readonly Mark[], timers: readonly Timer[], now: Instant): Promise<void> {
    const changes = table.changesOf(tenantId, marks, timers)
    if (changes.length === 0) return
    await this.#query(table.mark, table.markValues(changes, now))
    if (marks.length > 0) this.#markedLocally()
  }

  async claim(room: number, full: readonly string[], now: Instant): Promise<readonly Claim[]> {
    const first = await this.#claimAfter(this.#cursor, room, full, now)
    if (first.length >= room || this.#cursor === beforeAll) {
      this.#cursor = first.length >= room ? lastTenant(first) : beforeAll
      return first
    }
    const wrapped = await this.#claimAfter(beforeAll, room - first.length, full, now)
    this.#cursor = first.length + wrapped.length >= room ? lastTenant(wrapped) : beforeAll
    return [...first, ...wrapped]
  }

  async renew(claims: readonly Claim[], now: Instant): Promise<readonly number[]> {
    const since = this.#monotonic()
    const renewed = await this.#fences(table.renew, [...columnsOf(claims), plus(now, this.#lease)])
    for (const fence of renewed) this.#held.set(fence, since)
    const rest = claims.filter(({ fence }) => !renewed.has(fence))
    if (rest.length === 0) return []
    // Not renewed is not lost: the row may be locked by a transaction that marks it just now.
    const held = await this.#fences(table.stillHeld, columnsOf(rest))
    const lost = rest.map(({ fence }) => fence).filter((fence) => !held.has(fence))
    for (const fence of lost) this.#held.delete(fence)
    return lost
  }

  async finish(claims: readonly Claim[], now: Instant): Promise<void> {
    await Promise.all(
      claims.map(async (claim) => {
        await this.#finishing.add(claim, now)
        this.#held.delete(claim.fence)
      }),
    )
  }

  async fail(claim: Claim, { reason, retryAt, passing = false }: LookFailure, now: Instant): Promise<void> {
    const next = nextTry({ attempt: claim.attempt, passing, retryAt, now, random: this.#random() })
    const rows = await this.#query<{ ready: boolean }>(table.fail, [...columnsOf([claim]), next, reason, now])
    this.#held.delete(claim.fence)
    if (rows.some(({ ready }) => ready)) this.#markedLocally()
  }

  async tick(now: Instant): Promise<number> {
    const rows = await this.#query<{ claimable: number }>(table.tick, [
      now,
      this.#stillOurs(),
      backOffs,
      takenBackAtOnce,
    ])
    return rows[0]?.claimable ?? 0
  }

  async #claimAfter(cursor: string, room: number, full: readonly string[], now: Instant): Promise<Claim[]> {
    const leaseEnd = plus(now, this.#lease)
    const quietEnd = plus(now, this.#nudgeSpacing)
    const values = [cursor, room, full, this.#share, this.#owner, now, leaseEnd, quietEnd]
    const since = this.#monotonic()
    const rows = await this.#query<ClaimRow>(table.claim, values)
    const claims = rows.map((row) => ({ ...row, fence: Number(row.fence) }))
    for (const { fence } of claims) this.#held.set(fence, since)
    return claims
  }

  #stillOurs(): string[] {
    const now = this.#monotonic()
    for (const [fence, since] of this.#held) if (now - since >= this.#lease) this.#held.delete(fence)
    return Array.from(this.#held.keys(), String)
  }

  async #fences(statement: table.Statement, values: unknown[]): Promise<ReadonlySet<number>> {
    const rows = await this.#query<{ fence: string }>(statement, values)
    return new Set(rows.map(({ fence }) => Number(fence)))
  }

  async #query<Row extends object>({ name, text }: table.Statement, values: unknown[]): Promise<readonly Row[]> {
    return (await this.#pool.query<Row>({ name, text, values })).rows
  }
}

/** In seconds, by attempt; the last one is the cap. */
const backOffs = Array.from({ length: 12 }, (_, attempt) => backOff(attempt, true) / 1000)

function columnsOf(claims: readonly Claim[]): unknown[] {
  return [
    claims.map(({ tenantId }) => tenantId),
    claims.map(({ kind }) => kind),
    claims.map(({ key }) => key),
    claims.map(({ fence }) => String(fence)),
  ]
}

function lastTenant(claims: readonly Claim[]): string {
  return claims.reduce((last, { tenantId }) => (tenantId > last ? tenantId : last), beforeAll)
}
