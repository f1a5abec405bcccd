import type { Rate } from './rate.ts'
import {
  askAgain,
  type Ask,
  type Budget,
  ended,
  givenBack,
  grant,
  paceOf,
  type Said,
  untouched,
} from './vendor-budget.ts'

/** A vendor account's budget of requests. */
export interface Turns {
  /**
   * Resolves when the next request may leave; those about an arrival soon (`near`) leave first. Throws `OutOfTurn` when
   * that is more than `patience` milliseconds away. Each turn taken is given back by `ended`.
   */
  take(signal: AbortSignal, patience: number, near?: boolean): Promise<void>
  /** A request has ended, with or without an answer, and this is what the vendor said of its limits. Never rejects. */
  ended(said: Said): Promise<void>
}

/** The vendor's budget is used up for longer than a call may take: nothing was sent. */
export class OutOfTurn extends Error {
  override name = 'OutOfTurn'
  /** Milliseconds until it would have been this call's turn. */
  readonly wait: number
  constructor(wait: number) {
    super(`the next turn is in ${Math.ceil(wait / 1000)} s`)
    this.wait = wait
  }
}

/** Where the budget of one account is kept. */
export interface BudgetBook {
  /** Milliseconds of the clock that its moments are of, as well as it is known here. */
  now(): number
  /** Changes the budget in one step: nobody else changes it meanwhile. May decide more than once. */
  change<Answer>(
    decide: (budget: Budget, at: number) => { readonly budget: Budget; readonly answer: Answer },
  ): Promise<Answer>
}

export interface TurnsOptions {
  readonly rate: Rate
  readonly book: BudgetBook
  /** 0 ≤ n < 1. Given when others use the same book: they spread what they ask of it. */
  readonly spread?: () => number
  /** Waits of the book's clock; those of this machine when absent. */
  readonly delay?: Delay
}

/** Calls back after so many milliseconds. Returns what calls it off. */
export type Delay = (milliseconds: number, done: () => void) => () => void

const machineDelay: Delay = (milliseconds, done) => {
  const timer = setTimeout(done, milliseconds)
  return () => clearTimeout(timer)
}

interface Waiting {
  readonly near: boolean
  readonly since: number
  readonly deadline: number
  readonly granted: () => void
  readonly failed: (error: Error) => void
}

/** Who has waited so long takes turns with those whose arrival is soon, so that nobody waits for ever. Milliseconds. */
const waitedEnough = 2000

/** What the book said is believed for so long: others may have changed it. Milliseconds. */
const believed = 2000

/**
 * Requests that wait in one process ask the book together, and for a few turns more while they keep coming: a slice of
 * the budget that serves without asking until it expires.
 */
