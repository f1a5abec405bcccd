import { type Claim, type Look, LeaseLost } from '@stayward/core'

/** Two clocks in ms: one that never jumps and stands still while the machine sleeps, and the one on the wall. */
export interface Moment {
  readonly monotonic: number
  readonly wall: number
}

/** A look under way, and whether its key is still ours. */
export class RunningLook {
  readonly claim: Claim
  readonly look: Look
  readonly #controller = new AbortController()
  readonly #lease: number
  readonly #now: () => Moment
  #renewed: Moment
  #taken = false

  /** `since`: a moment before the claim was asked for. */
  constructor(claim: Claim, since: Moment, lease: number, now: () => Moment) {
    this.claim = claim
    this.#renewed = since
    this.#lease = lease
    this.#now = now
    this.look = { ...claim, signal: this.#attentiveSignal() }
  }

  /** False from the moment another process may have taken the key; then the look is aborted as well. */
  isOurs(): boolean {
    const now = this.#now()
    const expired =
      now.monotonic - this.#renewed.monotonic >= this.#lease || now.wall - this.#renewed.wall >= this.#lease
    if (!this.#taken && expired) this.taken()
    return !this.#taken
  }

  /** `since`: a moment before the renewal was asked for. */
  renewed(since: Moment): void {
    this.#renewed = since
  }

  taken(): void {
    this.#taken = true
    this.#controller.abort(new LeaseLost('The lease of this look has run out; another process may have the key.'))
  }

  /** The process stops; the key stays ours until it is put back. */
  interrupt(): void {
    this.#controller.abort(new Error('Stayward is stopping.'))
  }

  /**
   * An abort signal that notices by itself that the lease has run out, whenever somebody asks it: a process that was
   * frozen goes on in the middle of a look, before any timer could tell it. `fetch` asks before it sends.
   */
  #attentiveSignal(): AbortSignal {
    const { signal } = this.#controller
    const aborted = () => Reflect.get(AbortSignal.prototype, 'aborted', signal) || !this.isOurs()
    return Object.defineProperties(signal, {
      aborted: { get: aborted },
      throwIfAborted: {
        value: () => {
          if (aborted()) throw signal.reason
        },
      },
    })
  }
}
