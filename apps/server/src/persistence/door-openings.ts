import type { DoorAnswer, Instant } from '@stayward/core'
import type { Pool } from 'pg'
import type { TenantSecrets } from '../secrets/tenant-secrets.ts'
import { inTenant } from './in-tenant.ts'
import { instantFromSql } from './instant-from-sql.ts'
import { isId, orderedId } from './ordered-id.ts'

/** One order to open a door, as it is kept for 400 days. */
export interface DoorOpening {
  readonly id: string
  readonly door: { readonly id: string; readonly name: string }
  /** Which of the device's doors, where somebody had to say. */
  readonly chosen?: string
  readonly at: Instant
  readonly by: string
  readonly why: string
  /** Absent while no answer has come; after a minute or two none will. */
  readonly answer?: DoorAnswer & { readonly at: Instant }
}

export interface DoorOrder extends Pick<DoorOpening, 'door' | 'chosen' | 'by' | 'why'> {
  /** The caller's own name for this one order. */
  readonly key: string
}

/** A door, and what is at it. */
export interface DoorRow {
  readonly id: string
  readonly name: string
  /** Absent where nothing at this door takes an order. */
  readonly device?: { readonly vendorId: string; readonly connectionId: string; readonly connection: string }
}

export interface DoorLedger {
  /** By its id or its short name. */
  door(idOrSlug: string): Promise<DoorRow | undefined>
  ordered(key: string): Promise<DoorOpening | undefined>
  /** Written down before it is given. `undefined`: an order of this key is there already. */
  begin(order: DoorOrder, at: Instant): Promise<string | undefined>
  end(id: string, answer: DoorAnswer, at: Instant): Promise<void>
  /** Newest first. */
  list(limit: number): Promise<readonly DoorOpening[]>
}

interface OpeningRow {
  readonly id: string
  readonly door_id: string
  readonly door: string
  readonly chosen: string | null
  readonly at: string
  readonly asked_by: string
  readonly why_sealed: string
  readonly outcome: DoorAnswer['outcome'] | null
  readonly answer: string | null
  readonly remedy: string | null
  readonly answered_at: string | null
}

const columns = `id, door_id, door, chosen, at::text, asked_by, why_sealed, outcome, answer, remedy, answered_at::text`
const whyPlace = (row: string) => ({ table: 'door_opening', column: 'why_sealed', row })

/** What one tenant's people and programs have ordered doors to do. */
export function doorLedger(pool: Pool, tenantId: string, secrets: TenantSecrets): DoorLedger {
  const query = <Row extends object>(text: string, values: readonly unknown[]) =>
    inTenant(pool, tenantId, async (client) => (await client.query<Row>(text, [tenantId, ...values])).rows)
  const openingFrom = (row: OpeningRow): DoorOpening => ({
    id: row.id,
    door: { id: row.door_id, name: row.door },
    ...(row.chosen === null ? {} : { chosen: row.chosen }),
    at: instantFromSql(row.at),
    by: row.asked_by,
    why: secrets.open(row.why_sealed, whyPlace(row.id)),
    ...(row.outcome === null || row.answer === null || row.answered_at === null
      ? {}
      : {
          answer: {
            outcome: row.outcome,
            text: row.answer,
            ...(row.remedy === null ? {} : { remedy: row.remedy }),
            at: instantFromSql(row.answered_at),
          },
        }),
  })
  return {
    door: async (name) => {
      const [row] = await query<{
        id: string
        name: string
        vendor_id: string | null
        connection_id: string
        connection: string
      }>(
        `select d.id, d.name, v.vendor_id, v.connection_id, c.name as connection from door d
         left join device v on v.tenant_id = d.tenant_id and v.id = d.device_id
         left join connection c on c.tenant_id = v.tenant_id and c.id = v.connection_id
         where d.tenant_id = $1 and ${isId(name) ? 'd.id = $2::uuid' : 'd.slug = $2'}`,
        [name],
      )
      if (!row) return undefined
      const { id, name: called, vendor_id: vendorId, connection_id: connectionId, connection } = row
      return { id, name: called, ...(vendorId === null ? {} : { device: { vendorId, connectionId, connection } }) }
    },
    ordered: async (key) => {
      const [row] = await query<OpeningRow>(
        `select ${columns} from door_opening where tenant_id = $1 and order_key = $2`,
        [key],
      )
      return row && openingFrom(row)
    },
    begin: async ({ door, chosen, by, why, key }, at) => {
      const id = orderedId()
      const [made] = await query<{ id: string }>(
        `insert into door_opening (tenant_id, id, order_key, door_id, door, chosen, at, asked_by, why_sealed)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (tenant_id, order_key) do nothing returning id`,
        [id, key, door.id, door.name, chosen ?? null, at, by, secrets.seal(why, whyPlace(id))],
      )
      return made?.id
    },
    end: async (id, { outcome, text, remedy }, at) => {
      await query(
        `update door_opening set outcome = $3, answer = $4, remedy = $5, answered_at = $6
         where tenant_id = $1 and id = $2`,
        [id, outcome, text, remedy ?? null, at],
      )
    },
    list: async (limit) => {
      const rows = await query<OpeningRow>(
        `select ${columns} from door_opening where tenant_id = $1 order by id desc limit $2`,
        [limit],
      )
      return rows.map(openingFrom)
    },
  }
}
