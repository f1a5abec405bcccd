import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { AdapterError, type Look, LeaseLost, systemClock } from '@stayward/core'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { startWakeUp, type WakeUp } from '../../src/queue/wake-up.ts'
import { startWork, type Work, type WorkOptions } from '../../src/queue/work-loop.ts'
import { tenant, type WorkUnderTest, workUnderTest } from './work-under-test.ts'

let work: WorkUnderTest
const loops: Work[] = []
const wakeUps: WakeUp[] = []
beforeAll(async () => {
  work = await workUnderTest()
})
afterAll(() => work.close())
beforeEach(() => work.clear())
afterEach(async () => {
  await Promise.all(loops.splice(0).map((loop) => loop.stop(0)))
  await Promise.all(wakeUps.splice(0).map((wakeUp) => wakeUp.stop()))
})

const never = 3_600_000
const begin = (options: Pick<WorkOptions, 'look'> & Partial<WorkOptions>) => {
  const loop = startWork({ queue: work.open(), clock: systemClock, onFailure: () => undefined, ...options })
  loops.push(loop)
  return loop
}
const wakeUp = async (gather = 50) => {
  const one = await startWakeUp({ url: work.appUrl, gather })
  wakeUps.push(one)
  return one
}
/** Looks end when the test says so, or with their signal. */
const heldLooks = () => {
  const looks: Look[] = []
  const arrived = Promise.withResolvers<Look>()
  const released = Promise.withResolvers<undefined>()
  const look = async (one: Look) => {
    looks.push(one)
    arrived.resolve(one)
    const aborted = once(one.signal, 'abort').then(() => {
      throw one.signal.reason
    })
    await Promise.race([released.promise, aborted])
  }
  return { looks, look, first: arrived.promise, release: () => released.resolve(undefined) }
}
const markOne = (key: string, queue = work.open()) =>
  queue.mark(tenant(1), [{ kind: 'device', key, why: 'nudge' }], [], systemClock.now())

describe('waking', () => {
  it('looks at once when another process marks, long before the poll', async () => {
    const [here, there] = [await wakeUp(), await wakeUp()]
    const held = heldLooks()
    here.onWake(begin({ look: held.look, poll: never }).wake)
    await markOne('a', work.open({ markedLocally: there.markedLocally }))
    expect(await held.first).toMatchObject({ key: 'a', kind: 'device', tenantId: tenant(1), attempt: 0 })
    held.release()
  })

  it('makes one announcement of many, and forgets none', async () => {
    const [here, there] = [await wakeUp(), await wakeUp(30)]
    let woken = 0
    const last = Promise.withResolvers<undefined>()
    here.onWake(() => {
      woken++
      if (woken === 2) last.resolve(undefined)
    })
    for (let n = 0; n < 100; n++) there.markedLocally()
    await last.promise
    await there.stop()
    expect(woken).toBe(2)
  })

  it('looks once more, and at once, at a key that was marked while it was looked at', async () => {
    const here = await wakeUp()
    const queue = work.open({ markedLocally: here.markedLocally })
    const held = heldLooks()
    here.onWake(begin({ queue, look: held.look, poll: never }).wake)
    await markOne('a', queue)
    await held.first
    await queue.mark(tenant(1), [{ kind: 'device', key: 'a', why: 'edit' }], [], systemClock.now())
    expect(held.looks).toHaveLength(1)
    held.release()
    await vi.waitFor(() => expect(held.looks).toHaveLength(2))
  })

  it('goes on with what there was no room for as looks end', async () => {
    const here = await wakeUp()
    const queue = work.open({ markedLocally: here.markedLocally })
    const held = heldLooks()
    here.onWake(begin({ queue, look: held.look, poll: never, slots: 2 }).wake)
    for (const key of ['a', 'b', 'c', 'd', 'e']) await markOne(key, queue)
    await vi.waitFor(() => expect(held.looks).toHaveLength(2))
    held.release()
    await vi.waitFor(() => expect(held.looks.map(({ key }) => key).toSorted()).toEqual(['a', 'b', 'c', 'd', 'e']))
  })

  it('finds what nobody announced with the next poll', async () => {
    const held = heldLooks()
    begin({ look: held.look, poll: 20 })
    await markOne('a')
    expect(await held.first).toMatchObject({ key: 'a' })
    held.release()
  })

  it('asks the queue for nothing before it may, and goes on once it may', async () => {
    await markOne('a')
    const held = heldLooks()
    const troubles: unknown[] = []
    let mayAsk = false
    const loop = begin({
      look: held.look,
      poll: 50,
      onTrouble: (error) => void troubles.push(error),
      beforeAsking: async () => {
        if (!mayAsk) throw new Error('nobody knows what time it is')
      },
    })
    await vi.waitFor(() => expect(troubles.length).toBeGreaterThan(1))
    expect(loop.running()).toBe(0)
    mayAsk = true
    expect(await held.first).toMatchObject({ key: 'a' })
    held.release()
  })

  it('listens again after the database has closed its connections', async () => {
    const [here, there] = [await wakeUp(), await wakeUp()]
    const held = heldLooks()
    const owner = new pg.Client(work.ownerUrl)
    await owner.connect()
    const listening = `select pid from pg_stat_activity where datname = current_database() and query like '%pg_backend_pid()%'
      and pid <> pg_backend_pid()`
    await owner.query(`select pg_terminate_backend(pid) from (${listening}) listeners`)
    await vi.waitFor(async () => expect((await owner.query(listening)).rowCount).toBe(2), { timeout: 10_000 })
    await owner.end()
    here.onWake(begin({ look: held.look, poll: never }).wake)
    await vi.waitFor(
      async () => {
        await markOne('a', work.open({ markedLocally: there.markedLocally }))
        expect(held.looks).toHaveLength(1)
      },
      { timeout: 10_000 },
    )
    held.release()
  })
})

