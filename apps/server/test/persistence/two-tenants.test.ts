import { randomUUID } from 'node:crypto'
import { LeaseLost, type TenantStore } from '@stayward/core'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readModelOf } from './read-model-of.ts'
import { openHub, type TestHub, type TestTenant } from './open-store.ts'
import { liveIn, type Lived, looking } from './lived-in.ts'

let hub: TestHub
let mine: TestTenant
let other: TestTenant
let lived: Lived
beforeAll(async () => {
  hub = await openHub()
  mine = await hub.addTenant()
  other = await hub.addTenant()
  lived = await liveIn(other)
})
afterAll(() => hub.close())

const now = looking.now
const tablesOfTenants = async () =>
  (
    await hub.owner.query<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and relrowsecurity`,
    )
  ).rows.map(({ name }) => name)

/** Everything a tenant has, as text: equal before and after whatever another tenant tried. */
const stateOf = async (tenantId: string): Promise<string> => {
  const tables = [...(await tablesOfTenants()), 'work', 'connection_address']
  const rows = await Promise.all(
    tables.map((table) =>
      hub.owner.query(`select to_json(t) as row from ${table} t where tenant_id = $1 order by t::text`, [tenantId]),
    ),
  )
  return JSON.stringify(rows.map(({ rows: list }, index) => [tables[index], list]))
}

describe('one tenant’s store, asked about another’s things', () => {
  const strange = (store: TenantStore): Readonly<Record<keyof TenantStore, () => Promise<unknown>>> => {
    const { source, lock, device, booking, code, message } = lived
    const effects = {
      now,
      timeline: [{ bookingId: booking.id, kind: 'held', text: 'not mine' }],
      settle: [{ kind: 'arrival', subject: `booking:${booking.id}` }],
    } as const
    const held = { status: 'held', reason: { code: 'too-early', text: 'x', remedy: 'x' } } as const
    const found = {
      connectionId: source,
      bookings: [{ ref: 'b-1', state: 'cancelled', guest: {} }],
      cause: 'poll',
    } as const
    return {
      loadSource: () => store.loadSource(source),
      confirmedBookings: () => store.confirmedBookings(source, { from: '2000-01-01', to: '2999-12-31' }),
      bookingByRef: () => store.bookingByRef(source, 'b-1'),
      saveBookings: () => store.saveBookings(looking.at('connection', source), found, effects),
      saveFetch: () =>
        store.saveFetch(
          looking.at('fetch', `${source}/b-1`),
          { connectionId: source, ref: 'b-1', outcome: 'failed', text: 'x' },
          effects,
        ),
      devicesOf: () => store.devicesOf(lock),
      heardOn: () => store.heardOn(lock, { keys: [message.id], address: '+33699887766' }),
      bookingsAwaitingDelivery: () => store.bookingsAwaitingDelivery('inbox', '2000-01-01T00:00:00.000Z' as typeof now),
      loadStay: () => store.loadStay(booking.id, now),
      saveStay: () =>
        store.saveStay(
          looking.at('booking', booking.id),
          { bookingId: booking.id, plan: held, update: [{ ...code, want: 'absent' }] },
          effects,
        ),
      claimLoss: () =>
        store.claimLoss(looking.at('booking', booking.id), {
          bookingId: booking.id,
          bookingVersion: 1,
          codeIds: [code.id],
          whole: true,
          now,
        }),
      weighLosses: () =>
        store.weighLosses([{ bookingId: booking.id, bookingVersion: 1, codeIds: [code.id], whole: true, now }]),
      heldLosses: () => store.heldLosses(),
      decideDrift: () => store.decideDrift({ codeId: code.id, decision: 'accept', now }),
      decideLosses: () => store.decideLosses({ list: 'any', approve: true, now }),
      handMadeCodes: () => store.handMadeCodes(),
      requestAdoption: () => store.requestAdoption({ id: lived.handMade, bookingId: booking.id, now }),
      codeHistory: () => store.codeHistory(code.id),
      loadDevice: () => store.loadDevice(device),
      saveDevice: () =>
        store.saveDevice(
          looking.at('device', device),
          { deviceId: device, update: [{ ...code, evidence: 'used' }] },
          effects,
        ),
      bookingOfMessage: () => store.bookingOfMessage(message.id),
      saveMessages: () =>
        store.saveMessages(
          looking.at('messages', booking.id),
          { bookingId: booking.id, update: [{ ...message, state: 'withdrawn' }] },
          effects,
        ),
      shutOut: () => store.shutOut(looking.at('booking', booking.id)),
      claimMessage: () =>
        store.claimMessage(looking.at('messages', booking.id), {
          message,
          bookingVersion: 1,
          wishes: [],
          text: 'x',
          now,
        }),
      unsentAlarms: () => store.unsentAlarms(),
      saveConnection: () =>
        store.saveConnection(looking.at('probe', source), { connectionId: source, ok: false }, effects),
      saveAlarms: () => store.saveAlarms(looking.at('alarms', 'all'), [lived.alertId], effects),
    }
  }

  it('sees nothing, and changes nothing', async () => {
    const before = await stateOf(other.tenantId)
    const answers: Record<string, unknown> = {}
    for (const [name, ask] of Object.entries(strange(mine.store)))
      answers[name] = await ask().catch((error: unknown) => (error instanceof LeaseLost ? 'nothing there' : error))
    expect(answers).toEqual({
      loadSource: undefined,
      confirmedBookings: [],
      bookingByRef: undefined,
      saveBookings: 'nothing there',
      saveFetch: 'nothing there',
      devicesOf: [],
      bookingsAwaitingDelivery: [],
      heardOn: { reports: [], words: [] },
      loadStay: undefined,
      saveStay: 'nothing there',
      claimLoss: 'nothing there',
      weighLosses: ['clear'],
      heldLosses: [],
      decideDrift: undefined,
      decideLosses: undefined,
      handMadeCodes: [],
      requestAdoption: 'unknown',
      codeHistory: [],
      loadDevice: undefined,
      saveDevice: 'nothing there',
      bookingOfMessage: undefined,
      saveMessages: 'nothing there',
      shutOut: undefined,
      claimMessage: 'nothing there',
      unsentAlarms: { alerts: [] },
      saveConnection: 'nothing there',
      saveAlarms: undefined,
    })
    expect(await stateOf(other.tenantId)).toBe(before)
  })

  it('may use the same names, refs and vendor ids without learning that they are used', async () => {
    const twin = await liveIn(mine)
    expect(twin.booking.ref).toBe(lived.booking.ref)
    expect(twin.booking.id).not.toBe(lived.booking.id)
    expect(await mine.store.bookingByRef(twin.source, 'b-1')).toMatchObject({ id: twin.booking.id })
  })

  it('is told no more by what people read', async () => {
    const model = readModelOf(hub)
    const { bookings, booking, timeline, connections, alerts, looks } = model
    expect(await booking(mine.tenantId, lived.booking.id, true)).toBeUndefined()
    expect(await timeline(mine.tenantId, lived.booking.id)).toBeUndefined()
    expect(await model.codeHistory(mine.tenantId, lived.code.id)).toBeUndefined()
    const pages = JSON.stringify([
      await bookings(mine.tenantId, { limit: 100 }),
      await connections(mine.tenantId),
      await alerts(mine.tenantId, { limit: 100, state: 'all' }),
      await looks(mine.tenantId, { limit: 100 }),
    ])
    for (const id of [lived.booking.id, lived.source, lived.lock, lived.alertId]) expect(pages).not.toContain(id)
  })
})

describe('raw SQL under the application’s login', () => {
  const inContext = async <Result>(
    context: string | undefined,
    work: (client: pg.PoolClient) => Promise<Result>,
  ): Promise<Result> => {
    const client = await hub.pool.connect()
    try {
      await client.query('begin')
      if (context !== undefined) await client.query(`select set_config('app.tenant_id', $1, true)`, [context])
      return await work(client)
    } finally {
      await client.query('rollback')
      client.release()
    }
  }
  const count = async (client: pg.PoolClient, table: string, tenantId: string): Promise<number> =>
    (await client.query<{ n: number }>(`select count(*)::int as n from ${table} where tenant_id = $1`, [tenantId]))
      .rows[0]?.n ?? -1

  it.each([
    ['another tenant’s', () => mine.tenantId],
    ['no', () => undefined],
    ['an empty', () => ''],
    ['a tenant’s that does not exist', () => randomUUID()],
  ])('finds and changes no row in %s context', async (_name, context) => {
    for (const table of await tablesOfTenants()) {
      await inContext(context(), async (client) => {
        expect(await count(client, table, other.tenantId), table).toBe(0)
        const updated = await client.query(`update ${table} set tenant_id = tenant_id where tenant_id = $1`, [
          other.tenantId,
        ])
        expect(updated.rowCount, table).toBe(0)
        const deleted = await client.query(`delete from ${table} where tenant_id = $1`, [other.tenantId])
        expect(deleted.rowCount, table).toBe(0)
      })
    }
  })

  it('fails in a context that is no tenant at all', async () => {
    await inContext('garbage', async (client) => {
      await expect(client.query('select * from booking')).rejects.toThrow('invalid input syntax for type uuid')
    })
    await inContext(`${other.tenantId}' or true --`, async (client) => {
      await expect(client.query('select * from booking')).rejects.toThrow('invalid input syntax for type uuid')
    })
  })

  it('cannot write a row for another tenant, nor move one there', async () => {
    await inContext(mine.tenantId, async (client) => {
      const insert = `insert into property (tenant_id, id, slug, name, zone, check_in, check_out)
        values ($1, $2, 'x', 'x', 'Europe/Paris', '15:00', '10:00')`
      await expect(client.query(insert, [other.tenantId, randomUUID()])).rejects.toThrow('row-level security')
    })
    await inContext(mine.tenantId, async (client) => {
      await expect(client.query('update tenant_setting set tenant_id = $1', [other.tenantId])).rejects.toThrow(
        'row-level security',
      )
    })
  })

  it('has each tenant see its own rows one after the other on one connection', async () => {
    const single = new pg.Pool({ connectionString: hub.appUrl, max: 1 })
    const seen = async (tenantId: string) => {
      const { rows } = await single.query<{ id: string }>(`select tenant_id as id from tenant_setting`)
      return [tenantId, rows]
    }
    try {
      const ids = async (context: string) => {
        const client = await single.connect()
        try {
          await client.query('begin')
          await client.query(`select set_config('app.tenant_id', $1, true)`, [context])
          const { rows } = await client.query<{ id: string }>('select distinct tenant_id as id from booking')
          await client.query('commit')
          return rows.map(({ id }) => id)
        } finally {
          client.release()
        }
      }
      expect(await ids(other.tenantId)).toEqual([other.tenantId])
      expect((await seen(other.tenantId))[1]).toEqual([]) // the setting ended with the transaction
      expect(await ids(mine.tenantId)).not.toContain(other.tenantId)
      expect((await seen(mine.tenantId))[1]).toEqual([])
    } finally {
      await single.end()
    }
  })

  it('leaves no tenant set behind on the store’s connections, whether a save ends well or badly', async () => {
    const single = new pg.Pool({ connectionString: hub.appUrl, max: 1 })
    const { postgresTenantStore } = await import('../../src/persistence/store/postgres-tenant-store.ts')
    const store = postgresTenantStore({ pool: single, tenantId: other.tenantId, secrets: other.secrets })
    const context = async () =>
      (await single.query<{ it: string | null }>(`select nullif(current_setting('app.tenant_id', true), '') as it`))
        .rows[0]?.it
    try {
      await store.loadStay(lived.booking.id, now)
      expect(await context()).toBeNull()
      await store.saveConnection(looking.at('probe', lived.source), { connectionId: lived.source }, { now })
      expect(await context()).toBeNull()
      const lost = store.saveConnection(
        { ...looking.at('probe', lived.source), fence: 0 },
        { connectionId: lived.source },
        { now },
      )
      await expect(lost).rejects.toBeInstanceOf(LeaseLost)
      expect(await context()).toBeNull()
    } finally {
      await single.end()
    }
  })
})
