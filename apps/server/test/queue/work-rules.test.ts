import { MikroORM } from '@mikro-orm/postgresql'
import type { Claim, Mark } from '@stayward/core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { backOff } from '../../src/queue/back-off.ts'
import { changesOf, markForOrm, markValues } from '../../src/queue/work-table.ts'
import { at, tenant, type WorkUnderTest, workUnderTest } from './work-under-test.ts'

let work: WorkUnderTest
beforeAll(async () => {
  work = await workUnderTest()
})
afterAll(() => work.close())
beforeEach(() => work.clear())

const guest = tenant(1)
const booking = (key: string, why: Mark['why'] = 'step', priority?: Mark['priority']): Mark => ({
  kind: 'booking',
  key,
  why,
  ...(priority === undefined ? {} : { priority }),
})
const keys = (claims: readonly Claim[]) => claims.map(({ key }) => key).sort()

describe('marking', () => {
  it('makes one look of many marks, and leaves nothing behind', async () => {
    const queue = work.open()
    for (let n = 0; n < 5; n++) await queue.mark(guest, [booking('a'), booking('b'), booking('a')], [], at(n))
    const claims = await queue.claim(10, [], at(5))
    expect(keys(claims)).toEqual(['a', 'b'])
    expect(await queue.claim(10, [], at(5))).toEqual([])
    await queue.finish(claims, at(6))
    expect(await work.rows()).toEqual([])
  })

  it('looks once more at a key that was marked while it was looked at', async () => {
    const queue = work.open()
    await queue.mark(guest, [booking('a')], [], at(0))
    const first = await queue.claim(10, [], at(0))
    await queue.mark(guest, [booking('a')], [], at(1))
    expect(await queue.claim(10, [], at(1))).toEqual([])
    await queue.finish(first, at(2))
    expect(keys(await queue.claim(10, [], at(2)))).toEqual(['a'])
  })

  it('keeps kinds and tenants apart', async () => {
    const queue = work.open()
    await queue.mark(guest, [booking('a'), { kind: 'device', key: 'a', why: 'step' }], [], at(0))
    await queue.mark(tenant(2), [booking('a')], [], at(0))
    expect(await queue.claim(10, [], at(0))).toHaveLength(3)
  })

  it('takes keys as vendors write them, through the ORM as well', async () => {
    const strange = ['a"b', String.raw`c\d`, "e'f", 'g,h', '{i}', 'j k', 'null', 'ü?', '']
    const orm = await MikroORM.init({ clientUrl: work.appUrl, entities: [], discovery: { warnWhenNoEntities: false } })
    const marks = strange.map((key) => booking(key))
    await orm.em.fork().execute(markForOrm, markValues(changesOf(guest, marks, []), at(0)))
    await orm.close()
    const queue = work.open()
    const claims = await queue.claim(20, [], at(0))
    expect(keys(claims)).toEqual(strange.toSorted())
    await queue.finish(claims, at(0))
    expect(await work.rows()).toEqual([])
  })

  it('gives every claim a higher fence', async () => {
    const queue = work.open()
    const fences: number[] = []
    for (let n = 0; n < 4; n++) {
      await queue.mark(guest, [booking('a'), booking('b')], [], at(n))
      const claims = await queue.claim(1, [], at(n))
      fences.push(...claims.map(({ fence }) => fence))
      await queue.finish(claims, at(n))
    }
    expect(fences).toEqual(fences.toSorted((one, other) => one - other))
    expect(new Set(fences).size).toBe(4)
  })
})

