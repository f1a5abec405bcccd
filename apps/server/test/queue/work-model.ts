import { backOff } from '../../src/queue/back-off.ts'

export type Why = 'nudge' | 'edit' | 'freed' | 'step'

interface Key {
  /** Instants, in seconds, at which each waiting mark is due; the earliest counts. */
  due: number[]
  nudged: boolean
  edited: boolean
  freed: boolean
  timer: number | null
  quietUntil: number
  retryAt: number | null
  attempt: number
  /** Seen by the clock: time passing alone does not make a key claimable, a tick does. */
  ready: boolean
  lease: { readonly until: number; readonly fence: number } | null
}

/**
 * What the queue promises, written down again from its rules and without SQL: one tenant, seconds for instants, retries at
 * half of their back-off.
 */
export class WorkModel {
  readonly keys = new Map<string, Key>()
  readonly #spacing: number
  readonly #lease: number

  constructor(spacing: number, lease: number) {
    this.#spacing = spacing
    this.#lease = lease
  }

  mark(name: string, why: Why, now: number): void {
    const key = this.#key(name)
    const edits = why === 'edit' || why === 'freed'
    if (key.lease && why === 'edit') key.edited = true
    if (key.lease && why === 'freed') key.freed = true
    if (key.retryAt !== null && !key.lease) {
      if (why === 'nudge') key.nudged = true
      if (!edits) {
        // A back-off is waited out, and the retry covers this mark.
        this.#touch(key, now)
        return
      }
      if (why === 'freed') {
        // Looked at at once; if that fails, the back-off goes on.
        key.retryAt = now
        this.#touch(key, now)
        return
      }
      key.retryAt = null
      key.attempt = 0
    }
    const waits = why === 'nudge' && key.quietUntil > now
    key.due.push(waits ? key.quietUntil : now)
    if (why === 'nudge') key.nudged = true
    this.#touch(key, now)
  }

  timer(name: string, at: number | null, now: number): void {
    if (at === null && !this.keys.has(name)) return
    const key = this.#key(name)
    key.timer = at
    this.#touch(key, now)
    this.#drop(name)
  }

  tick(now: number): void {
    for (const [name, key] of this.keys) {
      if (key.lease && key.lease.until < now) {
        key.lease = null
        key.attempt++
        key.retryAt = now
        key.due = []
        key.ready = true
      } else if (!key.lease && this.#dueAt(key) <= now) key.ready = true
      this.#drop(name, now)
    }
  }

  claimable(): string[] {
    return [...this.keys].filter(([, key]) => key.ready && !key.lease).map(([name]) => name)
  }

  claim(name: string, fence: number, now: number): number {
    const key = this.#key(name)
    if (key.timer !== null && key.timer <= now) key.timer = null
    if (key.nudged) key.quietUntil = now + this.#spacing
    Object.assign(key, { due: [], nudged: false, edited: false, freed: false, retryAt: null, ready: false })
    key.lease = { until: now + this.#lease, fence }
    return key.attempt
  }

  renew(name: string, fence: number, now: number): boolean {
    const key = this.keys.get(name)
    if (key?.lease?.fence !== fence) return false
    key.lease = { until: now + this.#lease, fence }
    return true
  }

  finish(name: string, fence: number, now: number): void {
    const key = this.keys.get(name)
    if (key?.lease?.fence !== fence) return
    Object.assign(key, { lease: null, attempt: 0, edited: false, freed: false })
    key.ready = this.#dueAt(key) <= now
    this.#drop(name, now)
  }

  fail(name: string, fence: number, now: number): void {
    const key = this.keys.get(name)
    if (key?.lease?.fence !== fence) return
    key.lease = null
    key.due = []
    key.retryAt = key.edited || key.freed ? now : now + backOff(key.attempt, false) / 2000
    key.attempt = key.edited ? 0 : key.attempt + 1
    if (key.edited) key.retryAt = null
    if (key.edited) key.due = [now]
    key.ready = key.edited || key.freed
    key.edited = false
    key.freed = false
  }

  /** Whatever changes a key also sees that its mark or its retry is due; a timer is left to the tick. */
  #touch(key: Key, now: number): void {
    if (!key.lease && (key.retryAt ?? Math.min(...key.due)) <= now) key.ready = true
  }

  #dueAt(key: Key): number {
    return key.retryAt ?? Math.min(...key.due, key.timer ?? Infinity)
  }

  /** A key with nothing to wait for is forgotten; a quiet time is remembered until a tick sees its end. */
  #drop(name: string, now = -Infinity): void {
    const key = this.keys.get(name)
    if (!key || key.lease || key.ready || this.#dueAt(key) < Infinity) return
    if (key.quietUntil === -Infinity || key.quietUntil <= now) this.keys.delete(name)
  }

  #key(name: string): Key {
    const found = this.keys.get(name)
    if (found) return found
    const fresh: Key = {
      due: [],
      nudged: false,
      edited: false,
      freed: false,
      timer: null,
      quietUntil: -Infinity,
      retryAt: null,
      attempt: 0,
      ready: false,
      lease: null,
    }
    this.keys.set(name, fresh)
    return fresh
  }
}
