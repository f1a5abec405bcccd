import { type Claim, type Instant, latest } from '@stayward/core'

interface Waiting {
  readonly claim: Claim
  readonly now: Instant
  readonly done: () => void
  readonly failed: (error: unknown) => void
}

export interface FinishStatements {
  /** Resolves to the fences that are finished now. */
  finish(claims: readonly Claim[], now: Instant): Promise<ReadonlySet<number>>
  /** Resolves to the fences whose lease is still theirs. */
  stillHeld(claims: readonly Claim[]): Promise<ReadonlySet<number>>
}

const mostAtOnce = 500
const lockedAgain = 20

/**
 * Finishes looks that end at about the same time with one statement. A row that an open domain transaction has locked is
 * tried again a little later, and holds up nobody else's.
 */
export class FinishBatch {
  readonly #statements: FinishStatements
  #waiting: Waiting[] = []
  #running = false

  constructor(statements: FinishStatements) {
    this.#statements = statements
  }

  /** Resolves when the claim is finished, or when its lease is lost and there is nothing left to finish. */
  add(claim: Claim, now: Instant): Promise<void> {
    return new Promise((done, failed) => this.#enqueue([{ claim, now, done, failed }]))
  }

  #enqueue(more: readonly Waiting[]): void {
    this.#waiting.push(...more)
    if (this.#running) return
    this.#running = true
    setImmediate(() => void this.#run())
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, mostAtOnce)
      try {
        await this.#finish(batch)
      } catch (error) {
        for (const { failed } of batch) failed(error)
      }
    }
    this.#running = false
  }

  async #finish(batch: readonly Waiting[]): Promise<void> {
    const now = batch.map((waiting) => waiting.now).reduce((most, at) => latest(most, at))
    const finished = await this.#statements.finish(
      batch.map(({ claim }) => claim),
      now,
    )
    const rest = batch.filter(({ claim }) => !finished.has(claim.fence))
    const held = rest.length > 0 ? await this.#statements.stillHeld(rest.map(({ claim }) => claim)) : new Set()
    const locked = rest.filter(({ claim }) => held.has(claim.fence))
    if (locked.length > 0) setTimeout(() => this.#enqueue(locked), lockedAgain)
    for (const waiting of batch) if (!locked.includes(waiting)) waiting.done()
  }
}
