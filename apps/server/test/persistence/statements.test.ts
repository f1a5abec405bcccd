import { type Instant, plus, type TenantStore } from '@stayward/core'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inTenant } from '../../src/persistence/in-tenant.ts'
import { postgresTenantStore } from '../../src/persistence/store/postgres-tenant-store.ts'
import { liveIn, type Lived, looking, strangers } from './lived-in.ts'
import { openHub, type TestHub, type TestTenant } from './open-store.ts'

/**
 * What a look costs the database, counted by the statements that arrive there, transaction statements included. A whole look
 * may have ten; the queue takes two of them, to claim and to finish.
 */
let hub: TestHub
let tenant: TestTenant
let lived: Lived
let counted: { readonly store: TenantStore; readonly pool: pg.Pool; take(): readonly string[] }
beforeAll(async () => {
  hub = await openHub()
  tenant = await hub.addTenant()
  lived = await liveIn(tenant)
  const pool = new pg.Pool({ connectionString: hub.appUrl, max: 1 })
  const sent: string[] = []
  pool.on('error', () => undefined) // a test below cuts connections
  pool.on('connect', (client) => {
    const query = client.query.bind(client)
    // pg's query has a dozen signatures; only what is asked is of interest here.
    client.query = ((asked: string | { text: string }, ...rest: never[]) => {
      sent.push(...(typeof asked === 'string' ? asked : asked.text).split(';').filter((part) => part.trim() !== ''))
      return (query as (...all: unknown[]) => unknown)(asked, ...rest)
    }) as typeof client.query
  })
  const store = postgresTenantStore({ pool, tenantId: tenant.tenantId, secrets: tenant.secrets })
  counted = { store, pool, take: () => sent.splice(0) }
  await store.loadStay(lived.booking.id, looking.now) // prepares once per connection
  await store.loadDevice(lived.device)
  await store.loadSource(lived.source)
  counted.take()
})
afterAll(async () => {
  await counted.pool.end()
  await hub.close()
})

const { now } = looking
const later: Instant = plus(now, 60_000)
const budget = 10 - 2

describe('a look in which nothing happens', () => {
  it('at a device stays within its statements', async () => {
    const { store } = counted
    const { device, lock, code } = lived
    const view = await store.loadDevice(device)
    expect(view?.codes.map(({ id }) => id)).toEqual([code.id])
    expect(counted.take()).toHaveLength(2)
    await store.saveDevice(
      looking.at('device', device),
      { deviceId: device, update: [], refusedPins: [], foreign: strangers, readAt: now, state: { online: true } },
      {
        now,
        settle: [{ kind: 'connection', subject: `connection:${lock}` }],
        timers: [{ kind: 'device', key: device, at: later }],
      },
    )
    expect(counted.take().length).toBeLessThanOrEqual(budget - 2)
  })

  it('at a stay does, too', async () => {
    const { store } = counted
    const { booking } = lived
    await store.loadStay(booking.id, now)
    const plan = { status: 'held', reason: { code: 'too-early', text: 'Too early.', remedy: 'Wait.' } } as const
    await store.saveStay(
      looking.at('booking', booking.id),
      { bookingId: booking.id, plan, create: [], update: [] },
      {
        now,
        timeline: [{ bookingId: booking.id, kind: 'held', text: 'Too early.' }],
        settle: [{ kind: 'arrival', subject: `booking:${booking.id}` }],
        marks: [{ kind: 'messages', key: booking.id, why: 'step' }],
        timers: [{ kind: 'booking', key: booking.id, at: later }],
      },
    )
    expect(counted.take().length).toBeLessThanOrEqual(budget)
  })

  it('at a source does, too, however many bookings it lists', async () => {
    const { store } = counted
    const { source } = lived
    const bookings = Array.from({ length: 300 }, (_, index) => ({
      ref: `many-${index}`,
      state: 'confirmed' as const,
      arrival: '2026-09-01',
      departure: '2026-09-02',
      guest: { name: `Guest ${index}` },
    }))
    const effects = { now, timers: [{ kind: 'connection', key: source, at: later } as const] }
    const found = { connectionId: source, bookings, cause: 'sweep' as const, readThrough: now }
    expect(await store.saveBookings(looking.at('connection', source), found, effects)).toEqual({
      created: 300,
      changed: 0,
    })
    counted.take()
    await store.loadSource(source)
    expect(await store.saveBookings(looking.at('connection', source), found, effects)).toEqual({
      created: 0,
      changed: 0,
    })
    expect(counted.take().length).toBeLessThanOrEqual(budget)
  })
})

describe('the store', () => {
  it('prepares anew on a connection that has forgotten its statements', async () => {
    await counted.pool.query('deallocate all')
    expect(await counted.store.loadDevice(lived.device)).toBeDefined()
  })

  it('goes on after a statement failed', async () => {
    await expect(counted.store.confirmedBookings(lived.source, { from: 'no day', to: 'no day' })).rejects.toThrow(
      'date',
    )
    expect(await counted.store.loadDevice(lived.device)).toBeDefined()
  })
})

describe('a connection that is cut', () => {
  it('in a look fails that look alone, and the next one gets another', async () => {
    const { store, pool } = counted
    const { rows } = await pool.query<{ pid: number }>('select pg_backend_pid() as pid')
    await hub.owner.query('select pg_terminate_backend($1)', [rows[0]?.pid])
    // The first may still meet the dead connection.
    const asked = async () => (await store.loadDevice(lived.device).catch(() => undefined))?.device.id // the failing one is allowed
    expect([await asked(), await asked()]).toContain(lived.device)
  })

  it('between two statements of a transaction ends neither the process nor the pool', async () => {
    const { pool } = counted
    const cut = inTenant(pool, tenant.tenantId, async (client) => {
      const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
      const ended = new Promise<void>((resolve) => client.once('end', () => resolve()))
      await hub.owner.query('select pg_terminate_backend($1)', [rows[0]?.pid])
      await ended
      return await client.query('select 1')
    })
    await expect(cut).rejects.toThrow()
    expect(await counted.store.loadDevice(lived.device)).toBeDefined()
  })
})
