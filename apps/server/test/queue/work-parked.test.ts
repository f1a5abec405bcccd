import { type Mark, systemClock } from '@stayward/core'
import pg from 'pg'
import { afterEach, beforeEach, expect, it } from 'vitest'
import * as table from '../../src/queue/work-table.ts'
import { tenant, type WorkUnderTest, workUnderTest } from './work-under-test.ts'

let work: WorkUnderTest
beforeEach(async () => {
  work = await workUnderTest()
})
afterEach(() => work.close())

const now = systemClock.now()
const later = '2100-01-01T00:00:00.000Z'
const nobody = '00000000-0000-0000-0000-000000000000'

const toClaim = [nobody, 100, [], 40, nobody, now, later, later]
const toTick = [now, [], [1], 5]
const claims = Array.from({ length: 40 }, (_, n) => `d${n + 1}`)
const toHold = [claims.map(() => tenant(1)), claims.map(() => 'device'), claims, claims.map(() => '1')]
/** Every statement that the queue sends by itself. `mark` writes by the key of its rows. */
const statements: readonly (readonly [table.Statement, readonly unknown[]])[] = [
  [table.claim, toClaim],
  [table.tick, toTick],
  [table.renew, [...toHold, later]],
  [table.stillHeld, toHold],
  [table.finish, [...toHold, now]],
  [table.fail, [...toHold, later, 'away', now]],
]

/** Pages of the database that a statement touches: a cost that no other program on the machine changes. */
async function pagesOf(text: string, values: readonly unknown[], client?: pg.PoolClient): Promise<number> {
  const own = client ?? (await work.pool.connect())
  try {
    await own.query('begin')
    const explained = `explain (analyze, buffers, timing off, format json) ${text}`
    const { rows } = await own.query<{ 'QUERY PLAN': [{ Plan: Record<string, unknown> }] }>(explained, [...values])
    const plan = rows[0]?.['QUERY PLAN'][0].Plan ?? {}
    return Number(plan['Shared Hit Blocks']) + Number(plan['Shared Read Blocks'])
  } finally {
    await own.query('rollback')
    if (!client) own.release()
  }
}

const asOwner = async (statement: string): Promise<void> => {
  const owner = new pg.Client(work.ownerUrl)
  await owner.connect()
  await owner.query(statement)
  await owner.end()
}

/** Timers an hour ahead and later, of fifty tenants. */
async function park(count: number, name: string): Promise<void> {
  await work.pool.query(
    `insert into work (tenant_id, kind, key, timer_at)
     select ('00000000-0000-4000-8000-' || lpad((1 + n % 50)::text, 12, '0'))::uuid, 'booking', $3 || n,
       $1::timestamptz + interval '1 hour' + n * interval '1 second'
     from generate_series(1, $2::int) n`,
    [now, count, name],
  )
}

/** Something to claim, of five tenants. */
async function markSome(): Promise<void> {
  const queue = work.open()
  for (let number = 1; number <= 5; number++)
    await queue.mark(
      tenant(number),
      claims.map((key): Mark => ({ kind: 'device', key, why: 'step' })),
      [],
      now,
    )
}

it('claims and ticks as cheaply amid thirty thousand parked timers as amid two thousand', async () => {
  const pages = async () => [await pagesOf(table.claim.text, toClaim), await pagesOf(table.tick.text, toTick)]
  await markSome()
  await park(2_000, 'few-')
  await asOwner('analyze work') // as autovacuum does by itself before long; only the owner may
  const [claimed = 0, ticked = 0] = await pages()
  expect(claimed).toBeGreaterThan(100)
  await park(30_000, 'many-')
  await asOwner('analyze work')
  const [claimedAmid, tickedAmid] = await pages()
  // Its indexes are a level deeper. Reading over the parked ones would cost fifteen times as much.
  expect(claimedAmid).toBeLessThan(claimed * 2)
  expect(tickedAmid).toBeLessThan(ticked * 2)
})

it('reads no more than it needs of a table that was never analysed', async () => {
  await asOwner('alter table work set (autovacuum_enabled = false)')
  await markSome()
  await park(30_000, 'many-')
  const { rows } = await work.pool.query("select reltuples from pg_class where relname = 'work'")
  expect(rows).toEqual([{ reltuples: -1 }])
  const size = await work.pool.query<{ pages: number }>("select (pg_relation_size('work') / 8192)::int as pages")
  expect(size.rows[0]?.pages).toBeGreaterThan(400)
  // A tick finds nothing here, and a row costs a handful of pages: its place in the index, and itself twice.
  expect(await pagesOf(table.tick.text, toTick)).toBeLessThan(50)
  expect(await pagesOf(table.claim.text, toClaim)).toBeLessThan(100 * 16)
  for (const [{ name, text }, values] of statements.slice(2))
    expect(await pagesOf(text, values), name).toBeLessThan(claims.length * 8)
})

it('does not keep a plan that was made while the table was empty', async () => {
  await asOwner('alter table work set (autovacuum_enabled = false)')
  const client = await work.pool.connect()
  try {
    for (let times = 0; times < 10; times++)
      for (const [{ name, text }, values] of statements) await client.query({ name, text, values: [...values] })
    await markSome()
    await park(30_000, 'many-')
    for (const [{ name }, values] of statements) {
      const given = values.map((value) => pg.escapeLiteral(Array.isArray(value) ? `{${value.join()}}` : String(value)))
      const pages = await pagesOf(`execute ${pg.escapeIdentifier(name)} (${given.join()})`, [], client)
      expect(pages, name).toBeLessThan(name === table.claim.name ? 100 * 16 : claims.length * 8)
    }
  } finally {
    client.release()
  }
})
