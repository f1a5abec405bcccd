import { hash, randomBytes, randomUUIDv7, timingSafeEqual } from 'node:crypto'
import type { Clock, Instant } from '@stayward/core'
import { parseInstant } from '@stayward/core'
import type { Pool } from 'pg'
import { inTenant } from '../persistence/in-tenant.ts'

/** What a key may beyond reading and deciding about its tenant's own. */
export interface KeyRights {
  readonly seePins: boolean
  readonly openDoors: boolean
  /** The operator's word for the whole server: that a database which was set back is right. */
  readonly confirmRestores: boolean
}

/** Whose request it is and what it may do. */
export interface Caller extends KeyRights {
  readonly tenantId: string
  readonly slug: string
  readonly keyId: string
}

export interface ApiKey extends KeyRights {
  readonly id: string
  readonly name: string
  readonly createdAt: Instant
  readonly revokedAt?: Instant
  readonly lastUsedAt?: Instant
}

export interface ApiKeys {
  /** Makes a key. Its text is shown once and kept nowhere. */
  add(
    tenant: TenantRef,
    key: { readonly name: string } & Partial<KeyRights>,
  ): Promise<{ readonly id: string; readonly text: string }>
  /** Oldest first. */
  list(tenant: TenantRef): Promise<readonly ApiKey[]>
  /** `false` when the tenant has no such key, or it was revoked before. */
  revoke(tenant: TenantRef, id: string): Promise<boolean>
  /** Whose key this is; `undefined` for anything that is not a key in force, without saying why. */
  verify(text: string): Promise<Caller | undefined>
}

export interface TenantRef {
  readonly id: string
  readonly slug: string
}

/** `sw_<tenant>_<40 of base32>`: 200 random bits; the tenant's name is in it so that its row can be found. */
const shape = /^sw_([a-z0-9][a-z0-9-]{0,62})_([a-z2-7]{40})$/
/** How long a use of a key goes unrecorded after the last recorded one, milliseconds. */
const recordEvery = 60_000

interface Row {
  readonly id: string
  readonly name: string
  readonly hash: string
  readonly see_pins: boolean
  readonly open_doors: boolean
  readonly confirm_restores: boolean
  readonly created_at: Date
  readonly revoked_at: Date | null
  readonly last_used_at: Date | null
}

export function createApiKeys({ pool, clock }: { readonly pool: Pool; readonly clock: Clock }): ApiKeys {
  return {
    async add({ id: tenantId, slug }, { name, seePins = false, openDoors = false, confirmRestores = false }) {
      const id = randomUUIDv7()
      const text = `sw_${slug}_${base32(randomBytes(25))}`
      const values = [tenantId, id, name, sha256(text), seePins, openDoors, confirmRestores, clock.now()]
      await inTenant(pool, tenantId, (client) =>
        client.query(
          `insert into api_key (tenant_id, id, name, hash, see_pins, open_doors, confirm_restores, created_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8)`,
          values,
        ),
      )
      return { id, text }
    },
    async list({ id: tenantId }) {
      const { rows } = await inTenant(pool, tenantId, (client) =>
        client.query<Row>('select * from api_key where tenant_id = $1 order by created_at, id', [tenantId]),
      )
      return rows.map(apiKeyOf)
    },
    async revoke({ id: tenantId }, id) {
      const { rowCount } = await inTenant(pool, tenantId, (client) =>
        client.query(
          'update api_key set revoked_at = $3 where tenant_id = $1 and id::text = $2 and revoked_at is null',
          [tenantId, id, clock.now()],
        ),
      )
      return rowCount === 1
    },
    async verify(text) {
      const [, slug] = shape.exec(text) ?? []
      if (slug === undefined) return undefined
      const digest = sha256(text)
      const { rows } = await pool.query<{ id: string }>('select id from tenant where slug = $1', [slug])
      const [tenant] = rows
      if (!tenant) return undefined
      return inTenant(pool, tenant.id, async (client) => {
        const found = await client.query<Row>(
          'select * from api_key where tenant_id = $1 and hash = $2 and revoked_at is null',
          [tenant.id, digest],
        )
        const [row] = found.rows
        if (!row || !timingSafeEqual(Buffer.from(row.hash), Buffer.from(digest))) return undefined
        const now = clock.now()
        if (row.last_used_at === null || Date.parse(now) - row.last_used_at.getTime() >= recordEvery)
          await client.query('update api_key set last_used_at = $3 where tenant_id = $1 and id = $2', [
            tenant.id,
            row.id,
            now,
          ])
        return { tenantId: tenant.id, slug, keyId: row.id, ...rightsOf(row) }
      })
    },
  }
}

const sha256 = (text: string): string => hash('sha256', text, 'hex')

const rightsOf = ({ see_pins, open_doors, confirm_restores }: Row): KeyRights => ({
  seePins: see_pins,
  openDoors: open_doors,
  confirmRestores: confirm_restores,
})

function apiKeyOf(row: Row): ApiKey {
  const at = (name: 'revokedAt' | 'lastUsedAt', value: Date | null) => {
    const instant = value === null ? undefined : parseInstant(value.toISOString())
    return instant === undefined ? {} : { [name]: instant }
  }
  const createdAt = row.created_at.toISOString() as Instant // toISOString has the shape of Instant
  return {
    id: row.id,
    name: row.name,
    ...rightsOf(row),
    createdAt,
    ...at('revokedAt', row.revoked_at),
    ...at('lastUsedAt', row.last_used_at),
  }
}

/** RFC 4648 in lower case, without padding; 25 bytes make 40 letters. */
function base32(bytes: Uint8Array): string {
  const letters = 'abcdefghijklmnopqrstuvwxyz234567'
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('')
  return (bits.match(/.{5}/g) ?? []).map((five) => letters[Number.parseInt(five, 2)]).join('')
}
