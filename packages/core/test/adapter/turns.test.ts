import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Rate } from '../../src/adapter/rate.ts'
import { after, diceOf, inVirtualTime, mostWithin, overflows, worldOf } from './processes.ts'

const rates = fc.record(
  {
    perSecond: fc.double({ min: 0.5, max: 20, noNaN: true }),
    burst: fc.integer({ min: 1, max: 30 }),
    window: fc.record({ requests: fc.integer({ min: 1, max: 60 }), per: fc.integer({ min: 500, max: 60_000 }) }),
    atOnce: fc.integer({ min: 1, max: 4 }),
  },
  { requiredKeys: ['perSecond', 'burst'] },
)

describe('several processes at one account', () => {
  it('never break a rule of the vendor, whoever asks when and whoever dies', async () => {
    await fc.assert(
      fc.asyncProperty(rates, fc.integer(), async (rate, seed) => {
        const world = worldOf(rate, { seed })
        const dice = diceOf(seed + 1)
        await inVirtualTime(async () => {
          const requests: Promise<void>[] = []
          for (let n = 0; n < 60; n++) {
            if (dice() < 0.5) await after(dice() ** 4 * 8000)
            const process = world.processes[Math.floor(dice() * world.processes.length)]
            if (!process) continue
            requests.push(process.request({ near: dice() < 0.2, lasts: dice() * 600 }))
            if (n === 30 && world.processes[0]) world.processes[0].dead = true
          }
          await Promise.all(requests)
        })
        const moments = world.asked.map(({ at }) => at)
        expect(moments.length).toBeGreaterThan(0)
        expect(overflows(moments, rate)).toBe(false)
        if (rate.window) expect(mostWithin(moments, rate.window.per)).toBeLessThanOrEqual(rate.window.requests)
        for (const { at } of rate.atOnce ? world.asked : []) {
          const underWay = world.asked.filter((other) => other.at <= at && other.endedAt > at)
          expect(underWay.length).toBeLessThanOrEqual(rate.atOnce ?? Infinity)
        }
      }),
      { numRuns: 60 },
    )
  })

  it.each([
    ['a bucket', { perSecond: 5, burst: 5 }],
    ['a window', { perSecond: 100, burst: 100, window: { requests: 50, per: 10_000 } }],
    ['one at a time', { perSecond: 100, burst: 100, atOnce: 1 }],
  ] as const satisfies [string, Rate][])('all get their share of %s, and most of it is used', async (_, rate: Rate) => {
    const world = worldOf(rate, { seed: 7 })
    await inVirtualTime(async () => {
      const insatiable = async (n: number) => {
        while (performance.now() - start < 60_000) await world.processes[n]?.request({ lasts: 100, patience: 5000 })
      }
      const start = performance.now()
      // The first process wants far more than the others.
      await Promise.all([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2].map(insatiable))
    })
    const perProcess = [0, 1, 2].map((n) => world.asked.filter(({ process }) => process === n).length)
    expect(Math.min(...perProcess) / world.asked.length, perProcess.join(' ')).toBeGreaterThan(0.1)
    const possible = rate.atOnce ? 600 : 300
    expect(world.asked.length / possible).toBeGreaterThan(rate.atOnce ? 0.3 : 0.6)
  })

  it('lets those go first whose guest arrives soon, and the others in the end', async () => {
    const world = worldOf({ perSecond: 2, burst: 8 }, { seed: 3, count: 2 })
    await inVirtualTime(async () => {
      const [one, other] = world.processes
      const far = Array.from({ length: 12 }, () => one?.request())
      await after(100)
      await Promise.all([...far, one?.request({ near: true }), other?.request({ near: true })])
    })
    expect(world.refused).toEqual([])
    for (const { near, at, since } of world.asked) if (near) expect(at - since).toBeLessThan(1500)
    expect(world.asked.filter(({ near }) => !near)).toHaveLength(12)
  })

  it('lets them go first amid those who have waited for long, too', async () => {
    const world = worldOf({ perSecond: 2, burst: 4 }, { seed: 9, count: 1 })
    await inVirtualTime(async () => {
      const [one] = world.processes
      const far = Array.from({ length: 30 }, () => one?.request({ patience: 30_000 }))
      await after(6000)
      await Promise.all([...far, one?.request({ near: true })])
    })
    expect(world.asked).toHaveLength(31)
    for (const { near, at, since } of world.asked) if (near) expect(at - since).toBeLessThan(1600)
  })

  it('asks the book once for many requests that follow each other', async () => {
    const world = worldOf({ perSecond: 50, burst: 100 }, { seed: 5, count: 1 })
    await inVirtualTime(async () => {
      for (let n = 0; n < 100; n++) await world.processes[0]?.request({ lasts: 20 })
    })
    expect(world.asked).toHaveLength(100)
    expect(world.changes()).toBeLessThan(40)
  })
})