describe('failing', () => {
  const rowAfter = async (error: Error) => {
    const seen: unknown[] = []
    const failed = Promise.withResolvers<undefined>()
    const loop = begin({
      look: () => Promise.reject(error),
      onFailure: (_, thrown) => {
        seen.push(thrown)
        failed.resolve(undefined)
      },
      poll: never,
    })
    await markOne('a')
    loop.wake()
    await failed.promise
    await loop.stop()
    expect(seen).toEqual([error])
    return (await work.rows())[0]
  }

  it('keeps the code and the message of an adapter', async () => {
    const error = new AdapterError('device-offline', 'The lock has not been seen since 14:00.', {
      remedy: 'Check its battery.',
    })
    expect(await rowAfter(error)).toMatchObject({
      attempt: 1,
      last_error: 'device-offline: The lock has not been seen since 14:00.',
    })
  })

  it('keeps only the name of any other error, whose text may hold anything', async () => {
    expect(await rowAfter(new TypeError('PIN 482913 of Anna'))).toMatchObject({ last_error: 'TypeError' })
  })

  it('asks again when the vendor said', async () => {
    const retryAt = systemClock.now()
    await rowAfter(new AdapterError('rate-limited', 'Too many requests.', { remedy: 'Wait.', retryAt }))
    expect(await work.open().claim(1, [], systemClock.now())).toMatchObject([{ attempt: 1 }])
  })
})

describe('leases', () => {
  it('aborts a look whose lease another process has', async () => {
    const held = heldLooks()
    const queue = work.open({ lease: 400 })
    begin({ queue, look: held.look, lease: 400, poll: 20 })
    await markOne('a')
    const look = await held.first
    const aborted = once(look.signal, 'abort')
    // What a takeover leaves: the row is another's, under a higher fence.
    await work.pool.query(`update work set lease_owner = gen_random_uuid(), fence = nextval('work_fence')`)
    await aborted
    expect(look.signal.reason).toBeInstanceOf(LeaseLost)
  })

  it('keeps the lease of a long look for as long as it takes', async () => {
    const held = heldLooks()
    begin({ queue: work.open({ lease: 300 }), look: held.look, lease: 300, poll: 20 })
    begin({ queue: work.open({ lease: 300 }), look: held.look, lease: 300, poll: 20 })
    await markOne('a')
    const look = await held.first
    const until = Date.now() + 1000
    await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(until), { timeout: 5000 })
    expect(look.signal.aborted).toBe(false)
    expect(held.looks).toHaveLength(1)
    held.release()
  })

  it('tells a look that asks, the moment a frozen process goes on', async () => {
    let frozenFor = 0
    const held = heldLooks()
    const loop = begin({ look: held.look, poll: never, monotonic: () => performance.now() + frozenFor })
    await markOne('a')
    loop.wake()
    const { signal } = await held.first
    expect(signal.aborted).toBe(false)
    frozenFor = 10_001
    expect(() => signal.throwIfAborted()).toThrow(LeaseLost)
    expect(signal.aborted).toBe(true)
    await expect(fetch('http://127.0.0.1:9', { signal })).rejects.toThrow(LeaseLost)
  })

  it('takes over the key of a killed process', async () => {
    const lease = 1500
    await markOne('a')
    const worker = `${import.meta.dirname}/silent-worker.ts`
    const child = spawn(process.execPath, ['--conditions=@stayward/source', worker, work.appUrl, String(lease)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    expect(String((await once(child.stdout, 'data'))[0])).toBe('a\n')
    const held = heldLooks()
    begin({ queue: work.open({ lease }), look: held.look, lease, poll: 100 })
    const killed = Date.now()
    child.kill('SIGKILL')
    expect(await held.first).toMatchObject({ key: 'a', attempt: 1 })
    expect(Date.now() - killed).toBeLessThan(lease + 1500)
    held.release()
  })
})

describe('stopping', () => {
  it('waits for looks that end in time', async () => {
    const held = heldLooks()
    const loop = begin({ look: held.look, poll: 20 })
    await markOne('a', work.open({ nudgeSpacing: 0 }))
    await held.first
    const stopped = loop.stop(5000)
    held.release()
    await stopped
    expect(held.looks[0]?.signal.aborted).toBe(false)
    expect(loop.running()).toBe(0)
    expect((await work.rows()).filter((row) => row.ready || row.lease_owner !== null)).toEqual([])
  })

  it('interrupts the others and puts their keys back for the next process', async () => {
    const held = heldLooks()
    const loop = begin({ look: held.look, poll: 20 })
    await markOne('a')
    await held.first
    await loop.stop(0)
    expect(await work.rows()).toMatchObject([{ key: 'a', ready: true, attempt: 0, lease_owner: null }])
  })
})

describe('room', () => {
  it('never has more looks under way than slots, and leaves room for other tenants', async () => {
    const held = heldLooks()
    const queue = work.open({ share: 2 })
    const loop = begin({ queue, look: held.look, slots: 8, tenantCap: 4, poll: 20 })
    const many = Array.from({ length: 30 }, (_, n) => ({ kind: 'device', key: `k${n}`, why: 'step' }) as const)
    await queue.mark(tenant(1), many, [], systemClock.now())
    loop.wake()
    await vi.waitFor(() => expect(held.looks.length).toBeGreaterThanOrEqual(4))
    await queue.mark(tenant(2), many, [], systemClock.now())
    loop.wake()
    await vi.waitFor(() => expect(held.looks).toHaveLength(8))
    expect(held.looks.filter(({ tenantId }) => tenantId === tenant(2)).length).toBeGreaterThanOrEqual(3)
    expect(loop.running()).toBe(8)
  })
})
