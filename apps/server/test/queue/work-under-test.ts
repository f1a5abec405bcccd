import type { Instant } from '@stayward/core'
import pg from 'pg'
import { byIndex } from '../../src/queue/by-index.ts'
import { PostgresWorkQueue, type PostgresWorkQueueOptions } from '../../src/queue/postgres-work-queue.ts'
import { type FreshDatabase, freshDatabase } from '../fresh-database.ts'

export interface WorkUnderTest extends FreshDatabase {
  readonly pool: pg.Pool
  /** A queue as another process would have it; retries come at half of their back-off, without chance. */
  readonly open: (options?: Partial<PostgresWorkQueueOptions>) => PostgresWorkQueue
  /** Empties the table. */
  readonly clear: () => Promise<void>
  readonly rows: () => Promise<readonly WorkRow[]>
  readonly close: () => Promise<void>
}

export interface WorkRow {
  readonly key: string
  readonly ready: boolean
  readonly attempt: number
  readonly last_error: string | null
  readonly failing_since: Date | null
  readonly lease_owner: string | null
}

export async function workUnderTest(): Promise<WorkUnderTest> {
  const database = await freshDatabase()
  const pool = new pg.Pool({ connectionString: database.appUrl, max: 12, ...byIndex })
  return {
    ...database,
    pool,
    open: (options) => new PostgresWorkQueue({ pool, random: () => 0, ...options }),
    clear: async () => void (await pool.query('delete from work')),
    rows: async () => (await pool.query<WorkRow>('select * from work order by tenant_id, kind, key')).rows,
    close: () => pool.end(),
  }
}

export const start = Date.parse('2026-07-10T14:00:00.000Z')

/** The instant so many seconds after a fixed one. */
export function at(seconds: number): Instant {
  return new Date(start + seconds * 1000).toISOString() as Instant // toISOString has the shape of Instant
}

/** Tenants sort by their number. */
export function tenant(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
}
