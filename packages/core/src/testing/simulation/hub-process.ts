import { limits, paceOf } from '../../domain/limits.ts'
import type { LostTime } from '../../domain/lost-time.ts'
import type { Engine } from '../../engine/engine.ts'
import { lookAt } from '../../engine/look-at.ts'
import { AdapterError } from '../../ports/adapter-error.ts'
import type { ClockDoubt } from '../../ports/clock.ts'
import type { Call } from '../../ports/call.ts'
import type { Entropy } from '../../ports/entropy.ts'
import type { MessageWriter } from '../../ports/message-writer.ts'
import type { Providers } from '../../ports/providers.ts'
import type { Fingerprints } from '../../ports/secrets.ts'
import { LeaseLost, type TenantStore } from '../../ports/stores.ts'
import type { Claim, Look, LookFailure, WorkQueue } from '../../ports/work-queue.ts'
import { type OtherLook, Poisoned } from './disturbed.ts'
import { isWrong, type WrongClock } from './plot.ts'
import type { Planned, Process, Schedule } from './schedule.ts'
import { StoreAway } from './store-site.ts'
import { plainWriter } from './words.ts'

export const lease = 10_000
const renewEvery = 3000
const room = 4
/** As the work loop has it: 120 of 200. */
const roomOfOne = 3

/** What watches hubs from outside; nothing of it is known to them. */
export interface HubWatcher {
  claimed(process: HubProcess, claim: Claim): void
  died(process: HubProcess, claims: readonly Claim[]): void
  froze(process: HubProcess): void
  finished(claim: Claim): void
  /** A look ended with what no look may end with. */
  bug(error: unknown, claim: Claim): void
  failed(error: Error, claim: Claim, isOurs: boolean): void
}

export interface HubKit {
  readonly schedule: Schedule
  readonly queue: WorkQueue
  readonly entropy: Entropy
  readonly watcher: HubWatcher
  readonly lostTime: () => LostTime | undefined
  readonly fingerprints: Fingerprints
  /** Those of `plainWriter` when absent. */
  readonly writer?: MessageWriter
  /** As this process reaches them. */
  readonly store: (process: HubProcess) => TenantStore
  readonly providers: (process: HubProcess) => Providers
  /** What happens instead of the engine's look at this key. */
  readonly instead?: (claim: Claim) => Promise<OtherLook | undefined>
}

interface Death {
  left: number
  readonly until: number
  readonly downFor: number
  /** The next life ends, too. */
  readonly again?: number
}

/** One process of the hub: the real engine, a work loop around it, and a life that may end at any await. */
export class HubProcess implements Process {
  readonly number: number
  life = 1
  frozenUntil = 0
  /** Until when it is down. */
  downUntil = 0
  /** The so-manieth await from now at which it dies; set by a fault. */
  diesAt: Death | undefined
  clock: WrongClock | undefined
  /** Awaits of store and vendors so far. */
  sites = 0
  readonly #kit: HubKit
  readonly #looks = new Map<number, Running>()
  #engine: Engine

  constructor(number: number, kit: HubKit) {
    this.number = number
    this.#kit = kit
    this.#engine = this.#makeEngine()
  }

  get isUp(): boolean {
    const { now } = this.#kit.schedule
    return this.downUntil <= now && this.frozenUntil <= now
  }

  get room(): number {
    return this.isUp ? room - this.#looks.size : 0
  }

