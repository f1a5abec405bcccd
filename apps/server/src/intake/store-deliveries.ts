import { randomUUIDv7 } from 'node:crypto'
import type { Instant, Mark } from '@stayward/core'
import type { Pool, PoolClient } from 'pg'
import { isDatabaseAway } from '../persistence/database-away.ts'
import { integerArray, textArray, uuidArray } from './binary-arrays.ts'
import { type Delivery, headPlace, payloadPlace } from './delivery.ts'
import { heardJson } from './heard-facts.ts'

const statement = `select webhook_ingest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[],
  $8::text[], $9::text[], $10::integer[], $11::integer[], $12::text[], $13::text[], $14::text[],
  $15::uuid[], $16::text[], $17::text[], $18::timestamptz) as fresh`
/** The same, and what the deliveries tell; first, for marks hold up others until the commit. One statement, one transaction. */
const hearing = `with heard as materialized (select webhook_heard($19::jsonb, $18::timestamptz) as done)
${statement} from heard where heard.done > 0`

export interface DeliveryStore {
  /** Stores all of them, counts doubles and marks what they point at, in one transaction; or throws and did nothing. */
  write(deliveries: readonly Delivery[]): Promise<{ readonly doubles: number }>
}

export interface DeliveryStoreOptions {
  readonly pool: Pool
  /** Milliseconds after which the database counts as gone. A vendor waits longer than this for its answer. */
  readonly patience?: number
}

/** The database said nothing for too long. Whether it stored the batch is not known; the sender will come again. */
export class NoAnswer extends Error {
  override name = 'NoAnswer'
}

export function createDeliveryStore({ pool, patience = 5_000 }: DeliveryStoreOptions): DeliveryStore {
  return {
    async write(deliveries) {
      const values = valuesOf(deliveries)
      const heard = heardJson(deliveries)
      const query = heard
        ? { name: 'webhook_heard', text: hearing, values: [...values, heard] }
        : { name: 'webhook_ingest', text: statement, values }
      const client = await pool.connect()
      const { rows } = await withPatience(client, patience, () => client.query<{ fresh: number }>(query))
      return { doubles: deliveries.length - (rows[0]?.fresh ?? 0) }
    },
  }
}

/** Runs on a borrowed connection and gives it back; one that stays silent or dies is thrown away instead. */
async function withPatience<T>(client: PoolClient, patience: number, work: () => Promise<T>): Promise<T> {
  let broken: Error | undefined
  // One that dies just as its query has ended says so as an event; unheard, it would end the process.
  const onDeath = (error: Error): void => void (broken = error)
  client.on('error', onDeath)
  const silence = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    broken = new NoAnswer('the database did not answer in time')
    silence.reject(broken)
  }, patience)
  try {
    return await Promise.race([work(), silence.promise])
  } catch (error) {
    if (isAway(error)) broken = error instanceof Error ? error : new NoAnswer('the database is away')
    throw error
  } finally {
    clearTimeout(timer)
    client.off('error', onDeath)
    client.release(broken)
  }
}

/** True when the database could not be asked, or kept silent. */
export const isAway = (error: unknown): boolean => error instanceof NoAnswer || isDatabaseAway(error)

function valuesOf(deliveries: readonly Delivery[]): unknown[] {
  const rows = rowsOf(deliveries)
  const text = (pick: (row: Row) => string | undefined): Buffer => textArray(rows.map(pick))
  const uuid = (pick: (row: Row) => string): Buffer => uuidArray(rows.map(pick))
  const marks = distinct(deliveries)
  return [
    uuid(({ id }) => id),
    uuid(({ delivery }) => delivery.tenantId),
    uuid(({ delivery }) => delivery.connectionId),
    text(({ delivery }) => delivery.adapter),
    text(({ delivery }) => delivery.key),
    text(({ delivery }) => delivery.topic),
    text(({ delivery }) => delivery.status),
    text(({ delivery }) => delivery.reason),
    text(({ delivery }) => delivery.proof),
    integerArray(rows.map(({ copies }) => copies)),
    integerArray(rows.map(({ delivery }) => delivery.size)),
    text(({ delivery }) => delivery.bodyHash),
    text(({ delivery, id }) => sealedHead(delivery, id)),
    text(({ delivery, id }) => sealedBody(delivery, id)),
    uuidArray(marks.map(({ tenantId }) => tenantId)),
    textArray(marks.map(({ mark }) => mark.kind)),
    textArray(marks.map(({ mark }) => mark.key)),
    deliveries.reduce<Instant>((latest, { receivedAt }) => (receivedAt > latest ? receivedAt : latest), firstInstant),
  ]
}

interface Row {
  readonly id: string
  readonly delivery: Delivery
  copies: number
}

/** One row for all copies of a delivery that came together: sealing each of them would cost a storm its time. */
function rowsOf(deliveries: readonly Delivery[]): readonly Row[] {
  const rows = new Map<string, Row>()
  for (const delivery of deliveries) {
    const name = `${delivery.tenantId} ${delivery.connectionId} ${delivery.key}`
    const known = rows.get(name)
    if (known) known.copies++
    else rows.set(name, { id: randomUUIDv7(), delivery, copies: 1 })
  }
  return [...rows.values()]
}

const firstInstant = '1970-01-01T00:00:00.000Z' as Instant // has the shape of one

function sealedHead({ kept, secrets }: Delivery, id: string): string | undefined {
  return kept && secrets.seal(JSON.stringify(kept.head()), headPlace(id))
}

function sealedBody({ kept, secrets }: Delivery, id: string): string | undefined {
  return kept && kept.body.length > 0 ? secrets.seal(kept.body, payloadPlace(id)) : undefined
}

function distinct(deliveries: readonly Delivery[]): { readonly tenantId: string; readonly mark: Mark }[] {
  const marks = new Map<string, { tenantId: string; mark: Mark }>()
  for (const { tenantId, marks: own } of deliveries)
    for (const mark of own) marks.set(`${tenantId} ${mark.kind} ${mark.key}`, { tenantId, mark })
  return [...marks.values()]
}
