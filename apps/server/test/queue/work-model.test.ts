import type { Claim } from '@stayward/core'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { PostgresWorkQueue } from '../../src/queue/postgres-work-queue.ts'
import { type Why, WorkModel } from './work-model.ts'
import { at, tenant, type WorkUnderTest, workUnderTest } from './work-under-test.ts'

let work: WorkUnderTest
beforeAll(async () => {
  work = await workUnderTest()
})
afterAll(() => work.close())

const spacing = 5
const lease = 10
const names = ['a', 'b', 'c']

type Step =
  | { readonly do: 'mark'; readonly name: string; readonly why: Why }
  | { readonly do: 'timer'; readonly name: string; readonly after: number | null }
  | { readonly do: 'pass'; readonly seconds: number }
  | { readonly do: 'tick' }
  | { readonly do: 'claim'; readonly room: number }
  | { readonly do: 'renew' | 'finish' | 'fail'; readonly which: number }

const name = fc.constantFrom(...names)
const which = fc.nat(5)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('mark'),
      name,
      why: fc.constantFrom<Why>('nudge', 'edit', 'freed', 'step'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('timer'), name, after: fc.option(fc.integer({ min: -2, max: 20 })) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('pass'), seconds: fc.constantFrom(0.25, 0.5, 1, 3, 5, 11) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('tick') }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('claim'), room: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constantFrom('renew', 'finish', 'fail'), which }) },
)

/** The queue and the model side by side. Every claim of the past is kept, so that late words are tried as well. */
class Both {
  readonly #model = new WorkModel(spacing, lease)
  readonly #queue: PostgresWorkQueue
  /** Takes back leases: a queue does not take them from itself. */
  readonly #other: PostgresWorkQueue
  readonly #claims: Claim[] = []
  now = 0

  constructor() {
    this.#queue = work.open({ nudgeSpacing: spacing * 1000, lease: lease * 1000 })
    this.#other = work.open()
  }

  async run(step: Step): Promise<void> {
    const { now } = this
    switch (step.do) {
      case 'mark':
        this.#model.mark(step.name, step.why, now)
        return await this.#queue.mark(tenant(1), [{ kind: 'device', key: step.name, why: step.why }], [], at(now))
      case 'timer': {
        const due = step.after === null ? null : now + step.after
        this.#model.timer(step.name, due, now)
        const timer = { kind: 'device', key: step.name, at: due === null ? null : at(due) } as const
        return await this.#queue.mark(tenant(1), [], [timer], at(now))
      }
      case 'pass':
        this.now += step.seconds
        return
      case 'tick':
        this.#model.tick(now)
        expect(await this.#other.tick(at(now))).toBe(this.#model.claimable().length)
        return
      case 'claim':
        return await this.claim(step.room)
      default:
        return await this.#word(step.do, step.which)
    }
  }

  async claim(room: number): Promise<void> {
    const claimable = this.#model.claimable()
    const claims = await this.#queue.claim(room, [], at(this.now))
    expect(claims).toHaveLength(Math.min(room, claimable.length))
    for (const claim of claims) {
      expect(claimable).toContain(claim.key)
      expect(claim.attempt).toBe(this.#model.claim(claim.key, claim.fence, this.now))
      this.#claims.push(claim)
    }
  }

  async #word(word: 'renew' | 'finish' | 'fail', which: number): Promise<void> {
    const claim = this.#claims.at(-1 - which)
    if (!claim) return
    if (word === 'renew') {
      const kept = this.#model.renew(claim.key, claim.fence, this.now)
      expect(await this.#queue.renew([claim], at(this.now))).toEqual(kept ? [] : [claim.fence])
    } else if (word === 'finish') {
      this.#model.finish(claim.key, claim.fence, this.now)
      await this.#queue.finish([claim], at(this.now))
    } else {
      this.#model.fail(claim.key, claim.fence, this.now)
      await this.#queue.fail(claim, { reason: 'refused: no' }, at(this.now))
    }
  }

  /** Lets the time of everything come and finishes it all: nothing may be left. */
  async drain(): Promise<void> {
    for (let round = 0; round < 4; round++) {
      this.now += 7200
      await this.run({ do: 'tick' })
      await this.claim(10)
      for (let index = this.#claims.length - 1; index >= 0; index--) await this.#word('finish', index)
    }
    expect(await work.rows()).toEqual([])
  }
}

it('does what its rules say, whatever is asked of it in whatever order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      await work.clear()
      const both = new Both()
      for (const one of steps) await both.run(one)
      await both.drain()
    }),
    { numRuns: 60, endOnFailure: false },
  )
})
