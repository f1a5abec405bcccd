import {
  arrivalReadiness,
  type Clock,
  type Instant,
  planGrants,
  plus,
  type Policy,
  rankOf,
  type Readiness,
} from '@stayward/core'
import { isId } from '../ordered-id.ts'
import * as rows from '../store/stored-rows.ts'
import { type ReadScope, readBookingLinesOf } from './booking-lines.ts'
import { channelNames } from './channel-names.ts'
import type { ArrivalLine, ArrivalsQuery, Page, ReadinessLine } from './read-model.ts'

type ReadScopeNow = ReadScope & Pick<Clock, 'now'>

const day = 86_400_000

/** Everything that decides about readiness, one row a stay. The tenant is given three times. */
const stays = `
select json_build_object(
  'booking', to_json(b),
  'unit', (select json_build_object('id', u.id, 'propertyId', u.property_id, 'name', u.name)
    from unit u where u.tenant_id = b.tenant_id and u.id = b.unit_id),
  'property', (select to_json(p) from unit u join property p on p.tenant_id = u.tenant_id and p.id = u.property_id
    where u.tenant_id = b.tenant_id and u.id = b.unit_id),
  'way', (select json_agg(d order by ud.position) from unit_door ud
    join door d on d.tenant_id = ud.tenant_id and d.id = ud.door_id
    where ud.tenant_id = b.tenant_id and ud.unit_id = b.unit_id),
  'devices', (select json_agg(json_build_object('id', v.id, 'connectionId', v.connection_id, 'vendorId', v.vendor_id,
      'name', v.name, 'readAt', v.read_at, 'online', v.online, 'batteryLow', v.battery_low))
    from unit_door ud join door d on d.tenant_id = ud.tenant_id and d.id = ud.door_id
    join device v on v.tenant_id = d.tenant_id and v.id = d.device_id
    where ud.tenant_id = b.tenant_id and ud.unit_id = b.unit_id),
  'codes', (select json_agg(k order by k.created_at, k.id) from (
    select ${rows.codeColumns}, k.created_at from code k
    where k.tenant_id = b.tenant_id and k.booking_id = b.id and k.gone_at is null) k),
  'messages', (select json_agg(m order by m.nr) from (
    select ${rows.messageColumns}, m.nr from message m where m.tenant_id = b.tenant_id and m.booking_id = b.id) m)
) as stay
from (select b.tenant_id, ${rows.bookingColumns} from ${rows.bookingSource} where b.tenant_id = ?) b`

interface StayJson {
  readonly booking: rows.BookingJson
  readonly unit: { readonly id: string; readonly propertyId: string; readonly name: string } | null
  readonly property: rows.PropertyJson | null
  readonly way: readonly rows.DoorJson[] | null
  readonly devices: readonly rows.ReadDeviceJson[] | null
  readonly codes: readonly rows.CodeJson[] | null
  readonly messages: readonly rows.MessageJson[] | null
}

/** Guests who come within 72 hours, the worst prepared first, then the nearest. Judged anew at each reading. */
export async function readArrivals(scope: ReadScopeNow, query: ArrivalsQuery): Promise<Page<ArrivalLine>> {
  const now = scope.now()
  const judged = await judge(scope, now, `b.state = 'confirmed' and b.arrival between ? and ?`, [
    plus(now, -2 * day).slice(0, 10),
    plus(now, 5 * day).slice(0, 10),
  ])
  const after = placeFrom(query.after)
  const sorted = judged
    .map((one) => ({ ...one, place: placeOf(one.readiness, one.id) }))
    .sort((a, b) => (a.place < b.place ? -1 : 1))
    .filter(({ place }) => after === undefined || place > after)
  const shown = sorted.slice(0, query.limit)
  const lines = new Map(
    (
      await readBookingLinesOf(
        scope,
        shown.map(({ id }) => id),
      )
    ).map((line) => [line.id, line]),
  )
  const channelOf = await channelNames(scope)
  const last = shown.at(-1)
  return {
    items: shown.flatMap(({ id, readiness }) => {
      const line = lines.get(id)
      return line ? [{ ...line, readiness: readinessLine(readiness, now, channelOf) }] : []
    }),
    ...(sorted.length > shown.length && last ? { next: Buffer.from(last.place).toString('base64url') } : {}),
  }
}

/** Of one booking; `undefined` while nobody arrives. */
export async function readReadiness(scope: ReadScopeNow, bookingId: string): Promise<ReadinessLine | undefined> {
  const now = scope.now()
  const [found] = await judge(scope, now, 'b.id = ?', [bookingId])
  return found && readinessLine(found.readiness, now, await channelNames(scope))
}

async function judge(
  { em, tenantId, secrets }: ReadScope,
  now: Instant,
  where: string,
  values: readonly string[],
): Promise<readonly { readonly id: string; readonly readiness: Readiness }[]> {
  const [setting] = await em.execute<{ readonly policy: Partial<Policy> | null }[]>(
    'select policy from tenant_setting where tenant_id = ?',
    [tenantId],
  )
  const policy = rows.policyFrom(setting?.policy ?? null)
  const found = await em.execute<{ readonly stay: StayJson }[]>(`${stays} where ${where}`, [tenantId, ...values])
  return found.flatMap(({ stay }) => {
    const path = (stay.way ?? []).map((row) => rows.doorFrom(row, secrets))
    const facts = {
      booking: rows.bookingFrom(stay.booking, secrets),
      ...(stay.unit ? { unit: { ...stay.unit, path: path.map(({ id }) => id) } } : {}),
      ...(stay.property ? { property: rows.propertyFrom(stay.property) } : {}),
      codes: (stay.codes ?? []).map((row) => rows.codeFrom(row, secrets)),
      devices: (stay.devices ?? []).map(rows.readDeviceFrom),
      messages: (stay.messages ?? []).map((row) => rows.messageFrom(row, secrets)),
      policy,
      now,
    }
    const readiness = arrivalReadiness({ ...facts, plan: planGrants({ ...facts, path }) })
    return readiness ? [{ id: facts.booking.id, readiness }] : []
  })
}

function readinessLine(
  { level, enteredAt, doors, told, risks }: Readiness,
  now: Instant,
  channelOf: (channel: string) => string,
): ReadinessLine {
  return {
    level,
    ...(enteredAt === undefined ? {} : { enteredAt }),
    doors: doors.map(({ doorId, name, level: own, evidence, readAt }) => ({
      id: doorId,
      name,
      level: own,
      ...(evidence === undefined ? {} : { evidence }),
      ...(readAt === undefined
        ? {}
        : { readAt, ageSeconds: Math.round((Date.parse(now) - Date.parse(readAt)) / 1000) }),
    })),
    told: told.map(({ channel, ...rest }) => ({ channel: channelOf(channel), ...rest })),
    risks,
  }
}

/** Sorts as text: the level, then the check-in, then the booking. */
function placeOf({ level, window }: Readiness, id: string): string {
  return `${rankOf(level)} ${window?.from ?? ''} ${id}`
}

function placeFrom(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const place = Buffer.from(text, 'base64url').toString('utf8')
  return isId(place.split(' ').at(-1) ?? '') ? place : undefined
}
