import {
  type Booking,
  type BookingFacts,
  type Code,
  defaultPolicy,
  type DeviceReading,
  type DeviceRow,
  type DeviceTrust,
  type Door,
  type DoorEntry,
  type Drift,
  type DriftPolicy,
  type Guest,
  type Instant,
  type Message,
  type Policy,
  type Property,
} from '@stayward/core'
import type { TenantSecrets } from '../../secrets/tenant-secrets.ts'
import { instantFromSql } from '../instant-from-sql.ts'

/** Rows as PostgreSQL prints them in JSON; `null` where a value is absent. */
type Nullable<Row> = { readonly [Column in keyof Row]: Row[Column] | null }

export type BookingJson = Readonly<Record<'id' | 'connection_id' | 'ref' | 'guest_sealed' | 'known_since', string>> & {
  readonly state: Booking['state']
  readonly version: number
  readonly witness: boolean
} & Nullable<
    Record<
      'unit_ref' | 'arrival' | 'departure' | 'check_in' | 'check_out' | 'channel' | 'changed_at' | 'unit_id',
      string
    >
  >

/** What `bookingFrom` reads, from `booking b` and, where it is linked, `unit_source us`. */
export const bookingColumns = `b.id, b.connection_id, b.ref, b.state, b.unit_ref, b.arrival::text, b.departure::text, b.check_in,
  b.check_out, b.guest_sealed, b.channel, b.changed_at, b.version, b.known_since, us.unit_id,
  exists (select from connection bc where bc.tenant_id = b.tenant_id and bc.id = b.connection_id
    and bc.witness_since is not null) as witness`

export const bookingSource = `booking b left join unit_source us
  on us.tenant_id = b.tenant_id and us.connection_id = b.connection_id and us.source_ref = b.unit_ref`

const guestPlace = (row: string) => ({ table: 'booking', column: 'guest_sealed', row })

export function sealGuest(
  secrets: TenantSecrets,
  id: string,
  { guest, e164 }: Pick<BookingFacts, 'guest' | 'e164'>,
): string {
  return secrets.seal(JSON.stringify({ guest, e164 }), guestPlace(id))
}

export function openGuest(secrets: TenantSecrets, id: string, sealed: string) {
  // Sealed by `sealGuest`, and it opens for nothing else.
  return JSON.parse(secrets.open(sealed, guestPlace(id))) as { readonly guest: Guest; readonly e164?: string }
}

export function bookingFrom(row: BookingJson, secrets: TenantSecrets): Booking {
  const { guest, e164 } = openGuest(secrets, row.id, row.guest_sealed)
  return {
    id: row.id,
    connectionId: row.connection_id,
    ref: row.ref,
    state: row.state,
    ...present('unitRef', row.unit_ref),
    ...present('arrival', row.arrival),
    ...present('departure', row.departure),
    ...present('checkIn', row.check_in),
    ...present('checkOut', row.check_out),
    guest,
    ...present('channel', row.channel),
    ...presentAt('changedAt', row.changed_at),
    version: row.version,
    ...present('unitId', row.unit_id),
    ...(e164 === undefined ? {} : { e164 }),
    knownSince: instantFromSql(row.known_since),
    ...(row.witness ? { witness: true } : {}),
  }
}

type CodeTexts =
  | 'id'
  | 'booking_id'
  | 'device_id'
  | 'mark'
  | 'label_sealed'
  | 'window_from'
  | 'window_until'
  | 'wanted_since'
export type CodeJson = Readonly<Record<CodeTexts, string>> &
  Pick<Code, 'want' | 'evidence' | 'refusals'> &
  Nullable<
    Record<
      'pin_sealed' | 'vendor_ref' | 'written_at' | 'pending_until' | 'proven_at' | 'opens_until' | 'used_at' | 'adopts',
      string
    >
  > & {
    readonly revision: number
    readonly end_cause: NonNullable<Code['endCause']> | null
    readonly refusal: NonNullable<Code['refusal']> | null
    readonly restored: number
    readonly drift: Drift | null
  }

export const codeColumns = `k.id, k.booking_id, k.device_id, k.mark, k.label_sealed, k.pin_sealed, k.window_from, k.window_until,
  k.want, k.wanted_since, k.evidence, k.vendor_ref, k.end_cause, k.written_at, k.pending_until, k.proven_at, k.opens_until,
  k.used_at, k.refusal, k.refusals, k.restored, k.drift, k.adopts, k.revision`

