// A worker process of the queue's bench. Prints `start <ms> <key>` and `end <ms> <key>` of every look, by the wall clock.
import { setTimeout as pause } from 'node:timers/promises'
import { systemClock } from '@stayward/core'
import pg from 'pg'
import { byIndex } from '../src/queue/by-index.ts'
import { PostgresWorkQueue } from '../src/queue/postgres-work-queue.ts'
import { startWakeUp } from '../src/queue/wake-up.ts'
import { startWork } from '../src/queue/work-loop.ts'

const [, , url = '', takes, slots, tenantCap] = process.argv
const pool = new pg.Pool({ connectionString: url, max: 4, ...byIndex })
const wakeUp = await startWakeUp({ url })
const work = startWork({
  queue: new PostgresWorkQueue({ pool, markedLocally: wakeUp.markedLocally }),
  clock: systemClock,
  slots: Number(slots),
  tenantCap: Number(tenantCap),
  onFailure: (_, error) => process.stderr.write(`${String(error)}\n`),
  look: async ({ key, kind, signal }) => {
    process.stdout.write(`start ${Date.now()} ${key}\n`)
    if (kind === 'device') {
      const { rows } = await pool.query<{ wanted: number }>('select wanted from bench_wish where key = $1', [key])
      await pause(Number(takes), undefined, { signal })
      await pool.query('update bench_wish set seen = $2 where key = $1', [key, rows[0]?.wanted])
    } else if (Number(takes) > 0) await pause(Number(takes), undefined, { signal })
    process.stdout.write(`end ${Date.now()} ${key}\n`)
  },
})
wakeUp.onWake(work.wake)
process.stdout.write('ready 0 -\n')
process.once('SIGTERM', () => void stop())

async function stop(): Promise<void> {
  await work.stop(0)
  await wakeUp.stop()
  await pool.end()
}
