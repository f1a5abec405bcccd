import { guardFetch, OutOfTurn, type Rate } from '@stayward/core'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { sharedTurns } from '../../src/tenancy/shared-turns.ts'
import { openHub, type TestHub, type TestTenant } from '../persistence/open-store.ts'

const never = new AbortController().signal
const url = 'https://api.vendor.example/codes'
const hosts = ['api.vendor.example']

let hub: TestHub
let tenant: TestTenant
let pools: pg.Pool[]
beforeAll(async () => {
  hub = await openHub()
  pools = [0, 1, 2].map(() => new pg.Pool({ connectionString: hub.appUrl, max: 2 }))
})
beforeEach(async () => {
  tenant = await hub.addTenant()
})
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.end()))
  await hub.close()
})

/** One account as each of three processes has it: nothing is shared but the database. */
const processes = (rate: Rate, account = 'vendor:1') =>
  pools.map((pool) => sharedTurns({ pool, tenantId: tenant.tenantId, account, rate }))

const outcome = async (promise: Promise<unknown> | undefined): Promise<unknown> => {
  try {
    await promise
    return 'granted'
  } catch (error) {
    return error
  }
}

describe('a budget that processes share', () => {
  it('is one budget: together they take no more than one alone could', async () => {
    const rate = { perSecond: 20, burst: 5 }
    const asked: number[] = []
    const fetch = () => {
      asked.push(performance.now())
      return Promise.resolve(new Response('{}'))
    }
    const ways = processes(rate).map((turns) => guardFetch(fetch, { hosts, rate, turns }))
    const start = performance.now()
    await Promise.all(ways.flatMap((way) => Array.from({ length: 15 }, () => way(url))))
    expect(asked).toHaveLength(45)
    expect(performance.now() - start).toBeGreaterThan(((45 - 5) / 20) * 1000 - 20) // each for itself: 500 ms
    for (const [n, at] of asked.entries()) {
      const within = asked.filter((other) => other >= at && other < at + 500).length
      expect(within, `${within} from request ${n} on`).toBeLessThanOrEqual(5 + 10 + 1)
    }
  })

  it('lets what is there through at once, and says when the next turn would be', async () => {
    const [one, other] = processes({ perSecond: 0.01, burst: 4 })
    const all = await Promise.all([one, one, one, other, other].map((turns) => outcome(turns?.take(never, 500))))
    expect(all.filter((each) => each === 'granted')).toHaveLength(4)
    const refused = all.find((each) => each instanceof OutOfTurn)
    if (!(refused instanceof OutOfTurn)) return expect.unreachable()
    expect(refused.wait).toBeGreaterThan(500)
    expect(refused.wait).toBeLessThanOrEqual(200_000)
  })

  it('lets only so many be under way at a time, wherever they are', async () => {
    const rate = { perSecond: 1000, burst: 100, atOnce: 2 }
    let underWay = 0
    let most = 0
    const fetch = async () => {
      most = Math.max(most, ++underWay)
      await new Promise((done) => setTimeout(done, 20))
      underWay -= 1
      return new Response('{}')
    }
    const ways = processes(rate).map((turns) => guardFetch(fetch, { hosts, rate, turns }))
    await Promise.all(ways.flatMap((way) => Array.from({ length: 8 }, () => way(url))))
    expect(most).toBe(2)
  })

  it('obeys in all what the vendor has told one', async () => {
    const rate = { perSecond: 1000, burst: 10 }
    const [one, other] = processes(rate)
    if (!one || !other) return expect.unreachable()
    const refusing = () => Promise.resolve(new Response('', { status: 429, headers: { 'retry-after': '60' } }))
    await guardFetch(refusing, { hosts, rate, turns: one })(url)
    for (const turns of [other, one, ...processes(rate)])
      await expect(turns.take(never, 15_000)).rejects.toThrow(OutOfTurn)
  })

  it('believes in all what the vendor says is left, also when somebody else has eaten it', async () => {
    const rate = {
      perSecond: 1000,
      burst: 10,
      credits: { most: 100, per: 300_000, cost: 1 },
      says: { left: ['x-five-min-limit-remaining'], resets: ['x-five-min-limit-resets-in'] },
    }
    const [one, other] = processes(rate)
    if (!one || !other) return expect.unreachable()
    let left = '21.4'
    const selling = () =>
      Promise.resolve(
        new Response('{}', {
          headers: { 'x-five-min-limit-remaining': left, 'x-five-min-limit-resets-in': '240' },
        }),
      )
    await guardFetch(selling, { hosts, rate, turns: one })(url)
    await other.take(never, 1000)
    await other.ended({})
    await expect(other.take(never, 1000)).rejects.toThrow(OutOfTurn) // the rest is for arrivals soon
    await other.take(never, 1000, true)
    left = '0.4'
    await guardFetch(selling, { hosts, rate, turns: one })(url, { priority: 'high' } as RequestInit)
    const refused = await outcome(other.take(never, 1000, true))
    if (!(refused instanceof OutOfTurn)) return expect.unreachable()
    expect(refused.wait).toBeGreaterThan(230_000)
    expect(refused.wait).toBeLessThan(241_000)
  })

  it('is no one else’s: another account and another tenant have their own', async () => {
    const rate = { perSecond: 0.01, burst: 1 }
    const [one] = processes(rate)
    const [second] = processes(rate, 'vendor:2')
    await one?.take(never, 1000)
    await second?.take(never, 1000)
    tenant = await hub.addTenant()
    await processes(rate)[1]?.take(never, 1000)
    await expect(one?.take(never, 1000)).rejects.toThrow(OutOfTurn)
  })

  it('asks the database once for many requests in a row', async () => {
    let statements = 0
    const pool = new pg.Pool({ connectionString: hub.appUrl, max: 2 })
    pool.on('acquire', () => (statements += 1))
    const rate = { perSecond: 100, burst: 200 }
    const turns = sharedTurns({ pool, tenantId: tenant.tenantId, account: 'vendor:1', rate })
    for (let n = 0; n < 50; n++) {
      await turns.take(never, 1000)
      await turns.ended({})
    }
    await pool.end()
    expect(statements).toBeGreaterThan(0)
    expect(statements).toBeLessThan(20)
  })
})
