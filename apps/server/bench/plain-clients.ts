import { randomUUIDv7 } from 'node:crypto'
import pg from 'pg'
import { given, serve } from './child-process.ts'

/** So many clients at once, for so many seconds. */
export interface PlainLoad {
  readonly clients: number
  readonly seconds: number
}

export interface PlainResult {
  readonly perSecond: number
  /** Everything that was done, before the measuring began as well. */
  readonly all: number
}

/**
 * The writes of one delivery without a hub: plain clients that each store a delivery and mark a key in one transaction,
 * one after the other. No HTTP, no adapter, no sealing, no row level security; the tables have the columns, defaults,
 * checks and indexes of the real ones, and the row is as long as a sealed one.
 */
const { databaseUrl, payload } = given() as { databaseUrl: string; payload: string }
const tenantId = '018f0000-0000-7000-8000-000000000001'
const connectionId = '018f0000-0000-7000-8000-000000000002'

const insert = {
  name: 'plain-delivery',
  text: `insert into bench_delivery (tenant_id, id, connection_id, adapter, received_at, delivery_key, topic, status, proof,
      last_at, size, body_hash, headers_sealed, payload_sealed)
    values ($1, $2, $3, 'smoobu', $4, $5, 'updateReservation', 'accepted', 'address-only', $4, 1500, $5, $6, $7)`,
}
const upsert = {
  name: 'plain-mark',
  text: `insert into bench_work (tenant_id, kind, key, wake_at, ready, nudged, priority)
    values ($1, 'fetch', $2, $3, true, true, $3)
    on conflict (tenant_id, kind, key) do update set wake_at = excluded.wake_at, ready = true, nudged = true`,
}

const clients: pg.Client[] = []
let count = 0
const [head, body] = [payload.slice(0, 400), payload]

async function one(client: pg.Client): Promise<void> {
  const now = new Date().toISOString()
  count++
  await client.query('begin')
  const id = randomUUIDv7()
  await client.query({ ...insert, values: [tenantId, id, connectionId, now, `bytes:${id}${id}:${count}`, head, body] })
  await client.query({ ...upsert, values: [tenantId, `${connectionId}/${count}`, now] })
  await client.query('commit')
}

async function run({ clients: wanted, seconds }: PlainLoad): Promise<PlainResult> {
  while (clients.length < wanted) {
    const client = new pg.Client(databaseUrl)
    await client.connect()
    clients.push(client)
  }
  const from = performance.now() + 500
  const until = from + seconds * 1000
  let done = 0
  const before = count
  await Promise.all(
    clients.slice(0, wanted).map(async (client) => {
      for (;;) {
        await one(client)
        const now = performance.now()
        if (now > until) return
        if (now >= from) done++
      }
    }),
  )
  return { perSecond: done / seconds, all: count - before }
}

const owner = new pg.Client(databaseUrl)
await owner.connect()
await owner.query(
  'create table if not exists bench_delivery (like webhook_delivery including all) with (toast_tuple_target = 8160)',
)
await owner.query('create table if not exists bench_work (like work including all)')
await owner.end()
await serve({}, run, async () => {
  await Promise.all(clients.map((client) => client.end()))
})
