import {
  guardFetch,
  type Instant,
  instantOf,
  type Notifier,
  type OutgoingMessage,
  systemEntropy,
} from '@stayward/core/adapter'
import { type FaultyFetch, faultyFetch, fetchFrom } from '@stayward/core/testing'
import whatsApp, { type WhatsAppConfig } from '../src/adapter.ts'
import { fake, type WhatsAppVendor, type WhatsAppVendorOptions, whatsAppVendor } from '../src/testing/index.ts'

/** An adapter in front of a fake, on a clock that moves when told. */
export interface Bench {
  readonly provider: Notifier
  readonly vendor: WhatsAppVendor
  readonly wire: FaultyFetch
  readonly config: WhatsAppConfig
  /** The bodies of the POSTs so far. */
  readonly posts: readonly unknown[]
  now(): Instant
  advance(milliseconds: number): void
  /** What is due, as the hub's receiver judges it. */
  hear(): readonly ReturnType<NonNullable<typeof whatsApp.webhook>['receive']>[]
}

export const minute = 60_000
export const hour = 60 * minute
export const guest = '+33639980001'
/** Has never written. */
export const stranger = '+33639980009'
export const verifyToken = 'a-verify-token-for-this-only'

export function configOf(more: Record<string, unknown> = {}): WhatsAppConfig {
  return whatsApp.config.parse({
    phoneNumberId: fake.number,
    businessAccountId: fake.account,
    accessToken: fake.token,
    appSecret: fake.appSecret,
    verifyToken,
    doorCodeTemplate: 'door_code',
    changeTemplate: 'door_change',
    withdrawalTemplate: 'door_withdrawal',
    alarmTemplate: 'door_alarm',
    ...more,
  })
}

export function bench(more: Record<string, unknown> = {}, options: WhatsAppVendorOptions = {}): Bench {
  let now = Date.parse('2026-07-01T14:00:00.000Z')
  const vendor = whatsAppVendor({ now: () => now, ...options })
  const posts: unknown[] = []
  const respond = async (request: Request) => {
    if (request.method === 'POST') posts.push(await request.clone().json())
    return await vendor.respond(request)
  }
  const wire = faultyFetch(fetchFrom({ respond }))
  const clock = { now: () => instantOf(now) }
  const fetch = guardFetch(wire.fetch, { hosts: whatsApp.hosts, rate: { perSecond: 1e6, burst: 1e6 } })
  const config = configOf(more)
  const provider = whatsApp.open({ config, fetch, clock, entropy: systemEntropy })
  const advance = (milliseconds: number): void => void (now += milliseconds)
  const hear: Bench['hear'] = () =>
    vendor.dueWebhooks().flatMap(({ headers, body }) => received(body, headers, config, clock.now()) ?? [])
  return { provider, vendor, wire, config, posts, now: clock.now, advance, hear }
}

export function received(
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>>,
  config = configOf(),
  now = instantOf(Date.parse('2026-07-01T14:00:00.000Z')),
) {
  return whatsApp.webhook?.receive({
    method: 'POST',
    query: new URLSearchParams(),
    headers: new Headers(headers),
    rawBody: typeof body === 'string' ? new TextEncoder().encode(body) : body,
    config,
    now,
  })
}

export const values = {
  guestName: 'Ana',
  unit: 'Studio Bellecour',
  property: 'Rue de Test 1',
  from: 'Wed 1 Jul, 16:00',
  until: 'Fri 3 Jul, 10:00',
  doors: '1. Street door: 1480512\n2. Flat: 480512 (pull)',
}

/** What the hub tells; to somebody who has just written, or with `heardAt` left out, to somebody who has not. */
export function message(more: Partial<OutgoingMessage> = {}): OutgoingMessage {
  return {
    key: 'msg_01J8ZK3Q',
    to: guest,
    subject: 'Your way',
    text: 'Your code is 480512.',
    content: { kind: 'door-code', language: 'en', values },
    ...more,
  }
}
