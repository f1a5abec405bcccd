import { type Instant, type Mark, plus } from '@stayward/core'
import { MemoryQueue, type MemoryQueueOptions } from '@stayward/core/testing'
import { describe, expect, it } from 'vitest'

const start = '2026-07-08T09:00:00.000Z' as Instant // has the shape
const after = (seconds: number): Instant => plus(start, seconds * 1000)
const tenant = 'tenant-a'
const device = (why: Mark['why'], key = 'd-1', priority?: Instant): Mark => ({
  kind: 'device',
  key,
  why,
  ...(priority === undefined ? {} : { priority }),
})

function open(options: MemoryQueueOptions = {}) {
  const queue = new MemoryQueue(options)
  const mark = (marks: readonly Mark[], at: Instant, tenantId = tenant) => queue.mark(tenantId, marks, [], at)
  const claim = async (at: Instant, room = 10) => {
    await queue.tick(at)
    return await queue.claim(room, [], at)
  }
  const keys = async (at: Instant) => (await claim(at)).map(({ key }) => key)
  return { queue, mark, claim, keys }
}

describe('the queue in memory', () => {
  it('takes two marks for one, and one look at a time', async () => {
    const { queue, mark, claim } = open()
    await mark([device('step'), device('step')], start)
    const claims = await claim(start)
    expect(claims).toHaveLength(1)
    await mark([device('step')], after(1))
    expect(await claim(after(1))).toEqual([])
    await queue.finish(claims, after(2))
    expect(await claim(after(2))).toHaveLength(1) // the mark that came meanwhile is not lost
  })

  it('forgets a key that has nothing to wait for', async () => {
    const { queue, mark, claim } = open()
    await mark([device('step')], start)
    await queue.finish(await claim(start), start)
    expect(queue.keys()).toEqual([])
  })

  it('spaces nudges: the first at once, the others as one more look at the end of the spacing', async () => {
    const { queue, mark, claim, keys } = open({ nudgeSpacing: 5000 })
    await mark([device('nudge')], start)
    await queue.finish(await claim(start), after(1))
    await mark([device('nudge')], after(2))
    await mark([device('nudge')], after(3))
    expect(await keys(after(4.9))).toEqual([])
    const again = await claim(after(5))
    expect(again).toHaveLength(1)
    await queue.finish(again, after(5))
    expect(await keys(after(60))).toEqual([])
    await mark([device('nudge')], after(60))
    expect(await keys(after(60))).toEqual(['d-1'])
  })

  it('does not hold back edits and our own steps', async () => {
    const { queue, mark, claim, keys } = open()
    await mark([device('nudge')], start)
    await queue.finish(await claim(start), start)
    await mark([device('step')], after(1))
    expect(await keys(after(1))).toEqual(['d-1'])
  })

  it('keeps one timer per key beside its marks, moves it, and removes it', async () => {
    const { queue, claim, keys } = open()
    const timer = (at: Instant | null) => queue.mark(tenant, [], [{ kind: 'device', key: 'd-1', at }], start)
    await timer(after(10))
    await timer(after(20))
    expect(await keys(after(19))).toEqual([])
    await queue.finish(await claim(after(20)), after(20))
    expect(queue.keys()).toEqual([])
    await timer(after(30))
    await timer(null)
    expect(queue.keys()).toEqual([])
  })

  it('backs off after a failure, longer each time, and a step waits for it', async () => {
    const { queue, mark, claim, keys } = open({ random: () => 1 })
    await mark([device('step')], start)
    const [first] = await claim(start)
    if (!first) throw new Error('nothing claimed')
    await queue.fail(first, { reason: 'no answer' }, start)
    await mark([device('step')], after(0.1))
    expect(await keys(after(0.4))).toEqual([])
    const [second] = await claim(after(0.5))
    expect(second?.attempt).toBe(1)
    if (!second) throw new Error('nothing claimed')
    await queue.fail(second, { reason: 'no answer' }, after(0.5))
    expect(await keys(after(1.4))).toEqual([])
    expect(await keys(after(1.5))).toEqual(['d-1'])
  })

  it('waits as long as the vendor said', async () => {
    const { queue, mark, claim, keys } = open({ random: () => 0 })
    await mark([device('step')], start)
    const [first] = await claim(start)
    if (!first) throw new Error('nothing claimed')
    await queue.fail(first, { reason: 'too many', retryAt: after(90) }, start)
    expect(await keys(after(89))).toEqual([])
    expect(await keys(after(90))).toEqual(['d-1'])
  })

  it.each([
    [true, 300],
    [false, 3600],
  ])('never gives up, and tries again sooner where waiting helps (%s: %s s)', async (passing, wait) => {
    const { queue, mark, claim, keys } = open({ random: () => 1 })
    await mark([device('step')], start)
    let now = start
    for (let failures = 0; failures < 30; failures += 1) {
      const [look] = await claim(now)
      if (!look) throw new Error('given up')
      await queue.fail(look, { reason: 'no answer', passing }, now)
      if (failures < 29) now = plus(now, 3_600_000)
    }
    expect(await keys(plus(now, wait * 1000 - 1))).toEqual([])
    expect(await keys(plus(now, wait * 1000))).toEqual(['d-1'])
  })

  it('ends a back-off when a person changed something, even during the look', async () => {
    const { queue, mark, claim } = open()
    await mark([device('step')], start)
    const [first] = await claim(start)
    if (!first) throw new Error('nothing claimed')
    await queue.fail(first, { reason: 'no answer', retryAt: after(900) }, start)
    await mark([device('edit')], after(1))
    const [second] = await claim(after(1))
    expect(second?.attempt).toBe(0)
    if (!second) throw new Error('nothing claimed')
    await mark([device('edit')], after(2))
    await queue.fail(second, { reason: 'no answer', retryAt: after(900) }, after(3))
    expect(await claim(after(3))).toMatchObject([{ why: 'edit', attempt: 0 }])
  })

  it('tells what was freed from a person’s word', async () => {
    const { mark, claim, queue } = open()
    const whyAfter = async (...whys: readonly Mark['why'][]) => {
      for (const why of whys) await mark([device(why)], start)
      const claims = await claim(start)
      await queue.finish(claims, start)
      return claims[0]?.why
    }
    expect(await whyAfter('step', 'freed')).toBe('freed')
    expect(await whyAfter('freed', 'edit')).toBe('edit')
    expect(await whyAfter('edit', 'freed')).toBe('edit')
    expect(await whyAfter('step')).toBe('step')
  })

  it('takes back the keys of a process that died, and refuses its late words', async () => {
    const { queue, mark, claim } = open({ lease: 10_000 })
    await mark([device('step')], start)
    const [dead] = await claim(start)
    if (!dead) throw new Error('nothing claimed')
    expect(await queue.renew([dead], after(5))).toEqual([])
    expect(await claim(after(14))).toEqual([])
    const [heir] = await claim(after(15))
    expect(heir?.fence).toBeGreaterThan(dead.fence)
    expect(await queue.renew([dead], after(15))).toEqual([dead.fence])
    await queue.finish([dead], after(16))
    expect(queue.keys()).toMatchObject([{ state: 'leased' }])
  })

  it('serves tenants in turn, and nearest arrivals first within one', async () => {
    const { mark, claim } = open()
    await mark(
      [device('step', 'far', after(9000)), device('step', 'near', after(10)), device('step', 'mid', after(900))],
      start,
    )
    await mark([device('step', 'other')], start, 'tenant-b')
    expect((await claim(start, 3)).map(({ key }) => key)).toEqual(['near', 'other', 'mid'])
  })

  it('leaves out tenants that have enough under way', async () => {
    const { queue, mark } = open()
    await mark([device('step')], start)
    await mark([device('step')], start, 'tenant-b')
    expect((await queue.claim(9, [tenant], start)).map(({ tenantId }) => tenantId)).toEqual(['tenant-b'])
  })
})