  /** Tenants that have as many looks under way as one may have, so that there is room for others. */
  get full(): readonly string[] {
    const looks = Map.groupBy(this.#looks.values(), ({ claim }) => claim.tenantId)
    return Array.from(looks).flatMap(([tenantId, own]) => (own.length < roomOfOne ? [] : [tenantId]))
  }

  /** As the server's clock has it: while the two are too far apart, and for a while after one has jumped. */
  clockDoubt(): ClockDoubt | undefined {
    const { now } = this.#kit.schedule
    if (!this.clock || !isWrong(this.clock)) return undefined
    const { until, ahead } = this.clock
    return now < until + limits.clockSettles ? { ahead } : undefined
  }

  freeze(until: number): void {
    this.frozenUntil = Math.max(this.frozenUntil, until)
    this.#kit.watcher.froze(this)
  }

  die(until: number): void {
    const { schedule, watcher } = this.#kit
    this.life += 1
    this.diesAt = undefined
    this.downUntil = Math.max(this.downUntil, until)
    // A dead process is not frozen; the next one starts fresh.
    this.frozenUntil = Math.min(this.frozenUntil, schedule.now)
    const looks = [...this.#looks.values()]
    for (const { renewal } of looks) if (renewal) schedule.callOff(renewal)
    const claims = looks.map(({ claim }) => claim)
    this.#looks.clear()
    this.#engine = this.#makeEngine()
    watcher.died(this, claims)
  }

  /** Before and after whatever crosses the border of the process. Resolves never in a life that ends here. */
  cross(): Promise<never> | undefined {
    this.sites += 1
    const { diesAt } = this
    if (!diesAt) return undefined
    if (diesAt.until < this.#kit.schedule.now) {
      this.diesAt = undefined
      return undefined
    }
    diesAt.left -= 1
    if (diesAt.left >= 0) return undefined
    this.die(this.#kit.schedule.now + diesAt.downFor)
    const { again, ...rest } = diesAt
    if (again !== undefined) this.diesAt = { ...rest, left: again }
    return this.#kit.schedule.never()
  }

  take(claim: Claim): void {
    const { schedule, watcher } = this.#kit
    const running = new Running(claim, schedule)
    this.#looks.set(claim.fence, running)
    watcher.claimed(this, claim)
    running.renewal = this.#renewLater(running, this.life)
    schedule.begin(() => this.#perform(running, this.life))
  }

  async #perform(running: Running, life: number): Promise<void> {
    const { queue, schedule, watcher } = this.#kit
    const { claim } = running
    let failure: LookFailure | undefined
    try {
      if (!(await this.#lookOtherwise(claim))) await lookAt(this.#engine, running.look)
    } catch (error) {
      failure = failureOf(error)
      const isLost = error instanceof LeaseLost || running.look.signal.aborted
      if (error instanceof Error) watcher.failed(error, claim, running.isOurs())
      if (!isLost && !AdapterError.is(error) && !(error instanceof StoreAway) && !(error instanceof Poisoned))
        watcher.bug(error, claim)
    }
    if (life !== this.life) return
    if (running.isOurs()) {
      if (failure) await queue.fail(claim, failure, schedule.instant())
      else await queue.finish([claim], schedule.instant())
    }
    this.#looks.delete(claim.fence)
    watcher.finished(claim)
    if (running.renewal) schedule.callOff(running.renewal)
  }

  async #lookOtherwise(claim: Claim): Promise<boolean> {
    const { instead, schedule } = this.#kit
    const other = instead && (await instead(claim))
    if (!other) return false
    if (other.takes > 0) await schedule.pause(other.takes, this)
    if (other.throws) throw new Poisoned('Every look at this key ends so.')
    return true
  }

  #renewLater(running: Running, life: number): Planned {
    const { schedule, queue } = this.#kit
    return schedule.at(schedule.now + renewEvery, () => {
      if (life !== this.life || !this.#looks.has(running.claim.fence)) return
      if (this.frozenUntil > schedule.now) {
        running.renewal = schedule.at(this.frozenUntil, () => {
          running.renewal = this.#renewLater(running, life)
        })
        return
      }
      if (!running.isOurs()) return
      const since = schedule.now
      schedule.begin(async () => {
        const lost = await queue.renew([running.claim], schedule.instant())
        if (lost.length > 0) running.taken()
        else running.renewedAt = since
      })
      running.renewal = this.#renewLater(running, life)
    })
  }

  #makeEngine(): Engine {
    const { entropy, schedule, store, providers, fingerprints, writer = plainWriter } = this.#kit
    return {
      store: store(this),
      providers: providers(this),
      lostTime: this.#kit.lostTime,
      fingerprints,
      writer,
      clock: { now: () => schedule.instant(), doubt: () => this.clockDoubt() },
      entropy,
      pace: paceOf(),
      e164: (phone) => (/^\+\d{8,15}$/.test(phone) ? phone : undefined),
    }
  }
}

/** A look under way; its signal notices by itself that the lease has run out. */
class Running {
  readonly claim: Claim
  readonly look: Look
  renewedAt: number
  /** When its lease is lengthened next. */
  renewal: Planned | undefined
  readonly #schedule: Schedule
  #taken = false

  constructor(claim: Claim, schedule: Schedule) {
    this.claim = claim
    this.#schedule = schedule
    this.renewedAt = schedule.now
    const aborted = () => !this.isOurs()
    const signal: Pick<Call['signal'], 'aborted' | 'throwIfAborted'> = {
      get aborted() {
        return aborted()
      },
      throwIfAborted: () => {
        if (aborted()) throw new LeaseLost('The lease of this look has run out; another process may have the key.')
      },
    }
    // Nothing in a simulated hub listens to it; all of them ask.
    this.look = { ...claim, signal: signal as Call['signal'] }
  }

  isOurs(): boolean {
    if (this.#schedule.now - this.renewedAt >= lease) this.#taken = true
    return !this.#taken
  }

  taken(): void {
    this.#taken = true
  }
}

function failureOf(error: unknown): LookFailure {
  if (error instanceof StoreAway) return { reason: error.name, passing: true }
  if (!AdapterError.is(error)) return { reason: error instanceof Error ? error.name : 'not an error' }
  const { code, retryAt } = error
  return {
    reason: code,
    passing: code !== 'auth' && code !== 'refused' && code !== 'bad-response',
    ...(retryAt === undefined ? {} : { retryAt }),
  }
}
