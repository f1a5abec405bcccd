import { defineEntity, type InferEntity, type Opt, p } from '@mikro-orm/core'
import type { Policy } from '@stayward/core'
import { fence, instant, keyed } from './columns.ts'

export const Tenant = defineEntity({
  name: 'Tenant',
  tableName: 'tenant',
  properties: {
    id: p.uuid().primary(),
    slug: p.text(),
    state: p.text().$type<'active' | 'paused'>(),
    createdAt: instant().columnType('timestamptz'),
  },
})

/** Templates of messages by kind and language, as the message writer reads them. */
export type StoredTemplates = Readonly<Record<string, unknown>>

export const TenantSetting = defineEntity({
  name: 'TenantSetting',
  tableName: 'tenant_setting',
  properties: {
    tenantId: p.uuid().primary(),
    policy: p.json<Partial<Policy>>(),
    templates: p.json<StoredTemplates>(),
    alarmConnectionId: p.uuid().nullable(),
    alarmToSealed: p.text().nullable(),
    retentionDays: p.integer().default(90).$type<Opt<number>>(),
    alarmFence: fence(),
    updatedAt: instant(),
  },
})

export const Connection = defineEntity({
  name: 'Connection',
  tableName: 'connection',
  properties: {
    ...keyed(),
    adapter: p.text(),
    port: p.text().$type<'booking' | 'lock' | 'intercom' | 'notifier'>(),
    name: p.text(),
    configSealed: p.text(),
    configVersion: p.integer().default(1).$type<Opt<number>>(),
    state: p.text().default('active').$type<Opt<'active' | 'paused'>>(),
    witnessSince: instant().nullable(),
    account: p.text().nullable(),
    readThrough: instant().nullable(),
    sweptAt: instant().nullable(),
    lastInboundAt: instant().nullable(),
    lastTestAt: instant().nullable(),
    lastTestOk: p.boolean().nullable(),
    lastTestNote: p.text().nullable(),
    failingSince: instant().nullable(),
    fence: fence(),
    probeFence: fence(),
    createdAt: instant(),
  },
})

export const ConnectionToken = defineEntity({
  name: 'ConnectionToken',
  tableName: 'connection_token',
  properties: {
    tenantId: p.uuid().primary(),
    tokenHash: p.text().primary(),
    connectionId: p.uuid(),
    tokenSealed: p.text(),
    createdAt: instant(),
    expiresAt: instant().nullable(),
  },
})

export const ConnectionAddress = defineEntity({
  name: 'ConnectionAddress',
  tableName: 'connection_address',
  properties: {
    tokenHash: p.text().primary(),
    tenantId: p.uuid(),
    connectionId: p.uuid(),
    adapter: p.text(),
    expiresAt: instant().nullable(),
  },
})

export const FetchOutcomeRow = defineEntity({
  name: 'FetchOutcomeRow',
  tableName: 'fetch_outcome',
  properties: {
    tenantId: p.uuid().primary(),
    connectionId: p.uuid().primary(),
    ref: p.text().primary(),
    outcome: p.text(),
    text: p.text(),
    at: instant(),
  },
})

export const ApiKey = defineEntity({
  name: 'ApiKey',
  tableName: 'api_key',
  properties: {
    ...keyed(),
    name: p.text(),
    hash: p.text(),
    seePins: p.boolean().default(false).$type<Opt<boolean>>(),
    openDoors: p.boolean().default(false).$type<Opt<boolean>>(),
    confirmRestores: p.boolean().default(false).$type<Opt<boolean>>(),
    createdAt: instant(),
    revokedAt: instant().nullable(),
    lastUsedAt: instant().nullable(),
  },
})

export type ConnectionEntity = InferEntity<typeof Connection>
export type TenantSettingEntity = InferEntity<typeof TenantSetting>
