import type { TransitionCause } from '../domain/code-transition.ts'
import type { Instant } from '../domain/instant.ts'

/**
 * What is looked at. The key is `connection:<id>` (fetch what changed), `fetch:<connection>/<ref>` (read one thing a
 * webhook pointed at), `booking:<id>` (grants and codes wanted), `device:<id>` (bring the keypad there),
 * `messages:<booking>` (tell the guest), `probe:<connection>` (health), `alarms:all` (tell the operator).
 */
export type WorkKind = 'connection' | 'fetch' | 'booking' | 'device' | 'messages' | 'probe' | 'alarms'

export interface WorkKey {
  readonly tenantId: string
  readonly kind: WorkKind
  readonly key: string
}

/** Puts a key into the set to look at. Marking twice is the same as marking once. */
export interface Mark {
  readonly kind: WorkKind
  readonly key: string
  /**
   * `nudge`: from outside; the first is looked at at once, further ones within the nudge spacing cost one more look.
   * `edit`: a person changed something; also ends a back-off. `freed`: what was in the way is gone, or there is news; looked at
   * once as well, and if that fails the back-off goes on. `step`: our own; waits out a back-off.
   */
  readonly why: 'nudge' | 'edit' | 'freed' | 'step'
  /** The nearest arrival this is about: nearer ones go first within a tenant. */
  readonly priority?: Instant
}

/** The one due time a key has besides its marks; setting it again moves it, `null` removes it. */
export interface Timer {
  readonly kind: WorkKind
  readonly key: string
  readonly at: Instant | null
}

/** A key that this process may look at, until it says it is done or loses the lease. */
export interface Look extends WorkKey {
  /** Failed looks since the last good one. */
  readonly attempt: number
  /** Grows with every claim of any key; a store refuses a save under an older one than it has seen. */
  readonly fence: number
  /** What the look was claimed for; the strongest of what came together. Absent: nobody can say. */
  readonly why?: Claim['why']
  /** Aborted when the lease is lost or the process stops. */
  readonly signal: AbortSignal
  /** It turned out to be about an arrival soon; its calls at vendors go first. */
  readonly near?: boolean
}

export interface Claim extends WorkKey {
  readonly attempt: number
  readonly fence: number
  readonly why?: Mark['why'] | 'timer'
}

/**
 * A keyed, coalescing set of work with one look per key at a time across processes. Every operation takes the instant,
 * so that a simulation owns time. Stores put marks and timers into their own transactions; `mark` is for callers that
 * have none.
 */
export interface WorkQueue {
  mark(tenantId: string, marks: readonly Mark[], timers: readonly Timer[], now: Instant): Promise<void>
  /** At most `room` due keys, fairly over tenants except those in `full`, nearest arrivals first within one. */
  claim(room: number, full: readonly string[], now: Instant): Promise<readonly Claim[]>
  /** Keeps the lease of these claims; resolves to the fences whose lease is lost. */
  renew(claims: readonly Claim[], now: Instant): Promise<readonly number[]>
  finish(claims: readonly Claim[], now: Instant): Promise<void>
  /** Backs off with jitter, or until `retryAt`, and never gives up: an outage may be long, and it ends. */
  fail(claim: Claim, failure: LookFailure, now: Instant): Promise<void>
  /** Makes due timers and expired leases claimable; resolves to 0 only when there is nothing to claim. */
  tick(now: Instant): Promise<number>
}

export interface LookFailure {
  /** Kept and shown: never a PIN, a name, a phone or a URL. */
  readonly reason: string
  readonly retryAt?: Instant
  /** It goes by itself, as an outage does: tried again at least every five minutes, else every hour. */
  readonly passing?: boolean
}

/** How a change that this look makes of a code is explained. */
export function causeOf({ kind, why }: Pick<Look, 'kind' | 'why'>): TransitionCause {
  switch (why) {
    case 'edit':
      return 'person'
    case 'nudge':
    case 'freed':
      return 'vendor'
    case 'timer':
      return kind === 'device' ? 'sweep' : 'timer'
    case 'step':
    case undefined:
      return 'booking'
  }
}
