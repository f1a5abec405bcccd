import type { Instant } from '@stayward/core'
import type { Pool } from 'pg'
import { parseInstant } from '@stayward/core'
import type { Cause, HubMemory, Remembered } from './judge-memory.ts'

interface Row {
  readonly database_id: string
  readonly epoch: number
  /** A bigint, as text. */
  readonly counter: string
  readonly beat_at: Date | null
  readonly lost_from: Date | null
  readonly lost_until: Date | null
  readonly noticed_at: Date | null
  readonly cause: Cause | null
  readonly confirmed_at: Date | null
  readonly confirmed_by: string | null
}

const read = 'select * from hub_memory'

export async function readMemory(pool: Pool): Promise<HubMemory> {
  return memoryOf((await pool.query<Row>({ name: 'hub-memory', text: read })).rows)
}

/** Moves the counter on, unless the database has turned out to know less than is remembered; then nothing. */
export async function beat(
  pool: Pool,
  { databaseId, counter }: HubMemory,
  now: Instant,
): Promise<HubMemory | undefined> {
  const { rows } = await pool.query<Row>({
    name: 'hub-memory-beat',
    text: `update hub_memory set counter = counter + 1, beat_at = greatest(beat_at, $3::timestamptz)
      where database_id = $1 and counter >= $2 returning *`,
    values: [databaseId, counter, now],
  })
  return rows.length === 0 ? undefined : memoryOf(rows)
}

export interface Notice {
  readonly cause: Cause
  readonly from: Instant
  readonly until: Instant
  readonly remembered?: Remembered
}

/** Writes down that the database was set back. What several hubs notice before a person has confirmed is one lost time. */
export async function writeNotice(
  pool: Pool,
  { cause, from, until, remembered }: Notice,
  now: Instant,
): Promise<HubMemory> {
  const { rows } = await pool.query<Row>(
    `update hub_memory set
       lost_from = case when noticed_at is not null and confirmed_at is null then least(lost_from, $1::timestamptz) else $1 end,
       lost_until = case when noticed_at is not null and confirmed_at is null then greatest(lost_until, $2::timestamptz) else $2 end,
       noticed_at = case when noticed_at is not null and confirmed_at is null then noticed_at else $3::timestamptz end,
       cause = $4, confirmed_at = null, confirmed_by = null, epoch = greatest(epoch, $5::integer), counter = greatest(counter, $6::bigint) + 1
     returning *`,
    [from, until, now, cause, remembered?.epoch ?? 0, remembered?.counter ?? 0],
  )
  return memoryOf(rows)
}

/** A person's word about the lost time that they were shown. */
export interface Confirmation {
  readonly from: Instant
  readonly until: Instant
  /** A key by its id, or the command line. */
  readonly by: string
}

/**
 * Nothing when this lost time does not wait (any more): more of it was found, or somebody has confirmed it. The epoch goes
 * up: this copy counts from now on.
 */
export async function confirmLostTime(
  pool: Pool,
  { from, until, by }: Confirmation,
  now: Instant,
): Promise<HubMemory | undefined> {
  const { rows } = await pool.query<Row>(
    `update hub_memory set confirmed_at = $1::timestamptz, confirmed_by = $4, epoch = epoch + 1, counter = counter + 1
     where noticed_at is not null and confirmed_at is null and lost_from = $2::timestamptz and lost_until = $3::timestamptz
     returning *`,
    [now, from, until, by],
  )
  return rows.length === 0 ? undefined : memoryOf(rows)
}

function memoryOf([row]: readonly Row[]): HubMemory {
  if (!row) throw new Error('The table hub_memory is empty: its row was removed by hand. Restore it from a backup.')
  const { database_id: databaseId, epoch, counter, cause, confirmed_by: confirmedBy } = row
  const beatAt = instantOfDate(row.beat_at)
  const at = instantOfDate(row.noticed_at)
  const from = instantOfDate(row.lost_from)
  const until = instantOfDate(row.lost_until)
  const confirmedAt = instantOfDate(row.confirmed_at)
  return {
    databaseId,
    epoch,
    counter: Number(counter),
    ...(beatAt ? { beatAt } : {}),
    ...(at && from && until && cause !== null
      ? {
          noticed: {
            at,
            from,
            until,
            cause,
            ...(confirmedAt ? { confirmedAt } : {}),
            ...(confirmedBy === null ? {} : { confirmedBy }),
          },
        }
      : {}),
  }
}

function instantOfDate(date: Date | null): Instant | undefined {
  return date === null ? undefined : parseInstant(date.toISOString())
}
