import { AsyncLocalStorage } from 'node:async_hooks'
import { AdapterError, type Call, type Delay, type FailureCode } from '@stayward/core'
import type { CallRecord, Operation, OutcomeClass, Process, Random, Schedule, Weather } from '@stayward/core/testing'
import { classesOf, faultyFetch, outcomes } from '@stayward/core/testing'
import { type Meeting, meetingOf } from './meeting.ts'

/** A call of a port that is under way, whatever requests the adapter makes of it. */
interface Under {
  readonly where: string
  readonly operation: string
  readonly process: Process
  readonly life: number
  readonly startedAt: number
  readonly lease: Call['signal']
  readonly controller: AbortController
  /** Requests of it that wait for time. */
  asleep: number
  /** The worst that a request of it met. */
  outcome: OutcomeClass
}

export interface BorderKit {
  readonly schedule: Schedule
  readonly weather: Weather
  readonly random: Random
  /** Whoever answers there. */
  readonly answer: (where: string, request: Request) => Promise<Response>
  /** The one thing a call is about, in the plot's names. */
  readonly aboutOf: (asked: {
    readonly where: string
    readonly operation: string
    readonly args: readonly unknown[]
  }) => string
}

/** Turns of the event loop without a stir after which nothing goes on by itself any more. */
const stillFor = 6
/** A fake that has not answered by then will not: a mail server may wait for more of a letter. */
const silentFor = 200

/**
 * Between the hubs and the fakes. Adapters run as they are: what waits for the vendor waits for simulated time, and each of
 * their requests may meet a fault of HTTP.
 */
export class Border {
  readonly #kit: BorderKit
  readonly #current = new AsyncLocalStorage<Under>()
  readonly #under = new Set<Under>()
  readonly #shown = new Map<string, { readonly at: number; readonly response: Response }[]>()
  /** Grows with everything that goes on here. */
  stirs = 0
  #answering = 0

  constructor(kit: BorderKit) {
    this.#kit = kit
  }

