import { type Instant, type Mark, parseInstant, plus } from '@stayward/core'
import type { Change } from './house-context.ts'

interface Affected {
  readonly id: string
  readonly arrival: string | null
}

const aStay = `b.state = 'confirmed' and (b.departure is null or b.departure >= ?::date)`
const aCode = `exists (select from code k where k.tenant_id = b.tenant_id and k.booking_id = b.id and k.gone_at is null)`

/** A person changed flats, or doors and devices on the way to them: their stays that are not over, and their devices. */
export async function markUnits({ em, tenantId, now, mark }: Change, unitIds: readonly string[]): Promise<void> {
  if (unitIds.length === 0) return
  await em.flush()
  const ids = `{${unitIds.join(',')}}`
  const bookings = await em.execute<Affected[]>(
    `select b.id, b.arrival::text as arrival from booking b
     join unit_source s on s.tenant_id = b.tenant_id and s.connection_id = b.connection_id and s.source_ref = b.unit_ref
     where b.tenant_id = ? and s.unit_id = any (?::uuid[]) and ((${aStay}) or ${aCode})`,
    [tenantId, ids, dayBefore(now)],
  )
  const devices = await em.execute<{ id: string }[]>(
    `select distinct d.device_id as id from unit_door u join door d on d.tenant_id = u.tenant_id and d.id = u.door_id
     where u.tenant_id = ? and u.unit_id = any (?::uuid[]) and d.device_id is not null`,
    [tenantId, ids],
  )
  mark([...bookings.map(markOf), ...devices.map(({ id }): Mark => ({ kind: 'device', key: id, why: 'edit' }))])
}

/** Stays that came in for a source's flat, linked to a unit or not. */
export async function markSources(
  { em, tenantId, now, mark }: Change,
  sources: readonly { readonly connectionId: string; readonly ref: string }[],
): Promise<void> {
  for (const { connectionId, ref } of sources) {
    const bookings = await em.execute<Affected[]>(
      `select b.id, b.arrival::text as arrival from booking b
       where b.tenant_id = ? and b.connection_id = ? and b.unit_ref = ? and ((${aStay}) or ${aCode})`,
      [tenantId, connectionId, ref, dayBefore(now)],
    )
    mark(bookings.map(markOf))
  }
}

/** All that a source told of: its stays that are not over, whatever became of them, and those that have codes. */
export async function markBookings({ em, tenantId, now, mark }: Change, connectionId: string): Promise<void> {
  await em.flush()
  const bookings = await em.execute<Affected[]>(
    `select b.id, b.arrival::text as arrival from booking b
     where b.tenant_id = ? and b.connection_id = ? and (b.departure is null or b.departure >= ?::date or ${aCode})`,
    [tenantId, connectionId, dayBefore(now)],
  )
  mark(bookings.map(markOf))
}

/** A policy concerns every stay that is not over and every device. */
export async function markEverything({ em, tenantId, now, mark }: Change): Promise<void> {
  await em.flush()
  const bookings = await em.execute<Affected[]>(
    `select b.id, b.arrival::text as arrival from booking b where b.tenant_id = ? and ((${aStay}) or ${aCode})`,
    [tenantId, dayBefore(now)],
  )
  const devices = await em.execute<{ id: string }[]>('select id from device where tenant_id = ?', [tenantId])
  mark([...bookings.map(markOf), ...devices.map(({ id }): Mark => ({ kind: 'device', key: id, why: 'edit' }))])
}

function markOf({ id, arrival }: Affected): Mark {
  const priority = arrival === null ? undefined : parseInstant(`${arrival}T00:00:00Z`)
  return { kind: 'booking', key: id, why: 'edit', ...(priority === undefined ? {} : { priority }) }
}

/** Two days back, so that a stay whose last day is ending somewhere in the world still counts. */
function dayBefore(now: Instant): string {
  return plus(now, -2 * 86_400_000).slice(0, 10)
}
