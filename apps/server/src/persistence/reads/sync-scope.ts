import type { EntityManager } from '@mikro-orm/postgresql'
import { type Instant, plus, type PreviewLine, type PreviewScope } from '@stayward/core'
import { isId } from '../ordered-id.ts'
import type { SyncScope, SyncWhat } from './read-model.ts'

const day = 86_400_000

/** What "sync" is about: one stay, one device, or all that is near or still has something at a door. */
export async function readSyncScope(
  em: EntityManager,
  tenantId: string,
  what: SyncWhat,
  now: Instant,
): Promise<SyncScope | undefined> {
  if ('all' in what)
    return { bookings: await liveBookings(em, tenantId, now), devices: await devicesWhere(em, tenantId, '', []) }
  if ('booking' in what) {
    const bookings = await em.execute<{ id: string; ref: string }[]>(
      `select id, ref from booking where tenant_id = ? and ${isId(what.booking) ? 'id' : 'ref'} = ? order by id`,
      [tenantId, what.booking],
    )
    return bookings.length === 0 ? undefined : { bookings, devices: [] }
  }
  const devices = await devicesWhere(em, tenantId, `and v.${isId(what.device) ? 'id' : 'name'} = ?`, [what.device])
  return devices.length === 0 ? undefined : { bookings: [], devices }
}

async function liveBookings(em: EntityManager, tenantId: string, now: Instant): Promise<SyncScope['bookings']> {
  const [from, to] = [plus(now, -2 * day).slice(0, 10), plus(now, 5 * day).slice(0, 10)]
  return await em.execute(
    `select b.id, b.ref from booking b where b.tenant_id = ? and (
       (b.state = 'confirmed' and b.arrival <= ? and b.departure >= ?)
       or exists (select from code k where k.tenant_id = b.tenant_id and k.booking_id = b.id and k.gone_at is null)
       or exists (select from message m where m.tenant_id = b.tenant_id and m.booking_id = b.id and m.state = 'planned'))
     order by b.arrival, b.id`,
    [tenantId, to, from],
  )
}

async function devicesWhere(
  em: EntityManager,
  tenantId: string,
  condition: string,
  values: readonly string[],
): Promise<SyncScope['devices']> {
  return await em.execute(
    `select v.id, v.name, v.connection_id as "connectionId" from device v where v.tenant_id = ? ${condition} order by v.name, v.id`,
    [tenantId, ...values],
  )
}

/** What is asked for, as flags and bodies name it; `undefined` unless it is exactly one thing. */
export function syncWhat(asked: {
  readonly booking?: string
  readonly device?: string
  readonly all?: true
}): SyncWhat | undefined {
  const { booking, device, all } = asked
  const things: SyncWhat[] = [
    ...(booking === undefined ? [] : [{ booking }]),
    ...(device === undefined ? [] : [{ device }]),
    ...(all ? [{ all }] : []),
  ]
  return things.length === 1 ? things[0] : undefined
}

export function previewScope({ bookings, devices }: SyncScope): PreviewScope {
  return { bookingIds: bookings.map(({ id }) => id), deviceIds: devices.map(({ id }) => id) }
}

/** The lines of a preview with the booking system's own id, which is what people know a stay by. */
export function withRefs(
  lines: readonly PreviewLine[],
  { bookings }: SyncScope,
): (PreviewLine & { readonly ref?: string })[] {
  const refs = new Map(bookings.map(({ id, ref }) => [id, ref]))
  return lines.map((line) => {
    const ref = refs.get(line.bookingId ?? '')
    return { ...line, ...(ref === undefined ? {} : { ref }) }
  })
}
