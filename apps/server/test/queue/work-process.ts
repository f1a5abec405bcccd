// A process that looks at keys, for a test that kills it. Prints `start <key>` and `end <key>` of every look.
import { setTimeout as pause } from 'node:timers/promises'
import { systemClock } from '@stayward/core'
import pg from 'pg'
import { byIndex } from '../../src/queue/by-index.ts'
import { PostgresWorkQueue } from '../../src/queue/postgres-work-queue.ts'
import { startWakeUp } from '../../src/queue/wake-up.ts'
import { startWork } from '../../src/queue/work-loop.ts'

const [, , url = ''] = process.argv
const pool = new pg.Pool({ connectionString: url, max: 4, ...byIndex })
/** One connection per look: what it locks is free again the moment the process is gone. */
const sessions = new pg.Pool({ connectionString: url, max: 12 })
const wakeUp = await startWakeUp({ url })
const queue = new PostgresWorkQueue({ pool, markedLocally: wakeUp.markedLocally, nudgeSpacing: 200 })
const work = startWork({
  queue,
  clock: systemClock,
  slots: 10,
  tenantCap: 8,
  onFailure: () => undefined,
  look: async ({ tenantId, key, fence }) => {
    process.stdout.write(`start ${key}\n`)
    const session = await sessions.connect()
    try {
      // Whoever else looks at this key just now holds this lock, in whatever process.
      const lock = [`${tenantId} ${key}`]
      const { rows } = await session.query<{ free: boolean; wanted: number | null }>(
        `select pg_try_advisory_lock(hashtextextended($1, 0)) as free, (select wanted from wish where key = $2) as wanted`,
        [...lock, key],
      )
      const [found] = rows
      if (!found?.free) await session.query('insert into overlap (key) values ($1)', [key])
      if (key.startsWith('k')) await pause(Math.random() < 0.05 ? 2000 : 5 + Math.random() * 60)
      if (Math.random() < 0.1) throw new Error('the vendor stumbles')
      // As the stores do: what comes late, under an older fence, is not written.
      await session.query('update wish set seen = $2, fence = $3 where key = $1 and fence < $3', [
        key,
        found?.wanted,
        fence,
      ])
    } finally {
      await session.query('select pg_advisory_unlock_all()')
      session.release()
      process.stdout.write(`end ${key}\n`) // also of a look that failed: only a kill leaves one without an end
    }
  },
})
wakeUp.onWake(work.wake)
process.stdout.write('ready -\n')
