import { guardFetch, OutOfTurn } from '@stayward/core'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { sharedTurns } from '../../src/tenancy/shared-turns.ts'
import { openHub, type TestHub, type TestTenant } from '../persistence/open-store.ts'

const never = new AbortController().signal
const url = 'https://api.vendor.example/codes'

let hub: TestHub
let tenant: TestTenant
let pools: pg.Pool[]
beforeAll(async () => {
  hub = await openHub()
  pools = [0, 1].map(() => new pg.Pool({ connectionString: hub.appUrl, max: 2 }))
})
beforeEach(async () => {
  tenant = await hub.addTenant()
})
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.end()))
  await hub.close()
})

/** One account as each of two processes has it: nothing is shared but the database. */
const processes = (rate: { perSecond: number; burst: number }, account = 'vendor:1') =>
  pools.map((pool) => sharedTurns({ pool, tenantId: tenant.tenantId, account, rate }))

describe('a budget that two processes share', () => {
  it('is one budget: together they take no more than one alone could', async () => {
    let asked = 0
    const rate = { perSecond: 20, burst: 5 }
    const fetch = () => {
      asked += 1
      return Promise.resolve(new Response('{}'))
    }
    const ways = processes(rate).map((turns) => guardFetch(fetch, { hosts: ['api.vendor.example'], rate, turns }))
    const start = performance.now()
    await Promise.all(ways.flatMap((way) => Array.from({ length: 20 }, () => way(url))))
    expect(asked).toBe(40)
    expect(performance.now() - start).toBeGreaterThan(((40 - 5) / 20) * 1000 - 20) // each for itself: 750 ms
  })

  it('lets a burst through at once', async () => {
    const both = processes({ perSecond: 0.01, burst: 4 })
    await Promise.all([...both, ...both].map((turns) => turns.take(never, 1000)))
    await expect(both[0]?.take(never, 1000)).rejects.toThrow(OutOfTurn)
  })

  it('says when it would have been a turn, and takes none', async () => {
    const [one, other] = processes({ perSecond: 0.1, burst: 1 })
    await one?.take(never, 1000)
    const refused = await other?.take(never, 1000).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(OutOfTurn)
    if (!(refused instanceof OutOfTurn)) return
    expect(refused.wait).toBeGreaterThan(5000)
    expect(refused.wait).toBeLessThanOrEqual(10_000)
  })

  it('obeys in both what the vendor has told one', async () => {
    const rate = { perSecond: 1000, burst: 10 }
    const [one, other] = processes(rate)
    if (!one || !other) return expect.unreachable()
    const refusing = () => Promise.resolve(new Response('', { status: 429, headers: { 'retry-after': '60' } }))
    await guardFetch(refusing, { hosts: ['api.vendor.example'], rate, turns: one })(url)
    await expect(other.take(never, 15_000)).rejects.toThrow(OutOfTurn)
    await expect(one.take(never, 15_000)).rejects.toThrow(OutOfTurn)
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
})
