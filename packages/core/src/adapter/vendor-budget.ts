import type { Rate } from './rate.ts'

/** What is used up of an account's budget. Survives JSON. Moments are milliseconds of the clock of whoever keeps it. */
export interface Budget {
  /** For each bucket, when it was or will be empty. */
  readonly empty: readonly number[]
  /** The vendor wants no request before. */
  readonly heldUntil: number
  /** Credits left, as far as is known, until they are whole again. */
  readonly left: number
  readonly wholeAt: number
  /** For each request under way, when it is no longer waited for: its process may have died. */
  readonly underWay: readonly number[]
  /** When somebody was last refused because enough requests were under way. */
  readonly crowdedAt: number
}

const longAgo = -1e15
export const untouched: Budget = {
  empty: [],
  heldUntil: longAgo,
  left: 0,
  wholeAt: longAgo,
  underWay: [],
  crowdedAt: longAgo,
}

/** How a rate is kept by somebody who may be late in using a turn. */
export interface Pace {
  readonly buckets: readonly { readonly interval: number; readonly burst: number }[]
  readonly credits: Rate['credits']
  readonly atOnce: number
  /** Requests under way are worth counting. */
  readonly counts: boolean
  /** A turn may be used until so many milliseconds after its moment. */
  readonly life: number
  /** A turn may be handed out so many milliseconds before its moment. */
  readonly ahead: number
}

/** Turns live at most so long, and at least as long as it takes to hear of them. Milliseconds. */
const longestLife = 1000
const shortestLife = 100

/**
 * The life of shared turns is paid for: used as late as they may be, they still keep the rule. A window becomes a bucket
 * that fits into it wherever it begins.
 */
export function paceOf(rate: Rate, shared: boolean): Pace {
  const { perSecond, burst, window, credits, atOnce = Infinity } = rate
  const interval = 1000 / perSecond
  const affordable = burst >= 2 ? ((burst - 1) / 2) * interval : interval / 4
  const life = Math.max(shortestLife, Math.min(longestLife, affordable, window ? window.per / 10 : Infinity))
  const late = shared ? life : 0
  const buckets = [
    burst >= 2 ? lateBucket(interval, burst, late) : { interval: interval + late, burst: 1 },
    ...(window ? [insideWindow(window, late)] : []),
  ]
  const counts = credits !== undefined || atOnce !== Infinity
  return { buckets, credits, atOnce, counts, life, ahead: late }
}

/** Too fast for turns that take their time on the way, a bucket is emptied more slowly. */
function lateBucket(interval: number, burst: number, late: number) {
  const slower = Math.max(interval, (2 * late) / (burst - 1))
  return { interval: slower, burst: burst - late / slower }
}

function insideWindow({ requests, per }: NonNullable<Rate['window']>, late: number) {
  if (requests < 2) return { interval: per + late, burst: 1 }
  const burst = Math.max(1, Math.floor(requests / 4))
  return { interval: (per + late) / (requests - burst), burst }
}

/** Turns that are asked for: by requests about an arrival soon, by others, and for whoever comes next. */
export interface Ask {
  readonly near: number
  readonly far: number
  readonly spare: number
}

export interface Grant {
  /** The moments of the turns, rising. */
  readonly turns: readonly number[]
  /** From when on one more would be granted. */
  readonly next: { readonly near: number; readonly far: number }
}

/** A quarter of a bucket and a fifth of the credits are left to requests about an arrival soon. */
const reservedBurst = 0.25
const reservedCredits = 0.2

/** A request that has not ended after this belongs to a dead process. */
const longestCall = 20_000

/** Requests under way end without a word to others, who ask again after this. */
export const askAgain = 200

export function grant(
  pace: Pace,
  budget: Budget,
  ask: Ask,
  at: number,
): { readonly budget: Budget; readonly answer: Grant } {
  let state = renewed(pace, budget, at)
  const turns: number[] = []
  const takeWhile = (count: number, near: boolean, until: number) => {
    for (let taken = 0; taken < count; taken++) {
      const moment = nextTurn(pace, state, near, at)
      if (moment > until) return
      turns.push(moment)
      state = used(pace, state, at)
    }
  }
  takeWhile(ask.near, true, at + pace.ahead)
  takeWhile(ask.far, false, at + pace.ahead)
  const crowded = pace.atOnce <= state.underWay.length && turns.length < ask.near + ask.far
  if (!pace.counts) takeWhile(Math.min(ask.spare, Math.floor(full(pace, state, at) / 2)), false, at)
  if (crowded) state = { ...state, crowdedAt: at }
  const next = {
    near: nextTurn(pace, state, true, at) - pace.ahead,
    far: nextTurn(pace, state, false, at) - pace.ahead,
  }
  return { budget: state, answer: { turns: turns.sort((a, b) => a - b), next } }
}

