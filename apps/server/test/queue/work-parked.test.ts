import { type Mark, systemClock } from '@stayward/core'
import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { claim, tick } from '../../src/queue/work-table.ts'
import { tenant, type WorkUnderTest, workUnderTest } from './work-under-test.ts'

let work: WorkUnderTest
beforeAll(async () => {
  work = await workUnderTest()
})
afterAll(() => work.close())

const now = systemClock.now()
const later = '2100-01-01T00:00:00.000Z'
const nobody = '00000000-0000-0000-0000-000000000000'

/** Pages of the database that a statement touches: a cost that no other program on the machine changes. */
async function pagesOf(text: string, values: readonly unknown[]): Promise<number> {
  const client = await work.pool.connect()
  try {
    await client.query('begin')
    const explained = `explain (analyze, buffers, timing off, format json) ${text}`
    const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Record<string, unknown> }] }>(explained, [...values])
    const plan = rows[0]?.['QUERY PLAN'][0].Plan ?? {}
    return Number(plan['Shared Hit Blocks']) + Number(plan['Shared Read Blocks'])
  } finally {
    await client.query('rollback')
    client.release()
  }
}

const pagesToClaim = () => pagesOf(claim.text, [nobody, 100, [], 40, nobody, now, later, later])
const pagesToTick = () => pagesOf(tick.text, [now, [], [1], 5])

/** Timers an hour ahead and later, of fifty tenants. */
async function park(count: number, name: string): Promise<void> {
  await work.pool.query(
    `insert into work (tenant_id, kind, key, timer_at)
     select ('00000000-0000-4000-8000-' || lpad((1 + n % 50)::text, 12, '0'))::uuid, 'booking', $3 || n,
       $1::timestamptz + interval '1 hour' + n * interval '1 second'
     from generate_series(1, $2::int) n`,
    [now, count, name],
  )
  // As autovacuum does by itself before long; only the owner may.
  const owner = new pg.Client(work.ownerUrl)
  await owner.connect()
  await owner.query('analyze work')
  await owner.end()
}

it('claims and ticks as cheaply amid thirty thousand parked timers as amid two thousand', async () => {
  const queue = work.open()
  for (let number = 1; number <= 5; number++) {
    const marks = Array.from({ length: 40 }, (_, n): Mark => ({ kind: 'device', key: `d${n}`, why: 'step' }))
    await queue.mark(tenant(number), marks, [], now)
  }
  await park(2_000, 'few-')
  const [claimed, ticked] = [await pagesToClaim(), await pagesToTick()]
  expect(claimed).toBeGreaterThan(100)
  await park(30_000, 'many-')
  // Its indexes are a level deeper. Reading over the parked ones would cost fifteen times as much.
  expect(await pagesToClaim()).toBeLessThan(claimed * 2)
  expect(await pagesToTick()).toBeLessThan(ticked * 2)
})
