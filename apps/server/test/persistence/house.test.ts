import { defaultPolicy, systemClock } from '@stayward/core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { HouseProblem } from '../../src/persistence/house/house-problem.ts'
import { createReadModel } from '../../src/persistence/read-models.ts'
import { createTenant, eraseTenant, findTenant, listTenants } from '../../src/persistence/tenants.ts'
import { testMasters } from '../fresh-database.ts'
import { liveIn, type Lived, looking } from './lived-in.ts'
import { openHub, type TestHub, type TestTenant } from './open-store.ts'

let hub: TestHub
beforeAll(async () => {
  hub = await openHub()
})
afterAll(() => hub.close())

/** A stay that is not over on the day the test runs; the house asks the real clock. */
const dayAhead = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)

describe('a tenant’s house', () => {
  let tenant: TestTenant
  let lived: Lived
  let coming: string
  beforeEach(async () => {
    tenant = await hub.addTenant()
    lived = await liveIn(tenant)
    const facts = {
      ref: 'b-2',
      state: 'confirmed',
      unitRef: 'flat-2',
      arrival: dayAhead(3),
      departure: dayAhead(6),
      guest: {},
    } as const
    const over = {
      ref: 'b-3',
      state: 'confirmed',
      unitRef: 'flat-2',
      arrival: dayAhead(-9),
      departure: dayAhead(-6),
      guest: {},
    } as const
    const found = { connectionId: lived.source, bookings: [facts, over], cause: 'poll' } as const
    await tenant.store.saveBookings(looking.at('connection', lived.source), found, { now: looking.now })
    coming = (await tenant.store.bookingByRef(lived.source, 'b-2'))?.id ?? ''
    await tenant.takeMarks()
  })

  const { now } = looking
  /** The stay that comes, the one that still has a code on a door, and the device between them. */
  const concerned = () => [`booking:${coming}`, `booking:${lived.booking.id}`, `device:${lived.device}`].sort()

  it('has a look taken at every stay and device that a change of times concerns', async () => {
    const house = { slug: 'house', name: 'House', zone: 'Europe/Paris', checkIn: '17:00', checkOut: '10:00' }
    await tenant.rooms.putProperty(house)
    expect(await tenant.takeMarks()).toEqual(concerned())
    expect((await tenant.store.loadStay(coming, now))?.property?.checkIn).toBe('17:00')
  })

  it('does so for a door', async () => {
    const entry = { kind: 'device', deviceId: lived.device, prefix: '2#', tellAt: 'accepted' } as const
    await tenant.rooms.putDoor({ slug: 'street', name: 'Gate', instruction: { en: 'Push.' }, entry })
    expect(await tenant.takeMarks()).toEqual(concerned())
    expect((await tenant.store.loadStay(coming, now))?.path[0]).toMatchObject({
      name: 'Gate',
      instruction: { en: 'Push.' },
      entry,
    })
  })

  it('does so for a flat whose way changes, and for stays that lose their flat', async () => {
    const flat = { slug: 'flat-2', name: 'Flat 2', property: 'house' }
    await tenant.rooms.putUnit({ ...flat, path: ['lobby'], sources: [{ connection: 'Bookings', ref: 'flat-2' }] })
    expect(await tenant.takeMarks()).toEqual(concerned())
    expect((await tenant.store.loadStay(coming, now))?.path.map(({ name }) => name)).toEqual(['Lobby'])
    await tenant.rooms.putUnit({ ...flat, path: ['lobby'], sources: [] })
    expect(await tenant.takeMarks()).toEqual(concerned().filter((key) => key.startsWith('booking')))
    expect((await tenant.store.loadStay(coming, now))?.unit).toBeUndefined()
  })

  it('does so for a policy, keeps its other points, and returns one to the default', async () => {
    await tenant.rooms.setSettings({ policy: { pushAhead: 1_000 } })
    expect(await tenant.takeMarks()).toEqual(concerned())
    const policy = async () => (await tenant.store.loadStay(coming, now))?.policy
    expect(await policy()).toEqual({ ...defaultPolicy, graceOut: 3_600_000, pushAhead: 1_000 })
    await tenant.rooms.setSettings({ policy: { graceOut: null } })
    expect(await policy()).toEqual({ ...defaultPolicy, pushAhead: 1_000 })
  })

  it('tests a connection again whose credentials changed, and counts their version', async () => {
    const before = await versionOf(lived.lock)
    await tenant.rooms.putConnection({ name: 'Locks', port: 'lock', adapter: 'test-lock', config: { key: 'another' } })
    expect(await tenant.takeMarks()).toEqual([`device:${lived.device}`, `probe:${lived.lock}`].sort())
    expect(await versionOf(lived.lock)).toBe(before + 1)
  })

  it('stops looking at a connection that is paused', async () => {
    await tenant.rooms.setConnectionState('Bookings', 'paused')
    expect(await tenant.store.loadSource(lived.source)).toBeUndefined()
    await tenant.rooms.setConnectionState('Bookings', 'active')
    expect(await tenant.store.loadSource(lived.source)).toMatchObject({ name: 'Bookings' })
    expect(await tenant.takeMarks()).toContain(`connection:${lived.source}`)
  })

  it('has every stay looked at whose booking system becomes a witness, and again when it counts', async () => {
    const stays = [`booking:${coming}`, `booking:${lived.booking.id}`].sort()
    await tenant.rooms.setWitness('Bookings', true)
    expect(await tenant.takeMarks()).toEqual(stays)
    expect(await tenant.store.loadStay(coming, now)).toMatchObject({ booking: { witness: true } })
    const model = createReadModel({ orm: hub.orm, secretsOf: async () => tenant.secrets })
    expect(await model.booking(tenant.tenantId, coming, false)).toMatchObject({ witness: true })
    const since = async () =>
      (await model.connections(tenant.tenantId)).find(({ name }) => name === 'Bookings')?.witnessSince
    const first = await since()
    expect(first).toBeDefined()
    await tenant.rooms.setWitness('Bookings', true)
    expect(await since()).toBe(first)
    await tenant.takeMarks()
    await tenant.rooms.setWitness('Bookings', false)
    expect(await tenant.takeMarks()).toEqual(stays)
    expect([await since(), (await model.booking(tenant.tenantId, coming, false))?.witness]).toEqual([
      undefined,
      undefined,
    ])
    await expect(tenant.rooms.setWitness('Locks', true)).rejects.toThrow(HouseProblem)
  })

  const versionOf = async (id: string): Promise<number> => {
    const { rows } = await hub.owner.query<{ v: number }>('select config_version as v from connection where id = $1', [
      id,
    ])
    return rows[0]?.v ?? 0
  }

  it('gives a connection an address, and keeps the old one for a while when it changes', async () => {
    const [first, ...none] = await tenant.rooms.tokens('Bookings')
    expect(none).toEqual([])
    expect(first?.token).toMatch(/^[A-Za-z0-9_-]{22}$/)
    const second = await tenant.rooms.rotateToken('Bookings', 60_000)
    expect(new Set((await tenant.rooms.tokens('Bookings')).map(({ token }) => token))).toEqual(
      new Set([first?.token, second.token]),
    )
    const third = await tenant.rooms.rotateToken('Bookings', 0)
    expect((await tenant.rooms.tokens('Bookings')).map(({ token }) => token)).toEqual([third.token])
    const { rows } = await hub.owner.query(
      'select 1 from connection_address where tenant_id = $1 and connection_id = $2',
      [tenant.tenantId, lived.source],
    )
    expect(rows).toHaveLength(3)
  })

  it('shows itself without any secret', async () => {
    const picture = await tenant.rooms.picture()
    expect(picture).toMatchObject({
      alarm: { connection: 'Mail' },
      properties: [{ slug: 'house', zone: 'Europe/Paris' }],
      devices: [{ connection: 'Locks', vendorId: '1001' }],
      doors: [
        { slug: 'lobby', kind: 'fixed-code' },
        { slug: 'street', kind: 'device', hasPrefix: true },
      ],
      units: [
        {
          slug: 'flat-2',
          property: 'house',
          path: ['street', 'lobby'],
          sources: [{ connection: 'Bookings', ref: 'flat-2' }],
        },
      ],
    })
    expect(picture.connections.map(({ name }) => name)).toEqual(['Bookings', 'Locks', 'Mail'])
    expect(JSON.stringify(picture)).not.toMatch(/canary|55990A|1#/)
  })

  it.each([
    [
      'a zone that is none',
      () => tenant.rooms.putProperty({ slug: 'x', name: 'X', zone: 'Paris', checkIn: '16:00', checkOut: '10:00' }),
      'not a time zone',
    ],
    [
      'a time that is none',
      () => tenant.rooms.putProperty({ slug: 'x', name: 'X', zone: 'Europe/Paris', checkIn: '4pm', checkOut: '10:00' }),
      'not a time of day',
    ],
    [
      'a name with blanks',
      () =>
        tenant.rooms.putProperty({
          slug: 'My house',
          name: 'X',
          zone: 'Europe/Paris',
          checkIn: '16:00',
          checkOut: '10:00',
        }),
      'short name',
    ],
    [
      'a device of a booking system',
      () => tenant.rooms.putDevice({ connection: 'Bookings', vendorId: '1', name: 'X' }),
      'has no devices',
    ],
    [
      'a device that is not there',
      () =>
        tenant.rooms.putDoor({
          slug: 'x',
          name: 'X',
          entry: { kind: 'device', deviceId: lived.booking.id, tellAt: 'confirmed' },
        }),
      'not there',
    ],
    [
      'a door that is not there',
      () => tenant.rooms.putUnit({ slug: 'x', name: 'X', property: 'house', path: ['cellar'], sources: [] }),
      'no door "cellar"',
    ],
    [
      'a door twice on the way',
      () => tenant.rooms.putUnit({ slug: 'x', name: 'X', property: 'house', path: ['lobby', 'lobby'], sources: [] }),
      'twice',
    ],
    [
      'a flat that another unit has',
      () =>
        tenant.rooms.putUnit({
          slug: 'x',
          name: 'X',
          property: 'house',
          path: [],
          sources: [{ connection: 'Bookings', ref: 'flat-2' }],
        }),
      'linked to "flat-2" already',
    ],
    [
      'a name that another adapter’s connection has',
      () => tenant.rooms.putConnection({ name: 'Locks', port: 'booking', adapter: 'other', config: {} }),
      'belongs to test-lock',
    ],
    [
      'alarms over a lock',
      () => tenant.rooms.setSettings({ alarm: { connection: 'Locks', to: 'x' } }),
      'sends no messages',
    ],
  ])('refuses %s, says what to do, and changes nothing', async (_what, ask, words) => {
    const before = JSON.stringify(await tenant.rooms.picture())
    const refusal = await ask().then(
      () => undefined,
      (error: unknown) => error,
    )
    expect(refusal).toBeInstanceOf(HouseProblem)
    expect(String(refusal)).toContain(words)
    expect((refusal as HouseProblem).remedy).not.toBe('') // checked to be one above
    expect(JSON.stringify(await tenant.rooms.picture())).toBe(before)
    expect(await tenant.takeMarks()).toEqual([])
  })
})

describe('tenants', () => {
  it('are made once per name', async () => {
    const made = await createTenant(hub.pool, testMasters, 'harbour', systemClock.now())
    expect(await findTenant(hub.pool, 'harbour')).toEqual(made)
    await expect(createTenant(hub.pool, testMasters, 'harbour', systemClock.now())).rejects.toThrow('already')
    await expect(createTenant(hub.pool, testMasters, 'Har bour', systemClock.now())).rejects.toThrow('cannot be')
  })

  it('are gone without a trace when they are erased, and nobody else is', async () => {
    const gone = await hub.addTenant()
    const stays = await hub.addTenant()
    await liveIn(gone)
    await liveIn(stays)
    await eraseTenant(hub.pool, gone.tenantId)
    const { rows } = await hub.owner.query<{ name: string }>(
      `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
       where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'`,
    )
    for (const { name } of rows) {
      const left = await hub.owner.query(`select 1 from ${name} where tenant_id = $1`, [gone.tenantId])
      expect(left.rowCount, name).toBe(0)
    }
    const slugs = (await listTenants(hub.pool)).map(({ slug }) => slug)
    expect(slugs).not.toContain(gone.slug)
    expect(slugs).toContain(stays.slug)
    expect((await stays.rooms.picture()).units).toHaveLength(1)
  })
})
