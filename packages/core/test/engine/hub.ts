import { paceOf } from '../../src/domain/limits.ts'
import type { LostTime } from '../../src/domain/lost-time.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { lookAt } from '../../src/engine/look-at.ts'
import { AdapterError } from '../../src/ports/adapter-error.ts'
import type { Entropy } from '../../src/ports/entropy.ts'
import type { Fingerprints } from '../../src/ports/secrets.ts'
import { LeaseLost } from '../../src/ports/stores.ts'
import type { Claim, Look, WorkKind } from '../../src/ports/work-queue.ts'
import type { MemoryQueue, MemoryStore } from '../../src/testing/index.ts'
import { type Bend, Crash, type Tap, tapped, Turns } from './taps.ts'
import { type Connection, providersOf } from './vendors.ts'
import { plainWriter } from './words.ts'

export interface HubParts {
  readonly clock: Engine['clock'] & { advance(milliseconds: number): void }
  readonly queue: MemoryQueue
  readonly store: MemoryStore
  readonly connections: ReadonlyMap<string, Connection>
  readonly fingerprints: Fingerprints
  readonly entropy: Entropy
  readonly dice: () => number
}

/** The hub's work loop around the real engine, with what can happen to a process. */
export class Hub {
  readonly parts: HubParts
  /** What a vendor answers instead, by call: `lock.writeCode`. */
  readonly bends = new Map<string, Bend>()
  /** Connections that cannot be opened. */
  readonly broken = new Set<string>()
  /** Every call that left the engine, in order. */
  readonly calls: string[] = []
  /** Of these, the first of each look, by place. */
  readonly firsts = new Set<number>()
  /** The process dies at this call, counted from 0 with two per call: before and after. */
  crashAt: number | undefined
  crashes = 0
  /** What the store has forgotten. */
  lost: LostTime | undefined
  /** Looks that are due together run side by side, their steps in an order of the dice. */
  sideBySide = false
  /** What looks ended with instead of being done. */
  readonly failures: Error[] = []
  /** What no look may end with. */
  readonly bugs: unknown[] = []
  /** Asked after every look. */
  always: () => void = () => {}

  constructor(parts: HubParts) {
    this.parts = parts
  }

  /** A webhook, or with `connection` the poll's own key. */
  nudge(key: string, kind: WorkKind = 'fetch'): void {
    this.parts.queue.put('tenant', [{ kind, key, why: 'nudge' }], [], this.parts.clock.now())
  }

  mark(kind: WorkKind, key: string): void {
    this.parts.queue.put('tenant', [{ kind, key, why: 'edit' }], [], this.parts.clock.now())
  }

  /** Looks at what is due; `false` when that was nothing. */
  async round(): Promise<boolean> {
    const { queue, clock } = this.parts
    await queue.tick(clock.now())
    const claims = await queue.claim(this.sideBySide ? 8 : 1, [], clock.now())
    if (this.sideBySide) {
      const turns = new Turns(this.parts.dice)
      await turns.all(claims.map((claim) => () => this.#perform(claim, turns.tap)))
    } else for (const claim of claims) await this.#perform(claim)
    return claims.length > 0
  }

  /** The engine as one look has it. */
  engine(tap: Tap): Engine {
    const { store, connections, fingerprints, clock, entropy } = this.parts
    return {
      store: tapped(store, 'store', tap),
      providers: providersOf(connections, this.broken, (target, name) => tapped(target, name, tap, this.bends)),
      fingerprints,
      writer: plainWriter,
      clock,
      entropy,
      pace: paceOf(),
      lostTime: () => this.lost,
      e164: (phone) => (/^\+\d{8,15}$/.test(phone.replaceAll(' ', '')) ? phone.replaceAll(' ', '') : undefined),
    }
  }

  async #perform(claim: Claim, turn?: Tap): Promise<void> {
    const { queue, clock } = this.parts
    const look: Look = { ...claim, signal: new AbortController().signal }
    let dead = false
    this.firsts.add(this.calls.length)
    const tap: Tap = async (site) => {
      if (dead) throw new Crash('a dead process does nothing')
      if (this.calls.push(site) - 1 === this.crashAt) {
        dead = true
        this.crashes += 1
        throw new Crash(site)
      }
      await turn?.(site)
    }
    try {
      await lookAt(this.engine(tap), look)
      await queue.finish([claim], clock.now())
    } catch (error) {
      if (dead)
        clock.advance(10_000) // another process takes over when the lease has run out
      else {
        if (!AdapterError.is(error) && !(error instanceof LeaseLost)) this.bugs.push(error)
        if (error instanceof Error) this.failures.push(error)
        await queue.fail(claim, failureOf(error), clock.now())
      }
    }
    this.always()
  }
}

function failureOf(error: unknown) {
  if (!AdapterError.is(error)) return { reason: error instanceof Error ? error.name : 'not an error' }
  return {
    reason: `${error.code}: ${error.message}`,
    ...(error.retryAt === undefined ? {} : { retryAt: error.retryAt }),
  }
}
