import { MemoryStore, type Options } from 'express-rate-limit'

/** So many within so many milliseconds, counted in this process. */
export interface Rate {
  readonly most: number
  readonly within: number
}

export interface Limit {
  /** Counts one. Resolves to whole seconds to wait when it was one too many. */
  take(key: string): Promise<number | undefined>
  stop(): void
}

export function createLimit({ most, within }: Rate): Limit {
  const store = new MemoryStore()
  store.init({ windowMs: within } as Options) // reads nothing else
  return {
    async take(key) {
      const { totalHits, resetTime } = await store.increment(key)
      if (totalHits <= most) return undefined
      return Math.max(1, Math.ceil(((resetTime?.getTime() ?? 0) - Date.now()) / 1000))
    },
    stop: () => store.shutdown(),
  }
}

export interface IntakeLimits {
  /** Per sender's network address. Vendors send for all their customers from a few. */
  readonly perClient: Rate
  /** Per connection's own address. Room for a storm, not for filling the disk. */
  readonly perAddress: Rate
}

export const intakeLimits: IntakeLimits = {
  perClient: { most: 60_000, within: 60_000 },
  perAddress: { most: 30_000, within: 60_000 },
}