describe('nudge spacing', () => {
  /** Lets 12 s pass, looking whenever there is something, and tells in which seconds. */
  const looksDuring = async (marksAt: (second: number) => readonly Mark[]) => {
    const queue = work.open({ nudgeSpacing: 5000 })
    const looks: number[] = []
    for (let second = 0; second <= 12; second += 0.5) {
      const marks = marksAt(second)
      if (marks.length > 0) await queue.mark(guest, marks, [], at(second))
      await queue.tick(at(second))
      const claims = await queue.claim(10, [], at(second))
      if (claims.length > 0) looks.push(second)
      await queue.finish(claims, at(second + 0.1))
    }
    await queue.tick(at(30))
    await queue.finish(await queue.claim(1, [], at(30)), at(30))
    await queue.tick(at(60))
    expect(await work.rows()).toEqual([])
    return looks
  }

  it('looks at the first nudge at once and at all further ones when the quiet time ends', async () => {
    expect(await looksDuring((second) => (second < 5 ? [booking('a', 'nudge')] : []))).toEqual([0, 5])
  })

  it('goes on at that pace in a storm', async () => {
    expect(await looksDuring(() => [booking('a', 'nudge')])).toEqual([0, 5, 10])
  })

  it('holds back neither edits nor steps, and the nudge is looked at with them', async () => {
    const marks: Record<number, Mark[]> = {
      0: [booking('a', 'nudge')],
      1: [booking('a', 'nudge')],
      2: [booking('a', 'edit')],
      3: [booking('a', 'step')],
    }
    expect(await looksDuring((second) => marks[second] ?? [])).toEqual([0, 2, 3])
  })

  it('does not hold back a timer', async () => {
    const queue = work.open({ nudgeSpacing: 5000 })
    await queue.mark(guest, [booking('a', 'nudge')], [{ kind: 'booking', key: 'a', at: at(2) }], at(0))
    await queue.finish(await queue.claim(1, [], at(0)), at(0))
    await queue.mark(guest, [booking('a', 'nudge')], [], at(1))
    expect(await queue.tick(at(1.9))).toBe(0)
    expect(await queue.tick(at(2))).toBe(1)
    expect(await queue.claim(1, [], at(2))).toHaveLength(1)
  })
})

describe('failures', () => {
  const failing = async (reason = 'unreachable: no answer', retryAt?: Mark['priority']) => {
    const queue = work.open()
    await queue.mark(guest, [booking('a')], [], at(0))
    const [claim] = await queue.claim(1, [], at(0))
    if (!claim) throw new Error('nothing was claimed')
    await queue.fail(claim, { reason, ...(retryAt === undefined ? {} : { retryAt }) }, at(0))
    return queue
  }
  const claimedAt = async (queue: Awaited<ReturnType<typeof failing>>, second: number) => {
    await queue.tick(at(second))
    return await queue.claim(1, [], at(second))
  }

  it('waits half a second the first time, then twice as long, with its reason to be read', async () => {
    const queue = await failing()
    expect(await claimedAt(queue, 0.2)).toEqual([])
    const [claim] = await claimedAt(queue, 0.25)
    expect(claim).toMatchObject({ attempt: 1 })
    if (claim) await queue.fail(claim, { reason: 'unreachable: still no answer' }, at(1))
    expect(await claimedAt(queue, 1.4)).toEqual([])
    const [row] = await work.rows()
    expect(row).toMatchObject({ attempt: 2, last_error: 'unreachable: still no answer' })
    expect(row?.failing_since?.toISOString()).toBe(at(0))
    const again = await claimedAt(queue, 1.5)
    await queue.finish(again, at(2))
    expect(await work.rows()).toEqual([])
  })

  it('never gives up: an outage is tried every five minutes, what a person must mend every hour', () => {
    expect([0, 1, 5].map((attempt) => backOff(attempt, true))).toEqual([500, 1000, 16_000])
    expect(backOff(4000, true)).toBe(300_000)
    expect(backOff(4000, false)).toBe(3_600_000)
  })

  it('keeps a back-off when nudges and steps come, and ends it for an edit', async () => {
    const queue = await failing()
    await queue.mark(guest, [booking('a', 'nudge'), booking('a', 'step')], [], at(0.1))
    expect(await claimedAt(queue, 0.1)).toEqual([])
    await queue.mark(guest, [booking('a', 'edit')], [], at(0.2))
    expect(await claimedAt(queue, 0.2)).toMatchObject([{ attempt: 0 }])
  })

  it('looks at once after a failure when a person edited during the look, but not for a nudge', async () => {
    const queue = work.open()
    for (const why of ['nudge', 'edit'] as const) {
      await queue.mark(guest, [booking(why)], [], at(0))
      const [claim] = await queue.claim(1, [], at(0))
      await queue.mark(guest, [booking(why, why)], [], at(0))
      if (claim) await queue.fail(claim, { reason: 'refused: no' }, at(0))
    }
    expect(await queue.claim(2, [], at(0))).toMatchObject([{ key: 'edit', why: 'edit' }])
  })

  it('looks at once when what was in the way is gone, and tells that from a person’s word', async () => {
    const queue = work.open()
    const whyAfter = async (...whys: readonly Mark['why'][]) => {
      for (const why of whys) await queue.mark(guest, [booking('a', why)], [], at(0))
      const claims = await queue.claim(1, [], at(0))
      await queue.finish(claims, at(0))
      return claims[0]?.why
    }
    expect(await whyAfter('nudge', 'freed')).toBe('freed')
    expect(await whyAfter('freed', 'step', 'freed')).toBe('freed')
    expect(await whyAfter('freed', 'edit')).toBe('edit')
    expect(await whyAfter('edit', 'freed')).toBe('edit')
    expect(await whyAfter('step')).toBe('step')
    const failed = await failing('unreachable: no answer', at(900))
    await failed.mark(guest, [booking('a', 'freed')], [], at(1))
    const claims = await failed.claim(1, [], at(1))
    expect(claims).toMatchObject([{ attempt: 1, why: 'freed' }])
    if (claims[0]) await failed.fail(claims[0], { reason: 'unreachable: no answer', retryAt: at(900) }, at(1))
    expect(await claimedAt(failed, 2)).toEqual([])
  })

  it('does not ask before the vendor wants to be asked, not even for a timer', async () => {
    const queue = await failing('rate-limited: slow down', at(60))
    await queue.mark(guest, [], [{ kind: 'booking', key: 'a', at: at(5) }], at(1))
    expect(await claimedAt(queue, 59)).toEqual([])
    expect(await claimedAt(queue, 60)).toHaveLength(1)
  })
})

