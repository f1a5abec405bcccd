import { type Instant, instantOf } from '../../domain/instant.ts'

export interface Planned {
  readonly at: number
  readonly order: number
  /** Something reaches a port: an answer, an effect, a webhook. */
  readonly atPort?: true
  /** Absent once it is called off. */
  run?: () => void
}

/** A process whose looks wait here: while it is frozen nothing of it goes on, and nothing ever does of a dead one. */
export interface Sleeper {
  /** Grows with every death; what an earlier life waits for never comes. */
  readonly life: number
  /** Milliseconds since 1970; in the past when it is awake. */
  readonly frozenUntil: number
}

/** A hub process, as whatever it reaches knows it. */
export interface Process extends Sleeper {
  /** Called where something leaves or enters the process: resolves never in a life that ends here. */
  cross(): Promise<never> | undefined
}

/**
 * Virtual time in milliseconds since 1970, and what is to happen when. Time moves only when everything that runs has come
 * to wait; equal plans give equal orders of events.
 */
export class Schedule {
  now: number
  /** Things that happened so far. */
  events = 0
  #heap: Planned[] = []
  #order = 0
  #running = 0
  #quiet: (() => void) | undefined
  #text: Instant
  #textAt: number
  #end = Number.POSITIVE_INFINITY
  #ports = 0
  readonly #swaps = new Set<number>()
  /** Numbers of events at ports that another one soon follows; filled when it is there. */
  followed: number[] | undefined

  constructor(start: number) {
    this.now = start
    this.#textAt = start
    this.#text = instantOf(start)
  }

  /** The present as hubs see it. */
  instant(): Instant {
    if (this.#textAt !== this.now) {
      this.#textAt = this.now
      this.#text = instantOf(this.now)
    }
    return this.#text
  }

  at(at: number, run: () => void): Planned {
    return this.#plan({ at: Math.max(at, this.now), order: (this.#order += 1), run })
  }

  /** As `at`, for what may be swapped with its neighbour at a port. */
  atPort(at: number, run: () => void): Planned {
    return this.#plan({ at: Math.max(at, this.now), order: (this.#order += 1), run, atPort: true })
  }

  /** The so-manieth event at a port waits until the next one is over, if one comes within a minute. */
  swap(event: number): void {
    this.#swaps.add(event)
  }

  /** It does not happen, and counts as nothing. */
  callOff(planned: Planned): void {
    delete planned.run
  }

  /** Begins something that runs on its own, and waits through `pause`. */
  begin(work: () => Promise<void>): void {
    this.#running += 1
    void this.#run(work)
  }

  /** Lets `milliseconds` pass for whoever awaits it. When nothing else is to happen before, time just moves on. */
  pause(milliseconds: number, sleeper: Sleeper): Promise<void> {
    const until = this.now + milliseconds
    const next = this.#next()
    const isAlone = this.#running === 1 && until <= this.#end && (next === undefined || next.at > until)
    if (isAlone && !this.#swaps.has(this.#ports + 1)) {
      this.now = until
      this.events += 1
      this.#reachPort()
      return done
    }
    return new Promise((resume) => {
      this.atPort(until, this.#waker(sleeper, resume))
      this.#rest()
    })
  }

  /**
   * Waits for work that keeps to this time by itself (`at`) and may also wait for other such work. Whoever runs it lets time
   * move only when none of it can go on.
   */
  async outside<Answer>(work: Promise<Answer>, sleeper: Sleeper): Promise<Answer> {
    await new Promise<void>((resume) => {
      const wake = this.#waker(sleeper, resume)
      void work.then(wake, wake)
      this.#rest()
    })
    return await work
  }

  #waker(sleeper: Sleeper, resume: () => void): () => void {
    const { life } = sleeper
    const wake = () => {
      if (sleeper.life !== life) return
      if (sleeper.frozenUntil > this.now) {
        this.at(sleeper.frozenUntil, wake)
        return
      }
      this.#running += 1
      resume()
    }
    return wake
  }

  /** The rest of a life that has just ended: never goes on. */
  never(): Promise<never> {
    this.#rest()
    return new Promise(() => {})
  }

  /** Lets everything happen until `end`; `between` runs whenever all has come to rest, before time moves on. */
  async runUntil(end: number, between: () => Promise<number | undefined>): Promise<void> {
    this.#end = end
    for (;;) {
      await this.#whenQuiet()
      const due = await between()
      await this.#whenQuiet()
      const next = this.#next()
      const at = Math.min(next?.at ?? Number.POSITIVE_INFINITY, due ?? Number.POSITIVE_INFINITY)
      if (at > end) break
      this.now = Math.max(this.now, at)
      this.events += 1
      if (next !== undefined && next.at <= this.now) this.#happen()
    }
    this.now = end
  }

  #plan(planned: Planned): Planned {
    push(this.#heap, planned)
    return planned
  }

  #happen(): void {
    const planned = pop(this.#heap)
    const later = planned?.atPort ? this.#reachPort() : undefined
    if (planned?.run && later) this.#plan({ ...planned, at: later.at, order: (this.#order += 1) })
    else planned?.run?.()
  }

  /** Counts an event at a port; answers the one that is to come before it. */
  #reachPort(): Planned | undefined {
    this.#ports += 1
    if (this.followed === undefined && this.#swaps.size === 0) return undefined
    const soon = this.now + 60_000
    let follower: Planned | undefined
    for (const one of this.#heap)
      if (one.atPort && one.run && one.at <= soon && (!follower || before(one, follower))) follower = one
    if (follower) this.followed?.push(this.#ports)
    return this.#swaps.delete(this.#ports) ? follower : undefined
  }

  #next(): Planned | undefined {
    while (this.#heap[0] !== undefined && this.#heap[0].run === undefined) pop(this.#heap)
    return this.#heap[0]
  }

  async #run(work: () => Promise<void>): Promise<void> {
    await work()
    this.#rest()
  }

  #rest(): void {
    this.#running -= 1
    if (this.#running === 0) {
      const quiet = this.#quiet
      this.#quiet = undefined
      quiet?.()
    }
  }

  async #whenQuiet(): Promise<void> {
    while (this.#running > 0)
      await new Promise<void>((resolve) => {
        this.#quiet = resolve
      })
  }
}

const done = Promise.resolve()

const before = (a: Planned, b: Planned) => a.at < b.at || (a.at === b.at && a.order < b.order)

function push(heap: Planned[], planned: Planned): void {
  let index = heap.push(planned) - 1
  while (index > 0) {
    const parent = (index - 1) >> 1
    const above = heap[parent]
    if (above === undefined || !before(planned, above)) break
    heap[index] = above
    index = parent
  }
  heap[index] = planned
}

function pop(heap: Planned[]): Planned | undefined {
  const [top] = heap
  const last = heap.pop()
  if (last === undefined || last === top) return top
  let index = 0
  for (;;) {
    let child = index * 2 + 1
    let least = heap[child]
    if (least === undefined) break
    const right = heap[child + 1]
    if (right !== undefined && before(right, least)) {
      child += 1
      least = right
    }
    if (!before(least, last)) break
    heap[index] = least
    index = child
  }
  heap[index] = last
  return top
}