  /** The provider as this process reaches it. */
  guard<Provider extends object>(where: string, process: Process, provider: Provider): Provider {
    return new Proxy(provider, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name)
        if (typeof member !== 'function' || typeof name !== 'string') return member
        return async (...args: readonly unknown[]) =>
          await this.#perform({ where, operation: name, process }, args, async (given) => {
            return await (Reflect.apply(member, target, [...given]) as Promise<unknown>) // every method of a port is one
          })
      },
    })
  }

  /** Resolves when every call under way waits for time, or for another that does. */
  async settle(): Promise<void> {
    let still = 0
    while (still < (this.#answering > 0 ? silentFor : this.#isAsleep() ? 1 : stillFor)) {
      const before = this.stirs
      await new Promise((turn) => setImmediate(turn))
      still = this.stirs === before ? still + 1 : 0
    }
  }

  /** A call that has been under way for so long, milliseconds, although its process lives. */
  stuck(since: number): string | undefined {
    const { schedule } = this.#kit
    for (const { where, operation, process, life, startedAt } of this.#under)
      if (process.life === life && startedAt < schedule.now - since) return `${operation} at ${where}`
    return undefined
  }

  /** Waits of the vendors' budgets. */
  readonly delay: Delay = (milliseconds, done) => {
    const { schedule } = this.#kit
    const planned = schedule.at(schedule.now + milliseconds, () => {
      this.stirs += 1
      done()
    })
    return () => schedule.callOff(planned)
  }

  /** The only way to the fakes. */
  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    const under = this.#current.getStore()
    if (!under) throw new TypeError('a request that belongs to no call of a port')
    const request = new Request(input, init)
    const { weather, random } = this.#kit
    const { as, age } = isOperation(under.operation)
      ? weather.classOf(under.where, under.operation)
      : { as: 'ok' as const }
    const meeting = meetingOf(as, random)
    if (as !== 'ok') under.outcome = as
    const [least, most] = meeting.takes
    const takes = random.from(least, most)
    await this.#sleep(under, takes / 2, request.signal)
    request.signal.throwIfAborted()
    const settled = await this.#met(under, request, meeting, age ?? 0)
    await this.#sleep(under, takes / 2, request.signal)
    request.signal.throwIfAborted()
    if ('error' in settled) throw settled.error
    return settled.response
  }

  async #met({ where }: Under, request: Request, { fault, isStale }: Meeting, age: number) {
    const { schedule, answer } = this.#kit
    this.#answering += 1
    try {
      const old = isStale ? this.#seen(`${where} ${request.url}`, schedule.now - age) : undefined
      if (old) return { response: old }
      const wire = faultyFetch(
        async (asked) => {
          const response = await answer(where, asked as Request) // faultyFetch hands on the request it has made
          if (request.method === 'GET') this.#remember(`${where} ${request.url}`, response)
          return response
        },
        { now: () => schedule.instant() },
      )
      if (fault) wire.failNext(fault)
      return { response: await Promise.race([wire.fetch(request), givenUp(request.signal)]) }
    } catch (error) {
      return { error }
    } finally {
      this.#answering -= 1
      this.stirs += 1
    }
  }

  #remember(name: string, response: Response): void {
    const { now } = this.#kit.schedule
    this.#shown.set(name, [...(this.#shown.get(name) ?? []).slice(-5), { at: now, response: response.clone() }])
  }

  /** What was answered here a while ago. */
  #seen(name: string, at: number): Response | undefined {
    return this.#shown
      .get(name)
      ?.find((one) => one.at >= at)
      ?.response.clone()
  }

  async #perform(
    { where, operation, process }: Pick<Under, 'where' | 'operation' | 'process'>,
    args: readonly unknown[],
    run: (args: readonly unknown[]) => Promise<unknown>,
  ): Promise<unknown> {
    const { schedule, weather, aboutOf } = this.#kit
    const call = args.at(-1) as Call // every operation's last argument
    const died = process.cross()
    if (died) return await died
    const controller = new AbortController()
    const { life } = process
    const startedAt = schedule.now
    const under: Under = {
      where,
      operation,
      process,
      life,
      startedAt,
      lease: call.signal,
      controller,
      asleep: 0,
      outcome: 'ok',
    }
    const about = aboutOf({ where, operation, args })
    if (isOperation(operation)) weather.watcher?.started({ where, operation, about, call }, process)
    this.#under.add(under)
    this.stirs += 1
    const work = this.#current.run(under, () => run([...args.slice(0, -1), { ...call, signal: controller.signal }]))
    const ended = work.finally(() => {
      this.#under.delete(under)
      this.stirs += 1
    })
    let answer: unknown
    let failure: unknown
    try {
      answer = await schedule.outside(ended, process)
    } catch (error) {
      failure = error
    }
    if (isOperation(operation)) {
      const { outcome, ambiguous } = toldOf(under.outcome, answer, failure)
      const { retryAt } = AdapterError.is(failure) ? failure : {}
      const refusal = { isRefused: failure !== undefined, ...(retryAt === undefined ? {} : { retryAt }) }
      weather.watcher?.ended({ where, operation, outcome, about, startedAt, ambiguous, call, ...refusal }, process)
    }
    const dies = process.cross()
    if (dies) return await dies
    return failure === undefined ? answer : await ended
  }

  /** Ends early when the request is given up. */
  #sleep(under: Under, milliseconds: number, signal: AbortSignal): Promise<void> {
    const { schedule } = this.#kit
    const { process, life, lease, controller } = under
    under.asleep += 1
    return new Promise((resume) => {
      let isAwake = false
      const wake = () => {
        if (isAwake || process.life !== life) return
        if (process.frozenUntil > schedule.now) {
          schedule.at(process.frozenUntil, wake)
          return
        }
        isAwake = true
        signal.removeEventListener('abort', cut)
        under.asleep -= 1
        this.stirs += 1
        abortLost(lease, controller)
        resume()
      }
      const planned = schedule.atPort(schedule.now + Math.ceil(milliseconds), wake)
      const cut = () => {
        schedule.callOff(planned)
        wake()
      }
      signal.addEventListener('abort', cut, { once: true })
    })
  }

  #isAsleep(): boolean {
    for (const { asleep, process, life } of this.#under) if (process.life === life && asleep === 0) return false
    return true
  }
}

function givenUp(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = () => reject(signal.reason as Error) // whoever aborts gives an Error
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
  })
}

/** What the caller heard: a fake may refuse by itself, and an adapter may make good what a request met. */
function toldOf(met: OutcomeClass, answer: unknown, failure: unknown): Pick<CallRecord, 'outcome' | 'ambiguous'> {
  if (AdapterError.is(failure)) {
    const ambiguous = failure.code === 'outcome-unknown'
    return { outcome: ambiguous || outcomes[met].says !== 'value' ? met : heardAs[failure.code], ambiguous }
  }
  const isRefused = typeof answer === 'object' && answer !== null && 'status' in answer && answer.status === 'refused'
  return { outcome: isRefused ? 'refused-conflict' : met, ambiguous: false }
}

const heardAs: Readonly<Record<FailureCode, OutcomeClass>> = {
  auth: 'unauthorized',
  'rate-limited': 'busy',
  unreachable: 'tls',
  'device-offline': 'offline-said',
  gone: 'refused-unknown-target',
  refused: 'refused-format',
  'bad-response': 'html',
  'outcome-unknown': 'error-after',
}

/** A look that has lost its key is noticed where its hub would notice: when it wakes. */
function abortLost(lease: Call['signal'], controller: AbortController): void {
  try {
    lease.throwIfAborted()
  } catch (reason) {
    controller.abort(reason)
  }
}

function isOperation(name: string): name is Operation {
  return Object.hasOwn(classesOf, name)
}
