import { setTimeout as pause } from 'node:timers/promises'
import { type Mark, systemClock } from '@stayward/core'
import pg from 'pg'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { startWork } from '../../src/queue/work-loop.ts'
import { changesOf, markValues, mark as markStatement } from '../../src/queue/work-table.ts'
import { tenant, type WorkUnderTest, workUnderTest } from './work-under-test.ts'

let work: WorkUnderTest
beforeAll(async () => {
  work = await workUnderTest()
  const owner = new pg.Client(work.ownerUrl)
  await owner.connect()
  await owner.query('create table wish (key text primary key, wanted int not null, seen int not null)')
  await owner.query(`insert into wish select 'k' || n, 0, 0 from generate_series(1, 12) n`)
  await owner.query('grant select, update on wish to public')
  await owner.end()
})
afterAll(() => work.close())

const key = () => `k${1 + Math.floor(Math.random() * 12)}`
const device = (name: string): Mark => ({ kind: 'device', key: name, why: 'step' })

it('never looks at a key twice at once and never loses a mark, under many writers, three loops and failing looks', async () => {
  const active = new Set<string>()
  const overlaps: string[] = []
  const look = async ({ key }: { readonly key: string }) => {
    if (active.has(key)) overlaps.push(key)
    active.add(key)
    try {
      const { rows } = await work.pool.query<{ wanted: number }>('select wanted from wish where key = $1', [key])
      await pause(Math.random() * 4)
      if (Math.random() < 0.1) throw new Error('the vendor stumbles')
      await work.pool.query('update wish set seen = $2 where key = $1', [key, rows[0]?.wanted])
    } finally {
      active.delete(key)
    }
  }
  const loops = Array.from({ length: 3 }, () => {
    const queue = work.open()
    return startWork({ queue, look, clock: systemClock, onFailure: () => undefined, slots: 6, poll: 50 })
  })
  const writer = async () => {
    const client = new pg.Client(work.appUrl)
    await client.connect()
    for (let n = 0; n < 150; n++) {
      const name = key()
      await client.query('begin')
      await client.query('update wish set wanted = wanted + 1 where key = $1', [name])
      await client.query(markStatement.text, markValues(changesOf(tenant(1), [device(name)], []), systemClock.now()))
      if (n % 20 === 0) await pause(20)
      await client.query('commit')
      for (const loop of loops) loop.wake()
    }
    await client.end()
  }
  await Promise.all(Array.from({ length: 4 }, writer))
  await vi.waitFor(async () => expect(await work.rows()).toEqual([]), { timeout: 15_000, interval: 50 })
  await Promise.all(loops.map((loop) => loop.stop()))
  expect(overlaps).toEqual([])
  const behind = await work.pool.query('select key from wish where seen <> wanted')
  expect(behind.rows).toEqual([])
  const total = await work.pool.query<{ total: number }>('select sum(wanted)::int as total from wish')
  expect(total.rows).toEqual([{ total: 600 }])
})

it('lets transactions that mark and time the same keys in any order all commit', async () => {
  const writer = async () => {
    const client = new pg.Client(work.appUrl)
    await client.connect()
    for (let n = 0; n < 60; n++) {
      const now = systemClock.now()
      const marks = Array.from({ length: 4 }, () => device(key()))
      const timers = Array.from(
        { length: 3 },
        () => ({ kind: 'device', key: key(), at: n % 5 === 0 ? null : now }) as const,
      )
      await client.query(markStatement.text, markValues(changesOf(tenant(2), marks, timers), now))
    }
    await client.end()
  }
  await expect(Promise.all(Array.from({ length: 8 }, writer))).resolves.toBeDefined()
})
