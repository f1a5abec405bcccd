import type { BookingDetail, CodeLine, DoorLine, MessageLine, ReplyLine } from './read-model.ts'
import { CodeRow, Device, DoorRow, MessageRow, ReplyRow, TimelineRow } from '../entities/index.ts'
import { readReadiness } from './arrivals.ts'
import { channelNames } from './channel-names.ts'
import { known, timelineLine } from './lines.ts'
import { messagePlace, pinPlace, replyPlace } from '../store/stored-rows.ts'
import type { Clock } from '@stayward/core'
import { readBookingLine, type ReadScope } from './booking-lines.ts'

export async function readBooking(
  scope: ReadScope & Pick<Clock, 'now'>,
  id: string,
  seePins: boolean,
): Promise<BookingDetail | undefined> {
  const { em, tenantId } = scope
  const line = await readBookingLine(scope, id)
  if (!line) return undefined
  const timeline = await em.find(TimelineRow, { tenantId, bookingId: id }, { orderBy: { id: 'asc' } })
  return {
    ...line,
    ...known('readiness', await readReadiness(scope, id)),
    doors: line.unit ? await readWay(scope, line.unit.id) : [],
    codes: await readCodes(scope, id, seePins),
    messages: await readMessages(scope, id, seePins),
    replies: await readReplies(scope, id, seePins),
    timeline: timeline.map(timelineLine),
  }
}

async function readWay({ em, tenantId }: ReadScope, unitId: string): Promise<readonly DoorLine[]> {
  const rows = await em.execute<(Omit<DoorLine, 'deviceId'> & { readonly device_id: string | null })[]>(
    `select d.id, d.slug, d.name, d.kind, d.device_id from unit_door w
     join door d on d.tenant_id = w.tenant_id and d.id = w.door_id
     where w.tenant_id = ? and w.unit_id = ? order by w.position`,
    [tenantId, unitId],
  )
  return rows.map(({ id, slug, name, kind, device_id }) => ({ id, slug, name, kind, ...known('deviceId', device_id) }))
}

/** Gone ones too, oldest first: what stood where, and until when. */
async function readCodes(
  { em, tenantId, secrets }: ReadScope,
  bookingId: string,
  seePins: boolean,
): Promise<readonly CodeLine[]> {
  const codes = await em.find(CodeRow, { tenantId, bookingId }, { orderBy: { createdAt: 'asc', id: 'asc' } })
  const ids = [...new Set(codes.map(({ deviceId }) => deviceId))]
  const devices = new Map(
    (await em.find(Device, { tenantId, id: { $in: ids } })).map((device) => [device.id, device.name]),
  )
  const doors = Map.groupBy(
    await em.find(DoorRow, { tenantId, deviceId: { $in: ids } }),
    ({ deviceId }) => deviceId ?? '',
  )
  return codes.map((code) => ({
    id: code.id,
    doors: (doors.get(code.deviceId) ?? []).map(({ name }) => name).sort(),
    device: { id: code.deviceId, name: devices.get(code.deviceId) ?? '' },
    ...(seePins && code.pinSealed != null ? { pin: secrets.open(code.pinSealed, pinPlace(code.id)) } : {}),
    window: { from: code.windowFrom, until: code.windowUntil },
    want: code.want,
    evidence: code.evidence,
    ...known('vendorRef', code.vendorRef),
    ...known('endCause', code.endCause),
    ...known('refusal', code.refusal),
    ...known('writtenAt', code.writtenAt),
    ...known('pendingUntil', code.pendingUntil),
    ...known('provenAt', code.provenAt),
    ...known('usedAt', code.usedAt),
    ...known('goneAt', code.goneAt),
  }))
}

async function readMessages(
  { em, tenantId, secrets }: ReadScope,
  bookingId: string,
  seePins: boolean,
): Promise<readonly MessageLine[]> {
  const messages = await em.find(MessageRow, { tenantId, bookingId }, { orderBy: { nr: 'asc' } })
  const channelOf = await channelNames({ em, tenantId })
  return messages.map((row) => ({
    id: row.id,
    channel: channelOf(row.channel),
    kind: row.kind,
    state: row.state,
    ...known('delivery', row.delivery),
    ...known('reason', row.reason),
    ...(seePins && row.textSealed != null
      ? { text: secrets.open(row.textSealed, messagePlace('text_sealed', row.id)) }
      : {}),
    createdAt: row.createdAt,
    ...known('claimedAt', row.claimedAt),
  }))
}

async function readReplies(
  { em, tenantId, secrets }: ReadScope,
  bookingId: string,
  seePins: boolean,
): Promise<readonly ReplyLine[]> {
  const replies = await em.find(ReplyRow, { tenantId, bookingId }, { orderBy: { at: 'asc', id: 'asc' } })
  const channelOf = await channelNames({ em, tenantId })
  return replies.map(({ id, channel, at, textSealed, optsOut }) => ({
    channel: channelOf(channel),
    at,
    ...(seePins ? { text: secrets.open(textSealed, replyPlace(id)) } : {}),
    optsOut,
  }))
}
