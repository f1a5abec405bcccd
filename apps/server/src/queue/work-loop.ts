import { setTimeout as sleep } from 'node:timers/promises'
import type { Claim, Clock, Look, LookFailure, WorkQueue } from '@stayward/core'
import { failureOf } from './look-failure.ts'
import { type Moment, RunningLook } from './running-look.ts'

export interface WorkOptions {
  readonly queue: WorkQueue
  readonly look: (look: Look) => Promise<void>
  readonly clock: Clock
  /** A look failed. It is tried again; this is for the log and the metrics. */
  readonly onFailure: (look: Look, error: unknown) => void
  /** The queue itself could not be reached. The loop goes on trying. */
  readonly onTrouble?: (error: unknown) => void
  /** Whether an error that is no adapter's goes by itself, as an outage of the database does; else a bug is taken for it. */
  readonly passes?: (error: unknown) => boolean
  /** Waited for before the queue is asked for anything by the clock. */
  readonly beforeAsking?: () => Promise<void>
  /** Looks at a time in this process. */
  readonly slots?: number
  /** Looks at a time for one tenant; a single claim may go over it by its share. */
  readonly tenantCap?: number
  /** Milliseconds; the queue's own. */
  readonly lease?: number
  /** Milliseconds between looks at the clock, and at what nobody announced. */
  readonly poll?: number
  /** Milliseconds that never jump. */
  readonly monotonic?: () => number
}

export interface Work {
  /** There may be something to claim. */
  readonly wake: () => void
  /** Claims nothing more, gives running looks `grace` ms, then aborts them and puts their keys back. */
  readonly stop: (grace?: number) => Promise<void>
  /** Looks under way. */
  readonly running: () => number
}

/** Takes keys and looks at them until it is stopped. */
export function startWork(options: WorkOptions): Work {
  const loop = new WorkLoop(options)
  void loop.claimUntilStopped()
  return { wake: () => loop.wake(), stop: (grace) => loop.stop(grace), running: () => loop.running.size }
}

/** So few keys that no tenant can have had more than its share: there was nothing else to claim. */
const few = 10

class WorkLoop {
  /** By object, not by key: a key may be claimed again before its last look is off the books. */
  readonly running = new Set<RunningLook>()
  readonly #options: Required<WorkOptions>
  readonly #perTenant = new Map<string, number>()
  readonly #heart: NodeJS.Timeout
  #beating = false
  #stopping = false
  #dirty = true
  /** The last claim may have left something that is due, because there was no room for it. */
  #left = false
  #wakeLoop = () => {}
  #lookEnded = () => {}
  #renewedAt: number