describe('timers', () => {
  const timer = (key: string, second: number | null) =>
    ({ kind: 'booking', key, at: second === null ? null : at(second) }) as const

  it('fires once, when it was last set to', async () => {
    const queue = work.open()
    for (const second of [10, 50, 20]) await queue.mark(guest, [], [timer('a', second)], at(0))
    expect(await queue.tick(at(19))).toBe(0)
    expect(await queue.tick(at(20))).toBe(1)
    await queue.finish(await queue.claim(1, [], at(20)), at(20))
    expect(await work.rows()).toEqual([])
  })

  it('is removed by null, also where there is none', async () => {
    const queue = work.open()
    await queue.mark(guest, [], [timer('a', 10)], at(0))
    await queue.mark(guest, [], [timer('a', null), timer('b', null)], at(1))
    expect(await work.rows()).toEqual([])
    await queue.mark(guest, [booking('c')], [timer('c', null)], at(1))
    await queue.finish(await queue.claim(1, [], at(1)), at(1))
    expect(await work.rows()).toEqual([])
  })

  it('stays beside a mark: neither moves the other', async () => {
    const queue = work.open()
    await queue.mark(guest, [booking('a')], [timer('a', 3600)], at(0))
    const claims = await queue.claim(1, [], at(0))
    expect(keys(claims)).toEqual(['a'])
    await queue.finish(claims, at(1))
    expect(await queue.tick(at(3599))).toBe(0)
    expect(await queue.tick(at(3600))).toBe(1)
  })

  it('set by the look itself for a moment that has passed is looked at again', async () => {
    const queue = work.open()
    await queue.mark(guest, [booking('a')], [], at(0))
    const claims = await queue.claim(1, [], at(0))
    await queue.mark(guest, [], [timer('a', 1)], at(0.5))
    await queue.finish(claims, at(2))
    expect(keys(await queue.claim(1, [], at(2)))).toEqual(['a'])
  })
})

describe('order', () => {
  it('takes nearer arrivals first within a tenant, and what names none as a day away', async () => {
    const queue = work.open()
    const day = 86_400
    await queue.mark(
      guest,
      [
        booking('next week', 'step', at(7 * day)),
        booking('none'),
        booking('tonight', 'step', at(3600)),
        booking('in house', 'step', at(-day)),
      ],
      [],
      at(0),
    )
    const order: string[] = []
    for (let n = 0; n < 4; n++) order.push(...keys(await queue.claim(1, [], at(1))))
    expect(order).toEqual(['in house', 'tonight', 'none', 'next week'])
  })

  it('lets a key keep the nearest arrival it was marked for', async () => {
    const queue = work.open()
    await queue.mark(guest, [booking('a', 'step', at(50)), booking('b', 'step', at(40))], [], at(0))
    await queue.mark(guest, [booking('a', 'step', at(30)), booking('b', 'step', at(90))], [], at(0))
    expect(keys(await queue.claim(1, [], at(0)))).toEqual(['a'])
  })

  it('serves a tenant with one key between those with thousands', async () => {
    const queue = work.open({ share: 5 })
    const many = Array.from({ length: 200 }, (_, n) => booking(`k${n}`))
    for (const number of [1, 3]) await queue.mark(tenant(number), many, [], at(0))
    await queue.claim(10, [], at(0))
    await queue.mark(tenant(2), [booking('single')], [], at(1))
    const next = [...(await queue.claim(5, [], at(1))), ...(await queue.claim(5, [], at(1)))]
    expect(next.filter(({ tenantId }) => tenantId === tenant(2))).toHaveLength(1)
  })

  it('goes round the tenants, and leaves out those that are full', async () => {
    const queue = work.open()
    for (const number of [1, 2, 3, 4]) await queue.mark(tenant(number), [booking('a'), booking('b')], [], at(0))
    const seen: string[] = []
    for (let n = 0; n < 6; n++) seen.push(...(await queue.claim(1, [tenant(3)], at(0))).map(({ tenantId }) => tenantId))
    expect(seen).toEqual([1, 2, 4, 1, 2, 4].map(tenant))
    expect(await queue.claim(10, [tenant(3)], at(0))).toEqual([])
    expect(await queue.claim(10, [], at(0))).toHaveLength(2)
  })
})

