import { setTimeout as pause } from 'node:timers/promises'
import { type Mark, systemClock, type Timer } from '@stayward/core'
import pg from 'pg'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { changesOf, markValues, mark as markStatement } from '../../src/queue/work-table.ts'
import { type Crew, startCrew } from './work-crew.ts'
import { tenant, type WorkUnderTest, workUnderTest } from './work-under-test.ts'

const keys = 30
let work: WorkUnderTest
let crew: Crew
beforeAll(async () => {
  work = await workUnderTest()
  const owner = new pg.Client(work.ownerUrl)
  await owner.connect()
  await owner.query(
    'create table wish (key text primary key, wanted int not null, seen int not null, fence bigint not null)',
  )
  await owner.query(`insert into wish select 'k' || n, 0, 0, 0 from generate_series(1, ${keys}) n`)
  await owner.query('create table overlap (key text not null)')
  await owner.query('grant select, insert, update on wish, overlap to public')
  await owner.end()
  crew = await startCrew(work.appUrl, 3)
})
afterAll(async () => {
  await crew.stop()
  await work.close()
})

const whys = ['nudge', 'step', 'step', 'edit', 'freed'] as const
const oneOf = <T>(all: readonly T[]): T => all[Math.floor(Math.random() * all.length)] as T // never asked of an empty list

/** One change of a wish and what wakes its key, in one transaction: a mark, or a timer some time ahead. */
async function wish(client: pg.Client): Promise<void> {
  const key = `k${1 + Math.floor(Math.random() * keys)}`
  const now = systemClock.now()
  const isTimer = Math.random() < 0.25
  const marks: Mark[] = isTimer ? [] : [{ kind: 'device', key, why: oneOf(whys) }]
  const at = new Date(Date.parse(now) + Math.random() * 2000).toISOString() as typeof now // has the shape of one
  const timers: Timer[] = isTimer ? [{ kind: 'device', key, at }] : []
  await client.query('begin')
  await client.query('update wish set wanted = wanted + 1 where key = $1', [key])
  await client.query(markStatement.text, markValues(changesOf(tenant(1), marks, timers), now))
  if (Math.random() < 0.05) await pause(20)
  await client.query(Math.random() < 0.05 ? 'rollback' : 'commit')
}

it('loses no mark and never looks twice at once, while its processes are killed', async () => {
  const end = performance.now() + 8000
  const writer = async () => {
    const client = new pg.Client(work.appUrl)
    await client.connect()
    while (performance.now() < end) {
      await wish(client)
      await pause(Math.random() * 20)
    }
    await client.end()
  }
  const killer = async () => {
    while (performance.now() < end) {
      await pause(1500)
      await crew.killOne()
    }
  }
  await Promise.all([writer(), writer(), writer(), killer()])
  // A key that was held when its process died comes back with its lease; one that failed, with its back-off.
  await vi.waitFor(async () => expect(await work.rows()).toEqual([]), { timeout: 30_000, interval: 100 })

  expect((await work.pool.query('select key from wish where seen <> wanted')).rows).toEqual([])
  expect((await work.pool.query('select key from overlap')).rows).toEqual([])
  expect(crew.kills()).toBeGreaterThan(3)
  expect(crew.orphans.length).toBeGreaterThan(0)
  const takeovers = crew.orphans.map(({ killedAt, againAt = Infinity }) => againAt - killedAt)
  expect(Math.max(...takeovers)).toBeLessThan(15_000)
}, 60_000)

it("looks at one tenant's single mark within two seconds, behind thousands of another's", async () => {
  const queue = work.open()
  const many = Array.from({ length: 5000 }, (_, n): Mark => ({ kind: 'probe', key: `many-${n}`, why: 'step' }))
  await queue.mark(tenant(2), many, [], systemClock.now())
  const asked = performance.now()
  await queue.mark(tenant(3), [{ kind: 'probe', key: 'single', why: 'step' }], [], systemClock.now())
  const begun = await vi.waitFor(
    () => {
      const found = crew.started.find(({ key }) => key === 'single')
      if (!found) throw new Error('not looked at yet')
      return found.at
    },
    { timeout: 10_000, interval: 10 },
  )
  expect(begun - asked).toBeLessThan(2000)
  const { rows } = await work.pool.query<{ left: number }>(
    'select count(*)::int as left from work where tenant_id = $1 and ready',
    [tenant(2)],
  )
  expect(rows[0]?.left).toBeGreaterThan(1000) // it did not just wait for its turn
})
