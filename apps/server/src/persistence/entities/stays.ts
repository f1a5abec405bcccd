import { defineEntity, type InferEntity, type Opt, p } from '@mikro-orm/core'
import type {
  BookingState,
  CodeRefusal,
  Drift,
  EndCause,
  Evidence,
  LossState,
  ReadinessLevel,
  ReasonCode,
} from '@stayward/core'
import { fence, instant, keyed, zero } from './columns.ts'

export const BookingRow = defineEntity({
  name: 'BookingRow',
  tableName: 'booking',
  properties: {
    ...keyed(),
    connectionId: p.uuid(),
    ref: p.text(),
    state: p.text().$type<BookingState>(),
    unitRef: p.text().nullable(),
    arrival: p.date().nullable(),
    departure: p.date().nullable(),
    checkIn: p.text().nullable(),
    checkOut: p.text().nullable(),
    guestSealed: p.text(),
    channel: p.text().nullable(),
    changedAt: instant().nullable(),
    factsFingerprint: p.text(),
    version: p.integer().default(1).$type<Opt<number>>(),
    knownSince: instant(),
    updatedAt: instant(),
    lastPinSealed: p.text().nullable(),
    fence: fence(),
    messageFence: fence(),
    sourceFence: fence(),
  },
})

export const AccessGrant = defineEntity({
  name: 'AccessGrant',
  tableName: 'access_grant',
  properties: {
    tenantId: p.uuid().primary(),
    bookingId: p.uuid().primary(),
    status: p.text().$type<'granted' | 'ended' | 'held'>(),
    endCause: p.text().$type<EndCause>().nullable(),
    reasonCode: p.text().$type<ReasonCode>().nullable(),
    reasonText: p.text().nullable(),
    reasonRemedy: p.text().nullable(),
    unitId: p.uuid().nullable(),
    windowFrom: instant().nullable(),
    windowUntil: instant().nullable(),
    path: p.json<readonly string[]>(),
    bookingVersion: p.integer().nullable(),
    updatedAt: instant(),
    readiness: p.text().$type<ReadinessLevel>().nullable(),
  },
})

export const CodeRow = defineEntity({
  name: 'CodeRow',
  tableName: 'code',
  properties: {
    ...keyed(),
    bookingId: p.uuid(),
    deviceId: p.uuid(),
    mark: p.text(),
    labelSealed: p.text(),
    pinSealed: p.text().nullable(),
    pinFingerprint: p.text(),
    windowFrom: instant(),
    windowUntil: instant(),
    want: p.text().$type<'present' | 'absent'>(),
    wantedSince: instant(),
    evidence: p.text().$type<Evidence>(),
    vendorRef: p.text().nullable(),
    endCause: p.text().$type<EndCause>().nullable(),
    writtenAt: instant().nullable(),
    pendingUntil: instant().nullable(),
    provenAt: instant().nullable(),
    opensUntil: instant().nullable(),
    usedAt: instant().nullable(),
    refusal: p.text().$type<CodeRefusal>().nullable(),
    refusals: zero(),
    restored: zero(),
    drift: p.json<Drift>().nullable(),
    adopts: p.text().nullable(),
    revision: p.integer().default(1).$type<Opt<number>>(),
    goneAt: instant().nullable(),
    createdAt: instant(),
  },
})

export const PinRefusal = defineEntity({
  name: 'PinRefusal',
  tableName: 'pin_refusal',
  properties: {
    tenantId: p.uuid().primary(),
    deviceId: p.uuid().primary(),
    pinFingerprint: p.text().primary(),
    at: instant(),
  },
})

export const ForeignCodeRow = defineEntity({
  name: 'ForeignCodeRow',
  tableName: 'foreign_code',
  properties: {
    tenantId: p.uuid().primary(),
    deviceId: p.uuid().primary(),
    vendorRef: p.text().primary(),
    kind: p.text().$type<'foreign' | 'ours-unknown'>(),
    labelSealed: p.text(),
    pinFingerprint: p.text().nullable(),
    until: instant().nullable(),
    seenAt: instant(),
    mark: p.text().nullable(),
    pinSealed: p.text().nullable(),
    beginsAt: instant().nullable(),
    handMadeId: p.text().nullable(),
    adoptFor: p.uuid().nullable(),
    adoptId: p.text().nullable(),
    adoptPinSealed: p.text().nullable(),
  },
})

export const AccessLoss = defineEntity({
  name: 'AccessLoss',
  tableName: 'access_loss',
  properties: {
    tenantId: p.uuid().primary(),
    bookingId: p.uuid().primary(),
    bookingVersion: p.integer(),
    connectionId: p.uuid(),
    state: p.text().$type<LossState['state']>(),
    whole: p.boolean(),
    propertyIds: p.json<readonly string[]>(),
    codes: p.integer(),
    list: p.text().nullable(),
    at: instant(),
  },
})

export type BookingEntity = InferEntity<typeof BookingRow>