describe('leases', () => {
  it('gives the keys of a process that went silent to another, and refuses its late words', async () => {
    const dead = work.open({ lease: 10_000 })
    const other = work.open({ lease: 10_000 })
    await dead.mark(guest, [booking('a'), booking('b')], [], at(0))
    const claims = await dead.claim(2, [], at(0))
    const [a, b] = claims
    if (!a || !b) throw new Error('two keys were marked')
    expect(await dead.renew([b], at(5))).toEqual([])
    expect(await other.tick(at(10))).toBe(0)
    expect(await other.tick(at(10.1))).toBe(1)
    const taken = await other.claim(2, [], at(10.1))
    expect(taken).toMatchObject([{ key: a.key, attempt: 1 }])
    expect(await dead.renew(claims, at(11))).toEqual([a.fence])
    await dead.finish([a], at(11))
    await dead.fail(a, { reason: 'unreachable: late' }, at(11))
    await dead.finish([b], at(11))
    expect(await work.rows()).toMatchObject([{ key: a.key, last_error: 'the process that looked at it ended' }])
    await other.finish(taken, at(12))
    expect(await work.rows()).toEqual([])
  })

  it('does not take keys from itself when the clock is set forward', async () => {
    const queue = work.open()
    await queue.mark(guest, [booking('a')], [], at(0))
    const claims = await queue.claim(1, [], at(0))
    expect(await queue.tick(at(3600))).toBe(0)
    expect(await queue.renew(claims, at(3600))).toEqual([])
  })

  it('takes back what it could not finish, as after an outage that outlasted the lease', async () => {
    let elapsed = 0
    const queue = work.open({ lease: 10_000, monotonic: () => elapsed })
    await queue.mark(guest, [booking('a')], [], at(0))
    expect(await queue.claim(1, [], at(0))).toHaveLength(1)
    elapsed = 9_999
    expect(await queue.tick(at(10.1))).toBe(0)
    elapsed = 10_000
    expect(await queue.tick(at(10.1))).toBe(1)
    expect(await queue.claim(1, [], at(10.1))).toMatchObject([{ key: 'a', attempt: 1 }])
  })

  it('lets a key that ends its processes wait longer each time', async () => {
    await work.open().mark(guest, [booking('a')], [], at(0))
    const starts: number[] = []
    for (let second = 0; second < 300; second++) {
      const queue = work.open({ lease: 1000 })
      await queue.tick(at(second))
      if ((await queue.claim(1, [], at(second))).length > 0) starts.push(second)
    }
    const gaps = starts.map((second, index) => second - (starts[index - 1] ?? second)).slice(1)
    expect(gaps.slice(0, 5)).toEqual([2, 2, 2, 2, 2])
    expect(gaps.slice(5)).toEqual([18, 34, 66, 130]) // 16 s, doubling, and two for the lease and the tick
  })

  it('finishes the others while a row is locked by an open transaction, and that one after its commit', async () => {
    const queue = work.open()
    await queue.mark(guest, [booking('a'), booking('b')], [], at(0))
    const claims = await queue.claim(2, [], at(0))
    const client = await work.pool.connect()
    await client.query('begin')
    await client.query(
      'select work_mark($1, $2, $3, $4, $5, $6, $7)',
      markValues(changesOf(guest, [booking('a')], []), at(1)),
    )
    const [a, b] = claims.toSorted((one, other) => one.key.localeCompare(other.key))
    if (!a || !b) throw new Error('two keys were marked')
    let finished = false
    const locked = queue.finish([a], at(2)).then(() => (finished = true))
    await queue.finish([b], at(2))
    expect(await queue.renew([a], at(3))).toEqual([])
    expect(finished).toBe(false)
    await client.query('commit')
    client.release()
    await locked
    expect(await work.rows()).toMatchObject([{ key: 'a', ready: true, lease_owner: null }])
  })
})