  constructor(options: WorkOptions) {
    this.#options = {
      onTrouble: () => undefined,
      passes: () => false,
      beforeAsking: async () => undefined,
      slots: 200,
      tenantCap: 120,
      lease: 10_000,
      poll: 1000,
      monotonic: () => performance.now(),
      ...options,
    }
    this.#renewedAt = this.#options.monotonic()
    this.#heart = setInterval(() => void this.#beat(), Math.min(this.#options.poll, this.#options.lease / 4))
  }

  wake(): void {
    this.#dirty = true
    this.#wakeLoop()
  }

  async claimUntilStopped(): Promise<void> {
    while (!this.#stopping) {
      if (!this.#dirty) await new Promise<void>((done) => (this.#wakeLoop = done))
      this.#dirty = false
      const room = this.#stopping ? 0 : this.#options.slots - this.running.size
      if (room <= 0) {
        this.#left = true
        continue
      }
      try {
        const claimed = await this.#claim(room)
        if (claimed >= Math.min(room, few)) this.#dirty = true
        // Under load a pause lets several ends of looks share one claim.
        if (this.#dirty && claimed < room / 4) await sleep(3)
      } catch (error) {
        this.#options.onTrouble(error)
        await sleep(500)
        this.#dirty = true
      }
    }
  }

  async stop(grace = 10_000): Promise<void> {
    this.#stopping = true
    this.wake()
    await this.#untilIdle(grace)
    for (const running of this.running) running.interrupt()
    await this.#untilIdle(5000)
    clearInterval(this.#heart)
  }

  async #untilIdle(patience: number): Promise<void> {
    const given = AbortSignal.timeout(patience)
    while (this.running.size > 0 && !given.aborted) {
      await new Promise<void>((done) => {
        this.#lookEnded = done
        given.addEventListener('abort', () => done(), { once: true })
      })
    }
  }

  async #claim(room: number): Promise<number> {
    const { queue, clock, tenantCap, lease, beforeAsking } = this.#options
    await beforeAsking()
    const full = Array.from(this.#perTenant).filter(([, count]) => count >= tenantCap)
    const since = this.#now()
    this.#left = full.length > 0
    const claims = await queue.claim(
      room,
      full.map(([tenantId]) => tenantId),
      clock.now(),
    )
    for (const claim of claims) void this.#perform(new RunningLook(claim, since, lease, () => this.#now()))
    return claims.length
  }

  async #perform(running: RunningLook): Promise<void> {
    const { tenantId } = running.claim
    this.running.add(running)
    this.#perTenant.set(tenantId, (this.#perTenant.get(tenantId) ?? 0) + 1)
    let failure: LookFailure | undefined
    try {
      await this.#options.look(running.look)
    } catch (error) {
      failure = failureOf(error, this.#options.passes)
      if (!running.look.signal.aborted) this.#options.onFailure(running.look, error)
    }
    await this.#record(running, failure)
    this.running.delete(running)
    const left = (this.#perTenant.get(tenantId) ?? 1) - 1
    if (left > 0) this.#perTenant.set(tenantId, left)
    else this.#perTenant.delete(tenantId)
    this.#lookEnded()
    if (this.#left) this.wake()
  }

  /** Writes down how a look ended, until that is done or another process may have the key. */
  async #record(running: RunningLook, failure: LookFailure | undefined): Promise<void> {
    const { queue, clock, onTrouble } = this.#options
    const { claim, look } = running
    while (running.isOurs()) {
      try {
        if (failure !== undefined && look.signal.aborted) await this.#putBack(claim)
        else if (failure !== undefined) await queue.fail(claim, failure, clock.now())
        else await queue.finish([claim], clock.now())
        return
      } catch (error) {
        onTrouble(error)
        await sleep(200)
      }
    }
  }

  /** A look that was cut short by the stop: another process need not wait until its lease has run out. */
  async #putBack(claim: Claim): Promise<void> {
    const { queue, clock } = this.#options
    const now = clock.now()
    await queue.mark(claim.tenantId, [{ kind: claim.kind, key: claim.key, why: 'step' }], [], now)
    await queue.finish([claim], now)
  }

  async #beat(): Promise<void> {
    for (const running of this.running) running.isOurs() // aborts those that are not
    if (this.#beating) return
    this.#beating = true
    try {
      await this.#options.beforeAsking()
      if (this.running.size > 0 && this.#options.monotonic() - this.#renewedAt >= this.#options.lease * 0.3) {
        await this.#renew()
      }
      if (!this.#stopping && (await this.#options.queue.tick(this.#options.clock.now())) > 0) this.wake()
    } catch (error) {
      this.#options.onTrouble(error)
    } finally {
      this.#beating = false
    }
  }

  async #renew(): Promise<void> {
    const { queue, clock } = this.#options
    const ours = Array.from(this.running).filter((running) => running.isOurs())
    const since = this.#now()
    const claims: readonly Claim[] = ours.map(({ claim }) => claim)
    const lost = new Set(await queue.renew(claims, clock.now()))
    this.#renewedAt = since.monotonic
    for (const running of ours) {
      if (lost.has(running.claim.fence)) running.taken()
      else running.renewed(since)
    }
  }

  #now(): Moment {
    return { monotonic: this.#options.monotonic(), wall: Date.parse(this.#options.clock.now()) }
  }
}
