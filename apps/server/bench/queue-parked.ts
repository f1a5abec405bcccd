import pg from 'pg'
import { systemClock } from '@stayward/core'
import { byIndex } from '../src/queue/by-index.ts'
import { PostgresWorkQueue } from '../src/queue/postgres-work-queue.ts'
import { databaseAt } from '../test/database-address.ts'
import { cpuTime } from './cpu-time.ts'
import { measure, type Outcome } from './measure.ts'
import { connected, probes } from './queue-machinery.ts'
import { tell } from './report.ts'

const tenant = '00000000-0000-4000-8000-00000000000a'
const loads = 20
const keysOfLoad = 200

/**
 * W5: the same keys marked, claimed and finished in a table with nothing else, and in one with parked timers. Both are copies
 * of one database and are swept before each round, so that they differ in the timers alone. What is compared is the
 * processor time of the database's process and of this one: others on the machine make it wait, and wait is not counted.
 */
export async function amidParked(ownerUrl: string, appUrl: string, count: number): Promise<Outcome> {
  await connected(ownerUrl, (owner) => owner.query('truncate work'))
  const template = pg.escapeIdentifier(new URL(ownerUrl).pathname.slice(1))
  await connected(databaseAt(ownerUrl, 'postgres'), async (owner) => {
    for (const name of ['bare', 'parked']) await owner.query(`create database ${name} template ${template}`)
  })
  await connected(databaseAt(ownerUrl, 'parked'), (owner) =>
    owner.query(
      `insert into work (tenant_id, kind, key, timer_at)
       select ('00000000-0000-4000-8000-' || lpad((1 + n % 1000)::text, 12, '0'))::uuid, 'booking', 'parked-' || n,
         now() + interval '1 day' + n * interval '1 second'
       from generate_series(1, $1::int) n`,
      [count],
    ),
  )
  const loadsIn = (name: string) => async () => {
    await connected(databaseAt(ownerUrl, name), (owner) => owner.query('vacuum analyze work'))
    return await costOfLoads(databaseAt(appUrl, name))
  }
  const contest = { name: `amid ${count} parked timers`, yardstick: loadsIn('bare'), candidate: loadsIn('parked') }
  return await measure(contest, tell)
}

/** Milliseconds of processor time. */
async function costOfLoads(url: string): Promise<number> {
  const pool = new pg.Pool({ connectionString: url, max: 1, ...byIndex })
  try {
    const { rows } = await pool.query<{ pid: number }>('select pg_backend_pid() as pid')
    const queue = new PostgresWorkQueue({ pool })
    const before = spent(rows[0]?.pid)
    let finished = 0
    for (let load = 0; load < loads; load++) {
      await queue.mark(tenant, probes(`w5-${load}`, keysOfLoad), [], systemClock.now())
      await queue.tick(systemClock.now())
      for (let claims = await queue.claim(200, [], systemClock.now()); claims.length > 0; ) {
        await queue.finish(claims, systemClock.now())
        finished += claims.length
        claims = await queue.claim(200, [], systemClock.now())
      }
    }
    if (finished !== loads * keysOfLoad) throw new Error(`${finished} keys were finished, not ${loads * keysOfLoad}`)
    return spent(rows[0]?.pid) - before
  } finally {
    await pool.end()
  }
}

/** By this process and that one of the database; where the system does not tell, the clock's milliseconds. */
function spent(pid = 0): number {
  const seconds = cpuTime(pid)
  if (seconds === undefined) return performance.now()
  const { user, system } = process.cpuUsage()
  return seconds * 1000 + (user + system) / 1000
}
