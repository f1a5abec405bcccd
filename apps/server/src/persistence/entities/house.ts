import { defineEntity, type InferEntity, type Opt, p } from '@mikro-orm/core'
import type { DriftPolicy } from '@stayward/core'
import { fence, instant, keyed, zero } from './columns.ts'

export const PropertyRow = defineEntity({
  name: 'PropertyRow',
  tableName: 'property',
  properties: {
    ...keyed(),
    slug: p.text(),
    name: p.text(),
    zone: p.text(),
    checkIn: p.text(),
    checkOut: p.text(),
    earliestCheckIn: p.text().nullable(),
    latestCheckOut: p.text().nullable(),
  },
})

export const UnitRow = defineEntity({
  name: 'UnitRow',
  tableName: 'unit',
  properties: { ...keyed(), propertyId: p.uuid(), slug: p.text(), name: p.text() },
})

export const UnitSource = defineEntity({
  name: 'UnitSource',
  tableName: 'unit_source',
  properties: {
    tenantId: p.uuid().primary(),
    connectionId: p.uuid().primary(),
    sourceRef: p.text().primary(),
    unitId: p.uuid(),
  },
})

export const Device = defineEntity({
  name: 'Device',
  tableName: 'device',
  properties: {
    ...keyed(),
    connectionId: p.uuid(),
    vendorId: p.text(),
    name: p.text(),
    readAt: instant().nullable(),
    online: p.boolean().nullable(),
    lastSeen: instant().nullable(),
    batteryLow: p.boolean().nullable(),
    batteryPercent: p.integer().nullable(),
    failures: zero(),
    unreachedSince: instant().nullable(),
    unreachedAt: instant().nullable(),
    unreachedBy: p.text().nullable(),
    foreignFingerprint: p.text().nullable(),
    fence: fence(),
  },
})

export const DoorRow = defineEntity({
  name: 'DoorRow',
  tableName: 'door',
  properties: {
    ...keyed(),
    slug: p.text(),
    name: p.text(),
    instruction: p.json<Readonly<Record<string, string>>>(),
    kind: p.text().$type<'device' | 'fixed-code' | 'instruction'>(),
    deviceId: p.uuid().nullable(),
    prefixSealed: p.text().nullable(),
    fixedCodeSealed: p.text().nullable(),
    tellAt: p.text().default('confirmed').$type<Opt<'confirmed' | 'accepted'>>(),
    ifChanged: p.text().default('restore').$type<Opt<DriftPolicy>>(),
  },
})

export const UnitDoor = defineEntity({
  name: 'UnitDoor',
  tableName: 'unit_door',
  properties: {
    tenantId: p.uuid().primary(),
    unitId: p.uuid().primary(),
    position: p.integer().primary(),
    doorId: p.uuid(),
  },
})

export type PropertyEntity = InferEntity<typeof PropertyRow>
export type UnitEntity = InferEntity<typeof UnitRow>
export type DeviceEntity = InferEntity<typeof Device>
export type DoorEntity = InferEntity<typeof DoorRow>