export const labelPlace = (row: string) => ({ table: 'code', column: 'label_sealed', row })
export const pinPlace = (row: string) => ({ table: 'code', column: 'pin_sealed', row })

const lastPinsPlace = (row: string) => ({ table: 'booking', column: 'last_pin_sealed', row })

/** One text: PINs are digits, so a space keeps them apart. A row that was written before there were several holds one. */
export function sealLastPins(secrets: TenantSecrets, bookingId: string, pins: readonly string[]): string {
  return secrets.seal(pins.join(' '), lastPinsPlace(bookingId))
}

export function openLastPins(secrets: TenantSecrets, bookingId: string, sealed: string): readonly string[] {
  return secrets.open(sealed, lastPinsPlace(bookingId)).split(' ')
}

export const strayPinPlace = (deviceId: string, vendorRef: string) => ({
  table: 'foreign_code',
  column: 'pin_sealed',
  row: `${deviceId}/${vendorRef}`,
})

export const foreignLabelPlace = (deviceId: string, vendorRef: string) => ({
  table: 'foreign_code',
  column: 'label_sealed',
  row: `${deviceId}/${vendorRef}`,
})

export function codeFrom(row: CodeJson, secrets: TenantSecrets): Code {
  return {
    id: row.id,
    bookingId: row.booking_id,
    deviceId: row.device_id,
    mark: row.mark,
    label: secrets.open(row.label_sealed, labelPlace(row.id)),
    // Only a code that is proven gone has lost its PIN, and those are not loaded.
    pin: row.pin_sealed === null ? '' : secrets.open(row.pin_sealed, pinPlace(row.id)),
    window: { from: instantFromSql(row.window_from), until: instantFromSql(row.window_until) },
    want: row.want,
    wantedSince: instantFromSql(row.wanted_since),
    evidence: row.evidence,
    ...present('vendorRef', row.vendor_ref),
    ...present('endCause', row.end_cause),
    ...presentAt('writtenAt', row.written_at),
    ...presentAt('pendingUntil', row.pending_until),
    ...presentAt('provenAt', row.proven_at),
    ...presentAt('opensUntil', row.opens_until),
    ...presentAt('usedAt', row.used_at),
    ...present('refusal', row.refusal),
    refusals: row.refusals,
    ...(row.restored > 0 ? { restored: row.restored } : {}),
    ...present('adopts', row.adopts),
    ...present('drift', row.drift),
    revision: row.revision,
  }
}

export type PropertyJson = Readonly<Record<'id' | 'name' | 'zone' | 'check_in' | 'check_out', string>> &
  Readonly<Record<'earliest_check_in' | 'latest_check_out', string | null>>

export function propertyFrom(row: PropertyJson): Property {
  return {
    id: row.id,
    name: row.name,
    zone: row.zone,
    checkIn: row.check_in,
    checkOut: row.check_out,
    ...present('earliestCheckIn', row.earliest_check_in),
    ...present('latestCheckOut', row.latest_check_out),
  }
}

export type ReadDeviceJson = DeviceRow & {
  readonly readAt: string | null
  readonly online: boolean | null
  readonly batteryLow: boolean | null
  readonly trust: 'accepted' | null
}

export function readDeviceFrom(row: ReadDeviceJson): DeviceRow & DeviceReading & DeviceTrust {
  const { id, connectionId, vendorId, name, readAt, online, batteryLow, trust } = row
  return {
    id,
    connectionId,
    vendorId,
    name,
    ...presentAt('readAt', readAt),
    ...present('online', online),
    ...present('batteryLow', batteryLow),
    ...present('trust', trust),
  }
}

export type DoorJson = Readonly<Record<'id' | 'name', string>> & {
  readonly instruction: Readonly<Record<string, string>>
  readonly kind: DoorEntry['kind']
  readonly tell_at: 'accepted' | 'confirmed'
  readonly if_changed: DriftPolicy
} & Nullable<Record<'device_id' | 'prefix_sealed' | 'fixed_code_sealed', string>>

