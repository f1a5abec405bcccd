import type { Clock, QrDrawing } from '@stayward/core'
import type { Pool } from 'pg'
import type { TenantSecrets } from '../secrets/tenant-secrets.ts'
import type { DoorDeskOptions } from './door-desk.ts'
import { inTenant } from './in-tenant.ts'
import { isId } from './ordered-id.ts'
import { pinPlace } from './store/stored-rows.ts'

/** A code that stands or is to stand on a device, and where. Never its PIN. */
export interface DrawableCode {
  readonly id: string
  /** The booking system's own id. */
  readonly ref: string
  /** Doors that this device opens, by name. */
  readonly door: string
  readonly connection: { readonly id: string; readonly name: string; readonly adapter: string }
}

export type Drawn = Extract<QrDrawing, { status: 'drawn' }>

export type QrResult =
  | Drawn
  | { readonly status: 'no-code' }
  /** Nothing at this device reads pictures, or not this one. */
  | { readonly status: 'cannot-draw'; readonly text: string; readonly remedy: string }

/** Where those who may see PINs get them as pictures for a device's camera. */
export interface QrDesk {
  /** Of a code by its id, of a booking by its id or the booking system's own; what is over left out. */
  codesOf(tenantId: string, name: string): Promise<readonly DrawableCode[]>
  /** Asks the device what its camera reads. Throws `AdapterError` when it does not answer. */
  draw(tenantId: string, codeId: string): Promise<QrResult>
}

export interface QrDeskOptions extends Pick<DoorDeskOptions, 'withKeypad'> {
  readonly pool: Pool
  readonly secretsOf: (tenantId: string) => Promise<TenantSecrets>
  readonly clock: Clock
}

interface Row {
  readonly id: string
  readonly ref: string
  readonly door: string
  readonly vendor_id: string
  readonly connection_id: string
  readonly connection: string
  readonly adapter: string
  readonly pin_sealed: string | null
}

const select = `
select k.id, b.ref, v.vendor_id, c.id as connection_id, c.name as connection, c.adapter, k.pin_sealed,
  coalesce((select string_agg(d.name, ', ' order by d.slug) from door d
    where d.tenant_id = k.tenant_id and d.device_id = k.device_id), v.name) as door
from code k join booking b on b.tenant_id = k.tenant_id and b.id = k.booking_id
  join device v on v.tenant_id = k.tenant_id and v.id = k.device_id
  join connection c on c.tenant_id = v.tenant_id and c.id = v.connection_id
where k.tenant_id = $1 and k.want = 'present' and k.gone_at is null and k.window_until > $2`

/** Milliseconds that whoever asks waits at most. */
const patience = 30_000

export function createQrDesk({ pool, secretsOf, clock, withKeypad }: QrDeskOptions): QrDesk {
  const read = (tenantId: string, condition: string, value: string) =>
    inTenant(pool, tenantId, async (client) => {
      const { rows } = await client.query<Row>(`${select} and ${condition} order by k.id`, [
        tenantId,
        clock.now(),
        value,
      ])
      return rows
    })
  return {
    codesOf: async (tenantId, name) => {
      const rows = await read(tenantId, isId(name) ? '$3::uuid in (k.id, b.id)' : 'b.ref = $3', name)
      return rows.map(({ id, ref, door, connection_id, connection, adapter }) => ({
        id,
        ref,
        door,
        connection: { id: connection_id, name: connection, adapter },
      }))
    },
    draw: async (tenantId, codeId) => {
      const [row] = isId(codeId) ? await read(tenantId, 'k.id = $3::uuid', codeId) : []
      if (!row || row.pin_sealed === null) return { status: 'no-code' }
      const pin = (await secretsOf(tenantId)).open(row.pin_sealed, pinPlace(row.id))
      const connection = { id: row.connection_id, name: row.connection }
      const drawing = await withKeypad(tenantId, connection, async ({ provider, vendor }) => {
        const draw = 'drawQr' in provider ? provider.drawQr : undefined
        const call = { signal: AbortSignal.timeout(patience), near: true } // a person waits
        return draw ? await draw.call(provider, row.vendor_id, pin, call) : vendor
      })
      if (typeof drawing === 'string')
        return {
          status: 'cannot-draw',
          text: `Nothing at ${row.door} reads QR codes: ${drawing} has no camera for them.`,
          remedy: 'Give the guest the PIN itself.',
        }
      if (drawing.status === 'drawn') return drawing
      return { status: 'cannot-draw', text: drawing.detail, remedy: 'Until then the guest types the PIN.' }
    },
  }
}