describe('told to wait', () => {
  it('holds every process within a second', async () => {
    const world = worldOf({ perSecond: 10, burst: 10 }, { seed: 11 })
    let told = 0
    await inVirtualTime(async () => {
      const busy = async (n: number) => {
        while (performance.now() - start < 20_000) {
          await world.processes[n]?.request({ patience: 500 })
          await after(50)
        }
      }
      const start = performance.now()
      const all = Promise.all([0, 1, 2].map(busy))
      await after(5000)
      told = performance.now()
      await world.processes[1]?.turns.take(new AbortController().signal, 5000)
      await world.processes[1]?.turns.ended({ wait: 8000 })
      await all
    })
    const during = world.asked.filter(({ at }) => at > told + 1200 && at < told + 8000)
    expect(during).toEqual([])
    expect(world.asked.filter(({ at }) => at > told + 8000).length).toBeGreaterThan(10)
  })
})

describe('credits', () => {
  const rate = { perSecond: 10, burst: 10, atOnce: 1, credits: { most: 100, per: 300_000, cost: 1.5 } }

  /** A vendor that counts by itself, in windows of its own, and has other customers of the same account. */
  function vendor(eaten: (at: number) => number) {
    const from = performance.now() - 120_000
    let window = 0
    let used = 0
    const state = { refusals: 0, answer: () => ({}) as object }
    state.answer = () => {
      const at = performance.now()
      const here = Math.floor((at - from) / 300_000)
      if (here !== window) used = 0
      window = here
      const left = 100 - used - eaten(at)
      const resetsIn = from + (here + 1) * 300_000 - at
      if (left < 1.2) {
        state.refusals += 1
        return { left: Math.max(0, left), resetsIn, wait: resetsIn }
      }
      used += 1.2
      return { left: left - 1.2, resetsIn }
    }
    return state
  }
  const busy = async (world: ReturnType<typeof worldOf>, n: number, until: number, near = false) => {
    while (performance.now() < until) {
      await world.processes[n]?.request({ near, lasts: 80 })
      await after(200)
    }
  }

  it('never runs into a refusal, and uses what there is', async () => {
    await inVirtualTime(async () => {
      const shop = vendor(() => 0)
      const world = worldOf(rate, { seed: 2, answer: () => shop.answer() })
      const until = performance.now() + 1_200_000
      await Promise.all([0, 1, 2].map((n) => busy(world, n, until, n === 2)))
      expect(shop.refusals).toBe(0)
      expect(world.asked.length).toBeGreaterThan(4 * 60)
    })
  })

  it('believes the vendor where others eat of the account', async () => {
    await inVirtualTime(async () => {
      const start = performance.now()
      const shop = vendor((at) => Math.min(100, ((at - start) % 300_000) / 3000))
      const world = worldOf(rate, { seed: 4, answer: () => shop.answer() })
      await Promise.all([0, 1].map((n) => busy(world, n, start + 600_000)))
      expect(shop.refusals).toBeLessThanOrEqual(2) // what is eaten between two answers nobody can know
      expect(world.asked.length).toBeGreaterThan(40)
    })
  })

  it('leaves some for those whose guest arrives soon', async () => {
    await inVirtualTime(async () => {
      const shop = vendor(() => 0)
      const world = worldOf(rate, { seed: 6, count: 2, answer: () => shop.answer() })
      await busy(world, 0, performance.now() + 100_000)
      const before = world.asked.length
      await world.processes[1]?.request({ near: true })
      expect(world.refused.length).toBeGreaterThan(0)
      expect(world.asked.length).toBe(before + 1)
    })
  })

  it('waits for a call of a killed process only for a while', async () => {
    await inVirtualTime(async () => {
      const world = worldOf({ ...rate, atOnce: 1 }, { seed: 8, count: 2, answer: () => ({}) })
      const [dying, other] = world.processes
      void dying?.request({ lasts: 1000 })
      await after(500)
      if (dying) dying.dead = true
      await other?.request({ patience: 10_000 })
      expect(world.refused).toHaveLength(1)
      await after(15_000)
      await other?.request()
      expect(world.asked).toHaveLength(2)
    })
  })
})