export const prefixPlace = (row: string) => ({ table: 'door', column: 'prefix_sealed', row })
export const fixedCodePlace = (row: string) => ({ table: 'door', column: 'fixed_code_sealed', row })

export function doorFrom(row: DoorJson, secrets: TenantSecrets): Door {
  const { id, name, instruction } = row
  return { id, name, instruction, entry: entryFrom(row, secrets) }
}

function entryFrom(row: DoorJson, secrets: TenantSecrets): DoorEntry {
  const prefix = row.prefix_sealed === null ? null : secrets.open(row.prefix_sealed, prefixPlace(row.id))
  if (row.kind === 'device' && row.device_id !== null)
    return {
      kind: 'device',
      deviceId: row.device_id,
      ...present('prefix', prefix),
      tellAt: row.tell_at,
      ...(row.if_changed === 'restore' ? {} : { ifChanged: row.if_changed }),
    }
  if (row.kind === 'fixed-code' && row.fixed_code_sealed !== null)
    return { kind: 'fixed-code', code: secrets.open(row.fixed_code_sealed, fixedCodePlace(row.id)) }
  return { kind: 'instruction' }
}

type MessageTexts = 'id' | 'booking_id' | 'channel' | 'to_sealed' | 'created_at'
export type MessageJson = Readonly<Record<MessageTexts, string>> &
  Pick<Message, 'kind' | 'state' | 'resends'> &
  Nullable<
    Record<
      'told_sealed' | 'version_sealed' | 'text_sealed' | 'subject_sealed' | 'vendor_ref' | 'claimed_at' | 'reason',
      string
    >
  > & {
    readonly delivery: NonNullable<Message['delivery']> | null
  }

export const messageColumns = `m.id, m.booking_id, m.channel, m.kind, m.to_sealed, m.told_sealed, m.version_sealed, m.text_sealed,
  m.subject_sealed, m.state, m.delivery, m.vendor_ref, m.claimed_at, m.reason, m.resends, m.created_at`

export const replyPlace = (row: string) => ({ table: 'reply', column: 'text_sealed', row })
export const messagePlace = (column: string, row: string) => ({ table: 'message', column, row })

const longAgo = instantFromSql('1970-01-01 00:00:00+00')
/** What is left of a telling when the PIN in it has been erased. */
const erased: Message['told'] = {
  unit: '',
  property: '',
  zone: 'UTC',
  window: { from: longAgo, until: longAgo },
  doors: [],
}

export function messageFrom(row: MessageJson, secrets: TenantSecrets): Message {
  const opened = (column: string, sealed: string) => secrets.open(sealed, messagePlace(column, row.id))
  const words = (column: string, sealed: string | null) => (sealed === null ? null : opened(column, sealed))
  return {
    id: row.id,
    bookingId: row.booking_id,
    channel: row.channel,
    kind: row.kind,
    to: opened('to_sealed', row.to_sealed),
    // Sealed by the store, from a Told.
    told: row.told_sealed === null ? erased : (JSON.parse(opened('told_sealed', row.told_sealed)) as Message['told']),
    // A version of its own: whatever is told from now on is something new.
    version: words('version_sealed', row.version_sealed) ?? `erased:${row.id}`,
    ...present('text', words('text_sealed', row.text_sealed)),
    ...present('subject', words('subject_sealed', row.subject_sealed)),
    state: row.state,
    ...present('delivery', row.delivery),
    ...present('vendorRef', row.vendor_ref),
    ...presentAt('claimedAt', row.claimed_at),
    ...present('reason', row.reason),
    createdAt: instantFromSql(row.created_at),
    resends: row.resends,
  }
}

export function policyFrom(policy: Partial<Policy> | null): Policy {
  return { ...defaultPolicy, ...policy }
}

/** `{ name: value }`, or nothing for what is absent. */
export function present<Name extends string, Value>(
  name: Name,
  value: Value | null,
): { readonly [Key in Name]?: Value } {
  // The computed key is exactly Name; TypeScript widens it to string.
  return (value === null ? {} : { [name]: value }) as { readonly [Key in Name]?: Value }
}

export function presentAt<Name extends string>(name: Name, at: string | null): { readonly [Key in Name]?: Instant } {
  return present(name, at === null ? null : instantFromSql(at))
}