/** What an answer of the vendor said, as far as it said anything. */
export interface Said {
  /** Milliseconds for which no request is wanted. */
  readonly wait?: number
  /** Credits left. */
  readonly left?: number
  /** Milliseconds until they are whole again. */
  readonly resetsIn?: number
}

/** A request has ended. `crowded`: others wait for its place and should have it. */
export function ended(
  pace: Pace,
  budget: Budget,
  { wait = 0, left, resetsIn }: Said,
  at: number,
): { readonly budget: Budget; readonly answer: { readonly crowded: boolean } } {
  let state = renewed(pace, budget, at)
  const { cost = 0, per = 0 } = pace.credits ?? {}
  state = { ...state, underWay: state.underWay.slice(1) }
  if (left !== undefined && pace.credits) {
    // The vendor has not yet counted what is under way. Its word holds upwards, too: our own count is only a guess.
    const wholeAt = resetsIn === undefined ? Math.max(state.wholeAt, at) : at + resetsIn
    state = { ...state, left: left - cost * state.underWay.length, wholeAt: Math.min(wholeAt, at + per) }
  }
  if (wait > 0) {
    const heldUntil = Math.max(state.heldUntil, at + wait)
    state = { ...state, heldUntil, empty: pace.buckets.map((_, n) => Math.max(state.empty[n] ?? longAgo, heldUntil)) }
  }
  return { budget: state, answer: { crowded: at - state.crowdedAt < 2 * askAgain } }
}

/** Turns that nobody used after all. */
export function givenBack(
  pace: Pace,
  budget: Budget,
  turns: number,
  at: number,
): { readonly budget: Budget; readonly answer: undefined } {
  const state = renewed(pace, budget, at)
  const left = state.left + turns * (pace.credits?.cost ?? 0)
  return { budget: { ...state, left, underWay: state.underWay.slice(turns) }, answer: undefined }
}

/** What time alone has changed. */
function renewed({ credits }: Pace, budget: Budget, at: number): Budget {
  const underWay = budget.underWay.filter((until) => until > at)
  const whole = credits && at >= budget.wholeAt ? { left: credits.most, wholeAt: at + credits.per } : {}
  return { ...budget, ...whole, underWay }
}

/** When the next turn would be; not before `at`. */
function nextTurn({ buckets, credits, atOnce, ahead }: Pace, state: Budget, near: boolean, at: number): number {
  let moment = Math.max(at, state.heldUntil)
  for (const [n, { interval, burst }] of buckets.entries()) {
    const reserve = near ? 0 : Math.floor(reservedBurst * burst)
    moment = Math.max(moment, filling(state, n, burst * interval, at) + (1 + reserve) * interval)
  }
  if (credits) {
    const reserve = near ? 0 : Math.min(reservedCredits * credits.most, credits.most - credits.cost)
    if (state.left - credits.cost < reserve) moment = Math.max(moment, state.wholeAt + ahead)
  }
  if (state.underWay.length >= atOnce) moment = Math.max(moment, at + ahead + askAgain)
  return moment
}

/** Since when a bucket has been filling; it holds no more than its burst. */
function filling({ empty }: Budget, n: number, whole: number, at: number): number {
  return Math.max(empty[n] ?? longAgo, at - whole)
}

function used({ buckets, credits, counts }: Pace, state: Budget, at: number): Budget {
  return {
    ...state,
    empty: buckets.map(({ interval, burst }, n) => filling(state, n, burst * interval, at) + interval),
    left: state.left - (credits?.cost ?? 0),
    underWay: counts ? [...state.underWay, at + longestCall] : state.underWay,
  }
}

/** Turns that a far request could have at this moment. */
function full({ buckets }: Pace, state: Budget, at: number): number {
  const held = buckets.map(({ interval, burst }, n) => {
    const there = (at - filling(state, n, burst * interval, at)) / interval
    return there - Math.floor(reservedBurst * burst)
  })
  return Math.max(0, Math.min(...held))
}
