import { setTimeout as pause } from 'node:timers/promises'
import { limits, type WorkKind } from '@stayward/core'
import pg from 'pg'
import type { BenchHouse } from './bench-house.ts'
import type { Child } from './child-process.ts'
import type { HubReady, HubUse } from './hub-server.ts'
import type { BenchOptions } from './intake.ts'
import { measure } from './measure.ts'
import { type Figure, type Report, tell } from './report.ts'
import { onStage } from './stage.ts'
import { startStays } from './stays.ts'
import { memoryConnections } from './vendors.ts'

const tenants = 1000
const doors = 20
/** Bookings that some tenants have, so that looks have something to look at. */
const bookings = 200
/** Looks of each kind that are counted. */
const sample = 200

/** What a hub of a thousand houses costs when nothing happens but its own rounds: polls, probes, re-reading of doors. */
export async function benchIdle({ seconds }: BenchOptions): Promise<Report> {
  return await onStage({ connections: memoryConnections, tenants, doors }, async ({ database, house, startHub }) => {
    const stays = await startStays(house, database.ownerUrl)
    const hub = await startHub({ origins: stays.vendors.origins })
    stays.sendTo(hub.ready.url)
    const owner = new pg.Client(database.ownerUrl)
    await owner.connect()
    const work = workOf(owner, house)
    try {
      tell(`${bookings} bookings come in …`)
      for (let number = 0; number < bookings; number++) await stays.bring()
      await stays.settled()
      await work.done()
      tell('Every tenant is opened once …')
      await work.mark('probe', `select id, $1::text from tenant`, [house.ids.bookings])
      await work.done()

      const perLook = await statementsPerLook(hub, work, house)
      await work.park('1 day')
      const quiet = await usedIn(hub, seconds)
      await work.spread()
      const yardstick = await processorTimeOf(owner)
      const lines: Used[] = []
      const outcome = await measure(
        {
          name: 'processor time',
          yardstick,
          candidate: async () => {
            const used = await usedIn(hub, Math.max(seconds, 10))
            lines.push(used)
            return used.processor * 1000
          },
        },
        tell,
      )
      const looks = lines.reduce((sum, used) => sum + used.looks, 0)
      const span = lines.reduce((sum, used) => sum + used.seconds, 0)
      const statements = lines.reduce((sum, used) => sum + used.statements * used.seconds, 0)
      return {
        bench: 'idle',
        outcomes: [{ outcome, unit: 'ms per second, against 1000 plain queries' }],
        figures: [
          { name: 'processor share', unit: '% of one', value: mean(lines, ({ processor }) => processor) * 100 },
          { name: 'memory', unit: 'MB', value: Math.max(...lines.map(({ rss }) => rss)), aim: { atMost: 250 } },
          { name: 'looks', unit: 'per second', value: looks / span },
          { name: 'queries', unit: 'per second', value: statements / span },
          { name: 'queries with no look due', unit: 'per second', value: quiet.statements, aim: { atMost: 6 } },
          { name: 'processor share with no look due', unit: '% of one', value: quiet.processor * 100 },
          {
            name: 'queries per look',
            unit: '',
            value: (statements - quiet.statements * span) / looks,
            aim: { atMost: 10 },
          },
          ...perLook,
        ],
        details: { postgres: database.settings, tenants, doors, bookings, seconds },
      }
    } finally {
      await owner.end()
      await hub.stop()
      await stays.stop()
    }
  })
}

