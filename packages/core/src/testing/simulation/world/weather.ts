import { codeOf, isAmbiguous, outcomes, type Operation, type Outcome, type OutcomeClass } from '../outcomes.ts'
import { minute, type Scene } from '../plot.ts'
import type { Random } from '../random.ts'
import type { Process, Schedule } from '../schedule.ts'
import { AdapterError } from '../../../ports/adapter-error.ts'
import type { Call } from '../../../ports/call.ts'
import { type Instant, plus } from '../../../domain/instant.ts'

type Window = Extract<Scene, { do: 'weather' }> & { left: number; passing: number }

export const snapshotAge = 5 * minute

const fine = { as: 'ok' } as const

/** One call that left a hub, and what truly became of it. */
export interface CallRecord {
  readonly where: string
  readonly operation: Operation
  readonly outcome: OutcomeClass
  /** The one thing it is about: a message's key, a device and mark. */
  readonly about: string
  readonly startedAt: number
  readonly ambiguous: boolean
  /** It ends with an error … */
  readonly isRefused: boolean
  /** … that says when to come again. */
  readonly retryAt?: Instant
  readonly call: Call
}

export interface CallWatcher {
  /** Asked before a call leaves: may refuse it, by a violation. */
  started(started: Pick<CallRecord, 'where' | 'operation' | 'about' | 'call'>, process: Process): void
  ended(record: CallRecord, process: Process): void
}

/** Between hubs and vendors: which of the many things that can happen to a call happens to this one. */
export class Weather {
  readonly #schedule: Schedule
  readonly #random: Random
  readonly #windows: Window[] = []
  watcher: CallWatcher | undefined

  constructor(schedule: Schedule, random: Random) {
    this.#schedule = schedule
    this.#random = random
  }

  begin(scene: Extract<Scene, { do: 'weather' }>): void {
    this.#windows.push({ ...scene, left: scene.times ?? Number.POSITIVE_INFINITY, passing: scene.skip ?? 0 })
  }

  /** What happens to the next call of this kind; it counts as made. */
  classOf(where: string, operation: Operation): Pick<Window, 'as' | 'age'> {
    if (this.#windows.length === 0) return fine
    const { now } = this.#schedule
    for (const [index, window] of this.#windows.entries()) {
      if (window.until <= now || window.left <= 0) {
        this.#windows.splice(index, 1)
        return this.classOf(where, operation)
      }
      if (window.where !== where || (window.call !== undefined && window.call !== operation)) continue
      if (window.share < 1 && !this.#random.chance(window.share)) continue
      if (window.passing > 0) {
        window.passing -= 1
        continue
      }
      window.left -= 1
      return window
    }
    return fine
  }

  /** Takes a call to the vendor and back. `effect` happens there, `answer` is what the vendor says if it says anything. */
  async perform<Answer>(
    process: Process,
    { where, operation, about, call }: Pick<CallRecord, 'where' | 'operation' | 'about' | 'call'>,
    act: (outcome: Outcome, name: OutcomeClass, age: number) => Answer,
  ): Promise<Answer> {
    const startedAt = this.#schedule.now
    const died = process.cross()
    if (died) return await died
    this.watcher?.started({ where, operation, about, call }, process)
    const { as: name, age = snapshotAge } = this.classOf(where, operation)
    const outcome: Outcome = outcomes[name]
    const [least, most] = outcome.takes ?? [40, 400]
    const takes = this.#random.from(least, most)
    await this.#schedule.pause(Math.ceil(takes / 2), process)
    let answer: { readonly value: Answer } | undefined
    let failure: AdapterError | undefined
    try {
      const value =
        outcome.effect === 'none' && outcome.says !== 'value' ? undefined : { value: act(outcome, name, age) }
      answer = value
    } catch (error) {
      if (!AdapterError.is(error)) throw error
      failure = error // the vendor itself said no
    }
    await this.#schedule.pause(Math.ceil(takes / 2), process)
    const ambiguous = isAmbiguous(operation, name)
    const isRefusal = outcome.says !== 'value' || !answer
    const refusal =
      failure && !ambiguous ? failure : isRefusal ? this.#errorOf(operation, outcome, name, where) : undefined
    const told = refusal?.retryAt === undefined ? {} : { retryAt: refusal.retryAt }
    const isRefused = refusal !== undefined
    const record = { where, operation, outcome: name, about, startedAt, ambiguous, isRefused, call, ...told }
    this.watcher?.ended(record, process)
    const dies = process.cross()
    if (dies) return await dies
    if (refusal || !answer) throw refusal ?? new TypeError('a call without a refusal has an answer')
    return answer.value
  }

  #errorOf(operation: Operation, { says }: Outcome, name: OutcomeClass, where: string): AdapterError {
    const code = codeOf(operation, says === 'value' ? 'unknown' : says)
    return new AdapterError(code, `${where} answers ${operation} with ${name}.`, {
      remedy: 'Wait, or look at the vendor.',
      ...(code === 'rate-limited' && name !== 'wait-none' ? { retryAt: this.#retryAt(name) } : {}),
    })
  }

  #retryAt(name: OutcomeClass) {
    const waits = name === 'wait-absurd' ? 900 : name === 'busy' ? 5 : this.#random.from(1, 120)
    return plus(this.#schedule.instant(), waits * 1000)
  }
}