export function createTurns({ rate, book, spread, delay = machineDelay }: TurnsOptions): Turns {
  const pace = paceOf(rate, spread !== undefined)
  const waiting: Waiting[] = []
  let turns: number[] = []
  let unused = 0
  let next = { near: -Infinity, far: -Infinity, knownAt: -Infinity }
  let underWay = 0
  let lately: number[] = []
  let nearWasLast = false
  let heldUntil = -Infinity
  let running = false
  let wake = () => {}

  const urgent = (one: Waiting, now: number) => one.near || now - one.since > waitedEnough
  const best = (now: number): Waiting | undefined => {
    const old = waiting.find((one) => !one.near && now - one.since > waitedEnough)
    const near = waiting.find((one) => one.near)
    return (nearWasLast ? (old ?? near) : (near ?? old)) ?? waiting[0]
  }
  const leave = (one: Waiting) => {
    const at = waiting.indexOf(one)
    if (at >= 0) waiting.splice(at, 1)
  }

  const hand = (now: number) => {
    const good = now < heldUntil ? [] : turns.filter((moment) => now - moment <= pace.life)
    unused += turns.length - good.length
    turns = good
    while ((turns[0] ?? Infinity) <= now) {
      const one = best(now)
      if (!one) return
      turns.shift()
      leave(one)
      nearWasLast = one.near
      lately.push(now)
      underWay += 1
      one.granted()
    }
  }
  const giveUp = (now: number) => {
    let ahead = 0
    for (const one of [...waiting].sort((a, b) => Number(urgent(b, now)) - Number(urgent(a, now)))) {
      const moment = Math.max(now, urgent(one, now) ? next.near : next.far) + ahead
      if (moment > one.deadline) {
        leave(one)
        one.failed(new OutOfTurn(Math.max(1, moment - now)))
      } else ahead += pace.buckets[0]?.interval ?? 0
    }
  }
  const ask = async (now: number) => {
    lately = lately.filter((moment) => now - moment < pace.life)
    const near = waiting.filter((one) => urgent(one, now)).length
    const wanted: Ask = { near, far: waiting.length - near, spare: spread ? lately.length : 0 }
    const got = await book.change((budget, at) => grant(pace, budget, wanted, at))
    turns.push(...got.turns)
    const late = (spread?.() ?? 0) * Math.min(pace.buckets[0]?.interval ?? 0, 100)
    next = { near: got.next.near + late, far: got.next.far + late, knownAt: book.now() }
  }
  /** What is counted until it ends would be missing for as long as a request may last. */
  const giveBack = async () => {
    const count = unused
    unused = 0
    await book.change((budget, at) => givenBack(pace, budget, count, at))
  }
  /** When there will be something to ask for, or to give up. */
  const nextLook = (now: number): number => {
    const soonest = Math.min(...waiting.map((one) => (urgent(one, now) ? next.near : next.far)))
    const promoted = Math.min(...waiting.map(({ since }) => since + waitedEnough + 1).filter((at) => at > now))
    return Math.min(soonest, promoted, next.knownAt + believed, firstDeadline())
  }
  const firstDeadline = () => Math.min(...waiting.map(({ deadline }) => deadline + 1))

  const serve = async () => {
    for (;;) {
      const now = book.now()
      hand(now)
      if (pace.counts && waiting.length === 0) {
        unused += turns.length
        turns = []
      }
      if (pace.counts && unused > 0) {
        await giveBack()
        continue
      }
      if (waiting.length === 0) {
        running = false // in the same step: who comes next begins anew
        return
      }
      const [turn] = turns
      if (turn !== undefined) {
        await sleep(turn - now)
        continue
      }
      const look = underWay < pace.atOnce ? nextLook(now) : firstDeadline()
      if (look <= now && underWay < pace.atOnce) await ask(now)
      if (turns.length === 0) giveUp(book.now())
      if (look > now && waiting.length > 0) await sleep(look - now)
    }
  }
  const sleep = (milliseconds: number) =>
    new Promise<void>((done) => {
      const callOff = delay(Math.max(1, Math.ceil(milliseconds)), done)
      wake = () => {
        callOff()
        done()
      }
    })
  const run = async () => {
    if (running) return wake()
    running = true
    try {
      await serve()
    } catch (error) {
      running = false
      const failure = error instanceof Error ? error : new Error(String(error))
      for (const one of waiting.splice(0)) one.failed(failure)
    }
  }

  return {
    take: async (signal, patience, near = false) => {
      signal.throwIfAborted()
      await new Promise<void>((done, failed) => {
        const since = book.now()
        const abort = () => {
          leave(one)
          wake()
          failed(signal.reason as Error) // AbortSignal's reason is an Error wherever we abort
        }
        const end = () => signal.removeEventListener('abort', abort)
        const one: Waiting = {
          near,
          since,
          deadline: since + patience,
          granted: () => (end(), done()),
          failed: (error) => (end(), failed(error)),
        }
        signal.addEventListener('abort', abort, { once: true })
        waiting.push(one)
        void run()
      })
    },
    ended: async (said) => {
      if (said.wait) {
        heldUntil = Math.max(heldUntil, book.now() + said.wait)
        next = { near: heldUntil, far: heldUntil, knownAt: book.now() }
      }
      try {
        if (pace.counts || said.wait) {
          const { crowded } = await book.change((budget, at) => ended(pace, budget, said, at))
          const later = book.now() + (crowded ? askAgain : 0)
          if (!said.wait) next = { near: later, far: later, knownAt: book.now() }
        }
      } catch {
        // What could not be written down expires by itself, and the vendor says it again at the next request.
      }
      underWay -= 1
      wake()
    },
  }
}

/** A book of this process alone, on the monotonic clock unless another is given. */
export function ownBook(now: () => number = () => performance.now()): BudgetBook {
  let kept = untouched
  return {
    now,
    change: async (decide) => {
      const { budget, answer } = decide(kept, now())
      kept = budget
      return answer
    },
  }
}