/** The table of keys, as its owner sees it. */
function workOf(owner: pg.Client, { ids }: BenchHouse) {
  return {
    /** `keys` selects tenant and key. */
    async mark(kind: WorkKind, keys: string, values: readonly unknown[] = []): Promise<number> {
      const { rows } = await owner.query<{ marked: number }>(
        `with k (tenant_id, key) as materialized (${keys}), marked as (
           select work_mark(array_agg(tenant_id), array_agg('${kind}'::text), array_agg(key), array_agg('edit'::text),
             array_agg(null::timestamptz), array_agg(null::timestamptz), now()) from k)
         select (select count(*) from k)::int as marked from marked`,
        [...values],
      )
      await owner.query(`select pg_notify('stayward_work', '')`)
      return rows[0]?.marked ?? 0
    },
    /** Resolves when nothing is due or being looked at. */
    async done(): Promise<void> {
      for (;;) {
        const { rows } = await owner.query<{ open: number; failing: number }>(
          `select count(*) filter (where wake_at <= now() or lease_owner is not null)::int as open,
             count(*) filter (where attempt > 0)::int as failing from work`,
        )
        const [{ open, failing } = { open: 0, failing: 0 }] = rows
        if (failing > 0) throw new Error(`${failing} looks failed: there is nothing to report.`)
        if (open === 0) return
        await pause(100)
      }
    },
    /** Nothing is due before this interval is over. */
    async park(interval: string): Promise<void> {
      await owner.query(
        `update work set timer_at = now() + $1::interval, wake_at = null, ready = false, quiet_until = null`,
        [interval],
      )
    },
    /** The hub's own rounds as they lie after a day, spread evenly over their time. */
    async spread(): Promise<void> {
      await owner.query('truncate work')
      const rounds: readonly (readonly [WorkKind, readonly string[], number])[] = [
        ['connection', [ids.bookings], limits.poll],
        ['probe', [ids.bookings, ids.locks ?? ''], limits.probe],
        ['device', ids.devices, limits.sweepFar],
      ]
      for (const [kind, keys, every] of rounds)
        await owner.query(
          `insert into work (tenant_id, kind, key, timer_at)
           select t.id, $1, k, now() + random() * $3 * interval '1 millisecond' from tenant t cross join unnest($2::text[]) k`,
          [kind, keys, every],
        )
      await owner.query('analyze work')
    },
  }
}

interface Used {
  readonly seconds: number
  /** Processor seconds per second. */
  readonly processor: number
  /** Megabytes. */
  readonly rss: number
  /** Per second. */
  readonly statements: number
  readonly looks: number
}

/** What the hub uses while nobody disturbs it. */
async function usedIn(hub: Child<HubReady>, seconds: number): Promise<Used> {
  const looksBefore = await looksOf(hub)
  await pause(1200) // what the question itself has caused is over
  const before = await hub.ask<HubUse>('use')
  await pause(seconds * 1000)
  const after = await hub.ask<HubUse>('use')
  const looks = (await looksOf(hub)) - looksBefore
  const span = (after.at - before.at) / 1000
  return {
    seconds: span,
    processor: (after.processor - before.processor) / span,
    rss: after.rssBytes / 1e6,
    statements: (after.statements - before.statements) / span,
    looks,
  }
}

async function looksOf({ ready }: Child<HubReady>): Promise<number> {
  const text = await (await fetch(`${ready.url}/metrics`)).text()
  return Array.from(text.matchAll(/^stayward_looks_total\{.*\} (\d+)$/gm)).reduce(
    (sum, [, count]) => sum + Number(count),
    0,
  )
}

async function statementsPerLook(
  hub: Child<HubReady>,
  work: ReturnType<typeof workOf>,
  { ids }: BenchHouse,
): Promise<readonly Figure[]> {
  const kinds: readonly (readonly [WorkKind, string, readonly unknown[]])[] = [
    ['probe', 'select id, $1::text from tenant limit $2', [ids.bookings, sample]],
    ['connection', 'select id, $1::text from tenant limit $2', [ids.bookings, sample]],
    ['device', 'select tenant_id, id::text from device order by tenant_id limit $1', [sample]],
    ['booking', 'select tenant_id, id::text from booking limit $1', [sample]],
    ['messages', 'select tenant_id, id::text from booking limit $1', [sample]],
  ]
  const figures: Figure[] = []
  for (const [kind, keys, values] of kinds) {
    const looksBefore = await looksOf(hub)
    const before = await hub.ask<HubUse>('use')
    await work.mark(kind, keys, values)
    await work.done()
    const after = await hub.ask<HubUse>('use')
    const looks = (await looksOf(hub)) - looksBefore
    const value = (after.statements - before.statements) / looks
    figures.push({ name: `queries per look at a ${kind}`, unit: '', value })
    tell(`${kind}: ${value.toFixed(1)} queries per look, ${looks} looks`)
  }
  return figures
}

/** So many that the time they take is no matter of chance. */
const queries = 20_000

/** Processor time of a thousand plain queries from this process, in milliseconds: what the machine is worth just now. */
async function processorTimeOf(client: pg.Client): Promise<() => Promise<number>> {
  return async () => {
    const before = process.cpuUsage()
    for (let query = 0; query < queries; query++) await client.query({ name: 'plain', text: 'select 1' })
    const { user, system } = process.cpuUsage(before)
    return (user + system) / queries
  }
}

function mean(lines: readonly Used[], figure: (used: Used) => number): number {
  return lines.reduce((sum, line) => sum + figure(line), 0) / lines.length
}
