// A worker that takes a key and never comes back; a test kills it. Prints the key it has.
import { systemClock } from '@stayward/core'
import pg from 'pg'
import { byIndex } from '../../src/queue/by-index.ts'
import { PostgresWorkQueue } from '../../src/queue/postgres-work-queue.ts'
import { startWork } from '../../src/queue/work-loop.ts'

const [, , connectionString, lease] = process.argv
const queue = new PostgresWorkQueue({
  pool: new pg.Pool({ connectionString, ...byIndex }),
  lease: Number(lease),
})
startWork({
  queue,
  clock: systemClock,
  lease: Number(lease),
  onFailure: () => undefined,
  look: ({ key }) => {
    process.stdout.write(`${key}\n`)
    return new Promise(() => undefined)
  },
})
