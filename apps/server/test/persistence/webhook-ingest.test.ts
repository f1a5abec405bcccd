import { createHash, randomUUID } from 'node:crypto'
import { type Instant, plus } from '@stayward/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { liveIn, type Lived, looking } from './lived-in.ts'
import { openHub, type TestHub, type TestTenant } from './open-store.ts'

let hub: TestHub
let one: TestTenant
let two: TestTenant
let inOne: Lived
let inTwo: Lived
beforeAll(async () => {
  hub = await openHub()
  one = await hub.addTenant()
  two = await hub.addTenant()
  inOne = await liveIn(one)
  inTwo = await liveIn(two)
})
afterAll(() => hub.close())

interface Sent {
  readonly tenantId: string
  readonly connectionId: string
  readonly key: string
  /** How many copies of it came at once; one when absent. */
  readonly copies?: number
}

const { now } = looking

/** Sends a batch through the function that intake uses, as the application's login; resolves to how many were new. */
async function ingest(batch: readonly Sent[], at: Instant = now): Promise<number> {
  const all = <Value>(value: (sent: Sent) => Value) => batch.map(value)
  const { rows } = await hub.pool.query<{ fresh: number }>(
    `select webhook_ingest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
      $9::text[], $10::integer[], $11::integer[], $12::text[], $13::text[], $14::text[], $15::uuid[], $16::text[],
      $17::text[], $18::timestamptz) as fresh`,
    [
      all(() => randomUUID()),
      all(({ tenantId }) => tenantId),
      all(({ connectionId }) => connectionId),
      all(() => 'test-booking'),
      all(({ key }) => key),
      all(() => null),
      all(() => 'accepted'),
      all(() => null),
      all(() => 'address-only'),
      all(({ copies = 1 }) => copies),
      all(() => 2),
      all(({ key }) => createHash('sha256').update(key).digest('hex')),
      all(() => null),
      all(() => null),
      all(({ tenantId }) => tenantId),
      all(() => 'connection'),
      all(({ connectionId }) => connectionId),
      at,
    ],
  )
  return rows[0]?.fresh ?? -1
}

const stored = async (tenantId: string) =>
  (
    await hub.owner.query<{ key: string; copies: number }>(
      'select delivery_key as key, copies from webhook_delivery where tenant_id = $1 order by 1',
      [tenantId],
    )
  ).rows

describe('a batch of webhooks', () => {
  it('of several tenants is stored and marked at once, copies within and across batches counted', async () => {
    await one.takeMarks()
    await two.takeMarks()
    const first = { tenantId: one.tenantId, connectionId: inOne.source, key: 'a' }
    const second = { tenantId: two.tenantId, connectionId: inTwo.source, key: 'a' }
    expect(await ingest([{ ...first, copies: 2 }, second])).toBe(2)
    expect(await ingest([first, { ...second, key: 'b' }])).toBe(1)
    expect(await stored(one.tenantId)).toEqual([{ key: 'a', copies: 3 }])
    expect(await stored(two.tenantId)).toEqual([
      { key: 'a', copies: 1 },
      { key: 'b', copies: 1 },
    ])
    expect(await one.takeMarks()).toEqual([`connection:${inOne.source}`])
    expect(await two.takeMarks()).toEqual([`connection:${inTwo.source}`])
  })

  it('cannot put a delivery into one tenant for a connection of another', async () => {
    const crossed = { tenantId: one.tenantId, connectionId: inTwo.source, key: 'c' }
    await expect(ingest([crossed])).rejects.toThrow('foreign key')
    expect((await stored(one.tenantId)).map(({ key }) => key)).not.toContain('c')
  })

  it('leaves no door open behind it', async () => {
    const sent = { tenantId: one.tenantId, connectionId: inOne.source, key: 'd' }
    await ingest([sent])
    const { rows } = await hub.pool.query('select 1 from webhook_delivery')
    expect(rows).toEqual([])
  })

  it('notes when a connection was last heard of, and waits for no look that holds it', async () => {
    const heard = async () =>
      (
        await hub.owner.query<{ at: Date }>('select last_inbound_at as at from connection where id = $1', [
          inOne.source,
        ])
      ).rows[0]?.at
    const later = plus(now, 120_000)
    const sent = { tenantId: one.tenantId, connectionId: inOne.source, key: 'e' }
    const holder = await hub.owner.connect()
    try {
      await holder.query('begin')
      await holder.query('select 1 from connection where id = $1 for update', [inOne.lock])
      await holder.query('select 1 from connection where id = $1 for no key update', [inOne.source])
      expect(await ingest([sent], later)).toBe(1)
      expect((await heard())?.toISOString()).toBe(now)
      await holder.query('rollback')
    } finally {
      holder.release()
    }
    await ingest([{ ...sent, key: 'f' }], later)
    expect((await heard())?.toISOString()).toBe(later)
  })
})
