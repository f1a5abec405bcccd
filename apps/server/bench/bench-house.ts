import { hash } from 'node:crypto'
import { systemClock } from '@stayward/core'
import pg from 'pg'
import { type House, openHouse } from '../src/persistence/house.ts'
import { inTenant } from '../src/persistence/in-tenant.ts'
import { openOrm } from '../src/persistence/orm.ts'
import { createTenant } from '../src/persistence/tenants.ts'
import { tenantKeys } from '../src/persistence/tenant-keys.ts'
import { tenantSecrets } from '../src/secrets/tenant-secrets.ts'
import type { BenchDatabase } from './bench-database.ts'

/** A connection that every tenant of a bench has, under its own credentials. */
export interface BenchConnection {
  readonly name: 'bookings' | 'locks'
  readonly adapter: string
  readonly port: 'booking' | 'lock'
  readonly config: (slug: string) => unknown
}

export interface BenchTenant {
  readonly id: string
  readonly slug: string
  /** Path of the webhook address of its booking system. */
  readonly path: string
}

export interface BenchHouse {
  readonly tenants: readonly BenchTenant[]
  /** Each tenant's flats as the booking system knows them. */
  readonly unitRefs: readonly string[]
  /** As the lock's vendor knows a tenant's device. */
  readonly vendorId: (slug: string, door: number) => string
  /** Ids of the connections by name and of the devices in the order of the doors, the same with every tenant. */
  readonly ids: { readonly bookings: string; readonly locks?: string; readonly devices: readonly string[] }
}

export interface Furnishing {
  readonly connections: readonly BenchConnection[]
  readonly tenants: number
  /** Doors with a keypad per tenant, a flat behind each. Needs the connection `locks`. */
  readonly doors?: number
}

const copied = ['property', 'unit', 'device', 'door', 'unit_door', 'unit_source']

/**
 * Furnishes one tenant as a person would, and all others by copying its rows: a thousand houses by hand would take longer
 * than what is to be measured. Nothing is marked afterwards; a bench says itself what is to be looked at.
 */
export async function furnish(
  database: BenchDatabase,
  { connections, tenants, doors = 0 }: Furnishing,
): Promise<BenchHouse> {
  const { appUrl, ownerUrl, masters } = database
  const pool = new pg.Pool({ connectionString: appUrl, max: 8 })
  const owner = new pg.Client(ownerUrl)
  const orm = await openOrm(appUrl)
  await owner.connect()
  try {
    const first = await createTenant(pool, masters, 'bench-1', systemClock.now())
    const secrets = tenantSecrets(await tenantKeys(pool, masters, first.id))
    const house = openHouse({ orm, tenantId: first.id, secrets, clock: systemClock })
    const ids = new Map<string, string>()
    for (const { config, ...connection } of connections)
      ids.set(connection.name, (await house.putConnection({ ...connection, config: config(first.slug) })).id)
    const devices = await furnishRooms(house, doors)

    const made = [first]
    for (let number = 2; number <= tenants; number++)
      made.push(await createTenant(pool, masters, `bench-${number}`, systemClock.now()))
    for (const tenant of made.slice(1)) await connect(pool, masters, tenant, connections, ids)
    for (const table of copied) await copy(owner, table, first.id)
    await owner.query(
      `update device d set vendor_id = t.slug || '-' || d.vendor_id from tenant t where t.id = d.tenant_id`,
    )
    const [bookings] = connections
    const paths = await owner.query<{ id: string; slug: string }>('select id, slug from tenant order by created_at, id')
    const tokens = made.map(({ slug }) => tokenOf(slug, 'bookings'))
    const [hashes, owners] = [tokens.map((token) => hash('sha256', token)), made.map(({ id }) => id)]
    await owner.query(
      `insert into connection_address (token_hash, tenant_id, connection_id, adapter)
       select h, t, $3, $4 from unnest($1::text[], $2::uuid[]) as x (h, t)`,
      [hashes, owners, ids.get('bookings'), bookings?.adapter],
    )
    await owner.query('truncate work')
    await owner.query('analyze')
    const locks = ids.get('locks')
    return {
      tenants: paths.rows.map(({ id, slug }) => ({
        id,
        slug,
        path: `/api/webhooks/${bookings?.adapter}/t/${slug}/${tokenOf(slug, 'bookings')}`,
      })),
      unitRefs: devices.map((_, index) => unitRef(index)),
      vendorId: (slug, door) => `${slug}-${vendorId(door)}`,
      ids: { bookings: ids.get('bookings') ?? '', ...(locks === undefined ? {} : { locks }), devices },
    }
  } finally {
    await owner.end()
    await orm.close(true)
    await pool.end()
  }
}

const unitRef = (index: number) => `flat-${index + 1}`
const vendorId = (index: number) => `door-${index + 1}`
/** Made up from the name, so that a bench needs no list of them. Real ones are random. */
const tokenOf = (slug: string, name: string) => hash('sha256', `${slug} ${name}`, 'base64url').slice(0, 22)

async function furnishRooms(house: House, doors: number): Promise<readonly string[]> {
  if (doors === 0) return []
  await house.putProperty({ slug: 'house', name: 'House', zone: 'Europe/Paris', checkIn: '15:00', checkOut: '10:00' })
  const devices: string[] = []
  for (let index = 0; index < doors; index++) {
    const slug = `flat-${index + 1}`
    const deviceId = await house.putDevice({ connection: 'locks', vendorId: vendorId(index), name: slug })
    devices.push(deviceId)
    await house.putDoor({ slug, name: `Door of ${slug}`, entry: { kind: 'device', deviceId, tellAt: 'confirmed' } })
    const sources = [{ connection: 'bookings', ref: unitRef(index) }]
    await house.putUnit({ slug, name: slug, property: 'house', path: [slug], sources })
  }
  return devices
}

async function connect(
  pool: pg.Pool,
  masters: BenchDatabase['masters'],
  tenant: { readonly id: string; readonly slug: string },
  connections: readonly BenchConnection[],
  ids: ReadonlyMap<string, string>,
): Promise<void> {
  const secrets = tenantSecrets(await tenantKeys(pool, masters, tenant.id))
  await inTenant(pool, tenant.id, async (client) => {
    for (const { name, adapter, port, config } of connections) {
      const row = ids.get(name) ?? ''
      const sealed = secrets.seal(JSON.stringify(config(tenant.slug)), {
        table: 'connection',
        column: 'config_sealed',
        row,
      })
      await client.query(
        `insert into connection (tenant_id, id, adapter, port, name, config_sealed, created_at)
         values ($1, $2, $3, $4, $5, $6, $7)`,
        [tenant.id, row, adapter, port, name, sealed, systemClock.now()],
      )
    }
  })
}

/** The first tenant's rows of a table, once more for every other tenant. Ids are unique within a tenant, so they stay. */
async function copy(owner: pg.Client, table: string, from: string): Promise<void> {
  const { rows } = await owner.query<{ name: string }>(
    `select attname as name from pg_attribute
     where attrelid = $1::regclass and attnum > 0 and not attisdropped and attname <> 'tenant_id' order by attnum`,
    [table],
  )
  const columns = rows.map(({ name }) => pg.escapeIdentifier(name))
  await owner.query(
    `insert into ${table} (tenant_id, ${columns.join(', ')})
     select t.id, ${columns.map((column) => `r.${column}`).join(', ')}
     from ${table} r cross join tenant t where r.tenant_id = $1 and t.id <> $1`,
    [from],
  )
}
