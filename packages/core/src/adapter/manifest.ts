import * as z from 'zod'
import type { PortName } from '../ports/capabilities.ts'
import type { AnyAdapter } from './define-adapter.ts'
import type { Rate } from './rate.ts'

/** An introduction as JSON: what a form, a docs table or another program reads of an adapter. Holds no code. */
export interface Manifest {
  readonly id: string
  readonly displayName: string
  readonly port: PortName
  readonly specVersion: 'v1'
  readonly hosts: readonly string[]
  /** It speaks with a device or server of the tenant's own, at the address its configuration names. */
  readonly onSite?: true
  readonly rate: Rate
  readonly capabilities: Readonly<Record<string, unknown>>
  /** JSON Schema 2020-12 of the configuration; a property with `shown: true` may be shown, every other is secret. */
  readonly config: Readonly<Record<string, unknown>>
  readonly webhook?: { readonly signed: boolean; readonly setUp: string; readonly maxBytes?: number }
  readonly health: string
}

export function manifestOf(adapter: AnyAdapter): Manifest {
  const { id, displayName, port, specVersion, hosts, rate, capabilities, webhook, health, onSite } = adapter
  return {
    id,
    displayName,
    port,
    specVersion,
    hosts,
    ...(onSite && { onSite: true as const }),
    rate,
    capabilities: { ...capabilities },
    config: z.toJSONSchema(adapter.config, { io: 'input' }),
    ...(webhook && {
      webhook: {
        signed: webhook.signed,
        setUp: webhook.setUp,
        ...(webhook.maxBytes === undefined ? {} : { maxBytes: webhook.maxBytes }),
      },
    }),
    health,
  }
}

const words = { type: 'string', minLength: 1 }
const flag = { type: 'boolean' }
const whole = { type: 'integer', minimum: 0 }
const positive = { type: 'number', exclusiveMinimum: 0 }
const headers = { type: 'array', items: { type: 'string', pattern: '^[a-z0-9-]+$' } }
const keypad = {
  type: 'object',
  required: [
    'pin',
    'labelMaxLength',
    'windowStep',
    'canUpdate',
    'readsPin',
    'readsWindow',
    'writesAreVisible',
    'readBack',
    'readsState',
    'readsActivity',
    'opens',
  ],
  properties: {
    pin: {
      type: 'object',
      required: ['lengths', 'digits'],
      properties: {
        lengths: { type: 'array', minItems: 1, items: { type: 'integer', minimum: 3, maximum: 16 } },
        digits: { type: 'string', pattern: '^[0-9]+$' },
        forbiddenPrefixes: { type: 'array', items: { type: 'string', pattern: '^[0-9]+$' } },
        forbiddenPatterns: { type: 'array', items: { type: 'string', format: 'regex' } },
      },
    },
    labelMaxLength: whole,
    capacity: { type: 'integer', minimum: 1 },
    pushAhead: { type: 'integer', minimum: 86_400_000 },
    windowStep: { type: 'integer', minimum: 1 },
    canUpdate: flag,
    readsPin: flag,
    readsWindow: flag,
    writesAreVisible: { enum: ['now', 'later'] },
    showsWithin: whole,
    readBack: { enum: ['device', 'synced', 'heartbeat', 'cloud'] },
    readsState: flag,
    readsActivity: flag,
    opens: flag,
  },
}
const capabilities = {
  booking: {
    type: 'object',
    required: ['changes', 'messagesGuest', 'readsMessages'],
    properties: {
      changes: { enum: ['notify', 'poll'] },
      messagesGuest: flag,
      readsMessages: flag,
      messageMaxLength: whole,
    },
  },
  lock: keypad,
  intercom: {
    ...keypad,
    required: [...keypad.required, 'writesEntries'],
    properties: { ...keypad.properties, writesEntries: flag, drawsQr: { const: true } },
  },
  notifier: {
    type: 'object',
    required: ['address', 'dedupesByKey', 'looksUp', 'readsReplies', 'reportsDelivery'],
    properties: {
      address: { enum: ['phone', 'email'] },
      dedupesByKey: flag,
      looksUp: flag,
      readsReplies: flag,
      reportsDelivery: flag,
      textMaxLength: whole,
      medium: { enum: ['chat'] },
      listens: { const: true },
      freeFor: { type: 'integer', minimum: 1 },
      expiresAfter: { type: 'integer', minimum: 1 },
      choices: { type: 'integer', minimum: 1 },
      marksRead: { const: true },
    },
  },
} satisfies Record<PortName, object>

/** JSON Schema 2020-12 of a manifest. A hub checks with it what comes from outside its own tree. */
export const manifestSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'A Stayward adapter, version v1',
  type: 'object',
  required: ['id', 'displayName', 'port', 'specVersion', 'hosts', 'rate', 'capabilities', 'config', 'health'],
  properties: {
    id: { type: 'string', pattern: '^[a-z][a-z0-9-]{1,39}$' },
    displayName: words,
    port: { enum: Object.keys(capabilities) },
    specVersion: { const: 'v1' },
    hosts: { type: 'array', items: { type: 'string', pattern: '^[a-z0-9.-]+$' } },
    onSite: { const: true },
    rate: {
      type: 'object',
      required: ['perSecond', 'burst'],
      properties: {
        perSecond: positive,
        burst: { type: 'integer', minimum: 1 },
        window: {
          type: 'object',
          required: ['requests', 'per'],
          properties: { requests: { type: 'integer', minimum: 1 }, per: positive },
        },
        credits: {
          type: 'object',
          required: ['most', 'per', 'cost'],
          properties: { most: positive, per: positive, cost: positive },
        },
        atOnce: { type: 'integer', minimum: 1 },
        says: { type: 'object', properties: { wait: headers, left: headers, resets: headers } },
      },
    },
    config: { type: 'object', required: ['type', 'properties'], properties: { type: { const: 'object' } } },
    webhook: {
      type: 'object',
      required: ['signed', 'setUp'],
      properties: { signed: flag, setUp: words, maxBytes: { type: 'integer', minimum: 1 } },
    },
    health: words,
  },
  discriminator: { propertyName: 'port' },
  oneOf: Object.entries(capabilities).map(([port, schema]) => ({
    required: ['port'],
    properties: { port: { const: port }, capabilities: schema },
  })),
} as const
