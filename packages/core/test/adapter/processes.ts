import { vi } from 'vitest'
import { type Rate } from '../../src/adapter/rate.ts'
import { type BudgetBook, createTurns, OutOfTurn, type Turns } from '../../src/adapter/turns.ts'
import { type Budget, type Said, untouched } from '../../src/adapter/vendor-budget.ts'

/** A book that several processes share, each access of which takes some time. */
export function sharedMemoryBook(dice: () => number, onChange: () => void, slowest = 20): () => BudgetBook {
  let kept: Budget = untouched
  const pause = () => new Promise<void>((done) => setTimeout(done, dice() * slowest))
  return () => ({
    now: () => performance.now(),
    change: async (decide) => {
      onChange()
      await pause()
      // Through JSON, as a database keeps it.
      const { budget, answer } = decide(JSON.parse(JSON.stringify(kept)) as Budget, performance.now())
      kept = budget
      await pause()
      return answer
    },
  })
}

/** Repeatable numbers from 0 to below 1. */
export function diceOf(seed: number): () => number {
  let state = (seed ^ 0x9e3779b9) >>> 0 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

export interface Asked {
  readonly process: number
  readonly near: boolean
  readonly since: number
  /** When it left, milliseconds. */
  readonly at: number
  endedAt: number
}

export interface World {
  readonly rate: Rate
  readonly asked: Asked[]
  readonly refused: { readonly process: number; readonly wait: number }[]
  readonly processes: readonly Process[]
  /** How often the book was asked. */
  changes(): number
}

export interface Process {
  readonly turns: Turns
  dead: boolean
  /** One request that takes `lasts` milliseconds; what the vendor says comes from `answer`. */
  request(options?: { near?: boolean; lasts?: number; patience?: number }): Promise<void>
}

/** Several processes of a hub in front of one vendor account, in virtual time. */
export function worldOf(
  rate: Rate,
  { seed, count = 3, answer = () => ({}) }: { seed: number; count?: number; answer?: () => Said },
): World {
  const dice = diceOf(seed)
  let changes = 0
  const bookOf = sharedMemoryBook(dice, () => changes++)
  const asked: Asked[] = []
  const refused: World['refused'] = []
  const processes = Array.from({ length: count }, (_, number): Process => {
    const turns = createTurns({ rate, book: bookOf(), spread: dice })
    const self: Process = {
      turns,
      dead: false,
      request: async ({ near = false, lasts = 0, patience = 10_000 } = {}) => {
        const since = performance.now()
        try {
          await turns.take(new AbortController().signal, patience, near)
        } catch (error) {
          if (!(error instanceof OutOfTurn)) throw error
          refused.push({ process: number, wait: error.wait })
          return
        }
        if (self.dead) return
        const one: Asked = { process: number, near, since, at: performance.now(), endedAt: Infinity }
        asked.push(one)
        const said = answer()
        if (lasts > 0) await new Promise<void>((done) => setTimeout(done, lasts))
        one.endedAt = performance.now()
        if (!self.dead) await turns.ended(said)
      },
    }
    return self
  })
  return { rate, asked, refused, processes, changes: () => changes }
}

/** Runs `story` in virtual time until it is over. */
export async function inVirtualTime(story: () => Promise<void>): Promise<void> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  try {
    let over = false
    const end = story().finally(() => (over = true))
    end.catch(() => undefined) // thrown below, once time stands still
    while (!over) await vi.advanceTimersByTimeAsync(250)
    await end
  } finally {
    vi.useRealTimers()
  }
}

export const after = (milliseconds: number) => new Promise<void>((done) => setTimeout(done, milliseconds))

/** Whether a bucket of this size would have let all of them through. */
export function overflows(moments: readonly number[], { perSecond, burst }: Rate): boolean {
  let level = burst
  let last = -Infinity
  for (const at of moments) {
    level = Math.min(burst, level + ((at - last) * perSecond) / 1000) - 1
    if (level < -1e-6) return true
    last = at
  }
  return false
}

/** The most requests in any stretch of `per` milliseconds. */
export function mostWithin(moments: readonly number[], per: number): number {
  let first = 0
  let most = 0
  for (const [n, at] of moments.entries()) {
    while (at - (moments[first] ?? at) >= per) first++
    most = Math.max(most, n - first + 1)
  }
  return most
}
