import type { EntityManager } from '@mikro-orm/postgresql'
import type { BookingState } from '@stayward/core'
import type { BookingLine, BookingsQuery, Page } from './read-model.ts'
import type { TenantSecrets } from '../../secrets/tenant-secrets.ts'
import { instantFromSql } from '../instant-from-sql.ts'
import { isId } from '../ordered-id.ts'
import { known } from './lines.ts'
import { openGuest } from '../store/stored-rows.ts'

/** One reading, inside the tenant's transaction. */
export interface ReadScope {
  readonly em: EntityManager
  readonly tenantId: string
  readonly secrets: TenantSecrets
}

type Texts = Readonly<
  Record<'id' | 'ref' | 'connection_id' | 'connection' | 'guest_sealed' | 'known_since' | 'updated_at', string>
>
type Maybe = Readonly<
  Record<
    | 'arrival'
    | 'departure'
    | 'unit_id'
    | 'unit_slug'
    | 'unit_name'
    | 'property'
    | 'channel'
    | 'status'
    | 'reason_code'
    | 'reason_text'
    | 'reason_remedy'
    | 'window_from'
    | 'window_until',
    string | null
  >
>
export type BookingLineRow = Texts & Maybe & { readonly state: BookingState; readonly witness: boolean }

const select = `
select b.id, b.ref, b.state, b.arrival::text as arrival, b.departure::text as departure, b.guest_sealed, b.channel,
  b.known_since, b.updated_at, c.id as connection_id, c.name as connection, c.witness_since is not null as witness, u.id as unit_id, u.slug as unit_slug,
  u.name as unit_name, p.name as property, g.status, g.reason_code, g.reason_text, g.reason_remedy, g.window_from,
  g.window_until
from booking b
  join connection c on c.tenant_id = b.tenant_id and c.id = b.connection_id
  left join unit_source s on s.tenant_id = b.tenant_id and s.connection_id = b.connection_id and s.source_ref = b.unit_ref
  left join unit u on u.tenant_id = b.tenant_id and u.id = s.unit_id
  left join property p on p.tenant_id = b.tenant_id and p.id = u.property_id
  left join access_grant g on g.tenant_id = b.tenant_id and g.booking_id = b.id`

/** Behind the last day of the calendar: where bookings without an arrival stand in the order. */
const never = 'infinity'

export async function readBookings(scope: ReadScope, query: BookingsQuery): Promise<Page<BookingLine>> {
  const { em, tenantId } = scope
  const { limit, after, state, ref, arrivalFrom, arrivalUntil } = query
  const conditions: string[] = ['b.tenant_id = ?']
  const values: unknown[] = [tenantId]
  const where = (condition: string, ...given: unknown[]): void => {
    conditions.push(condition)
    values.push(...given)
  }
  if (state !== undefined) where('b.state = ?', state)
  if (ref !== undefined) where('b.ref = ?', ref)
  if (arrivalFrom !== undefined) where('b.arrival >= ?::date', arrivalFrom)
  if (arrivalUntil !== undefined) where('b.arrival <= ?::date', arrivalUntil)
  const place = placeFrom(after)
  if (place) where(`(coalesce(b.arrival, '${never}'), b.id) > (?::date, ?::uuid)`, place.arrival, place.id)
  const rows = await em.execute<BookingLineRow[]>(
    `${select} where ${conditions.join(' and ')} order by coalesce(b.arrival, '${never}'), b.id limit ?`,
    [...values, limit + 1],
  )
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return {
    items: shown.map((row) => lineFrom(row, scope.secrets)),
    ...(rows.length > limit && last ? { next: placeOf(last) } : {}),
  }
}

export async function readBookingLine(scope: ReadScope, id: string): Promise<BookingLine | undefined> {
  const { em, tenantId, secrets } = scope
  const [row] = await em.execute<BookingLineRow[]>(`${select} where b.tenant_id = ? and b.id = ?`, [tenantId, id])
  return row && lineFrom(row, secrets)
}

export async function readBookingLinesOf(scope: ReadScope, ids: readonly string[]): Promise<readonly BookingLine[]> {
  if (ids.length === 0) return []
  const { em, tenantId, secrets } = scope
  const places = ids.map(() => '?').join(', ')
  const rows = await em.execute<BookingLineRow[]>(`${select} where b.tenant_id = ? and b.id in (${places})`, [
    tenantId,
    ...ids,
  ])
  return rows.map((row) => lineFrom(row, secrets))
}

function placeOf({ arrival, id }: BookingLineRow): string {
  return Buffer.from(`${arrival ?? never} ${id}`).toString('base64url')
}

function placeFrom(text: string | undefined): { readonly arrival: string; readonly id: string } | undefined {
  const [arrival = '', id = ''] = Buffer.from(text ?? '', 'base64url')
    .toString('utf8')
    .split(' ')
  const known = arrival === never || /^\d{4}-\d{2}-\d{2}$/.test(arrival)
  return known && isId(id) ? { arrival, id } : undefined
}

function lineFrom(row: BookingLineRow, secrets: TenantSecrets): BookingLine {
  const { guest } = openGuest(secrets, row.id, row.guest_sealed)
  return {
    id: row.id,
    ref: row.ref,
    connection: { id: row.connection_id, name: row.connection },
    state: row.state,
    ...known('arrival', row.arrival),
    ...known('departure', row.departure),
    ...unitFrom(row),
    guest: { ...known('name', guest.name), ...known('language', guest.language) },
    ...known('channel', row.channel),
    ...(row.witness ? { witness: true } : {}),
    knownSince: instantFromSql(row.known_since),
    updatedAt: instantFromSql(row.updated_at),
    ...accessFrom(row),
  }
}

function unitFrom({
  unit_id: id,
  unit_slug: slug,
  unit_name: name,
  property,
}: BookingLineRow): Pick<BookingLine, 'unit'> {
  if (id === null || slug === null || name === null || property === null) return {}
  return { unit: { id, slug, name, property } }
}

function accessFrom(row: BookingLineRow): Pick<BookingLine, 'access'> {
  const {
    status,
    reason_code: code,
    reason_text: text,
    reason_remedy: remedy,
    window_from: from,
    window_until: until,
  } = row
  if (status === null) return {}
  return {
    access: {
      status,
      ...(code === null || text === null || remedy === null ? {} : { reason: { code, text, remedy } }),
      ...(from === null || until === null
        ? {}
        : { window: { from: instantFromSql(from), until: instantFromSql(until) } }),
    },
  }
}
