import { hash, randomBytes, randomUUIDv7 } from 'node:crypto'
import { type AnyAdapter, type Clock, defineAdapter, systemClock, type WebhookReceiver } from '@stayward/core/adapter'
import type { Router } from 'express'
import pg from 'pg'
import * as z from 'zod'
import { createApp } from '../../src/http/app.ts'
import { type Listening, listen } from '../../src/http/listen.ts'
import { readinessOf } from '../../src/http/readiness.ts'
import { createIntake, type Intake, type IntakeOptions } from '../../src/intake/intake.ts'
import { inTenant } from '../../src/persistence/in-tenant.ts'
import { addTenantKey } from '../../src/persistence/tenant-keys.ts'
import { tenantSecrets } from '../../src/secrets/tenant-secrets.ts'
import { hubMetrics } from '../../src/telemetry/hub-metrics.ts'
import { createLog } from '../../src/telemetry/log.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { freshDatabase, testMasters } from '../fresh-database.ts'

/** A hub's web side on a database of its own, with the two made-up vendors below. */
export interface TestHub {
  readonly url: string
  readonly pool: pg.Pool
  /** Looks past row level security. */
  readonly owner: pg.Pool
  readonly intake: Intake
  /** Everything that was logged so far. */
  logged(): string
  stop(): Promise<void>
}

export interface TestConnection {
  readonly tenantId: string
  readonly slug: string
  readonly id: string
  readonly token: string
  /** Path of its webhook address. */
  readonly path: string
}

const config = z.object({ secret: z.string() })
type Config = z.output<typeof config>

/** Made up: says what it is about in JSON and signs with nothing, as booking systems without signatures do. */
const plainBell: WebhookReceiver<Config> = {
  signed: false,
  setUp: 'Enter the address at the vendor.',
  secretHeaders: ['x-bell-credential'],
  receive({ method, query, rawBody, client }) {
    if (method === 'GET') {
      const challenge = query.get('challenge')
      return challenge === null
        ? { verdict: 'rejected', because: 'malformed', detail: 'no challenge' }
        : { verdict: 'challenge', body: challenge }
    }
    const text = new TextDecoder().decode(rawBody)
    if (text === 'explode') throw new Error(`canary-bug ${text}`)
    const read = bell.safeParse(parseJson(text))
    if (!read.success) return { verdict: 'rejected', because: 'malformed', detail: 'not a bell' }
    const { action, ref, delivery, refs } = read.data
    if (action === 'ignored') return { verdict: 'ignored', topic: action, reason: 'nothing of ours' }
    if (action === 'whence') return { verdict: 'ignored', topic: action, reason: `from ${client ?? 'nobody'}` }
    return {
      verdict: 'accepted',
      proof: 'address-only',
      topic: action,
      ...(delivery === undefined ? {} : { deliveryKey: delivery }),
      nudges: (refs ?? (ref === undefined ? [] : [ref])).map((one) => ({ kind: 'booking', ref: one })),
      facts: [{ kind: 'message-delivery', key: 'forged-fact', state: 'delivered', at: systemClock.now() }],
    }
  },
}
const bell = z.object({
  action: z.string(),
  ref: z.string().optional(),
  refs: z.array(z.string()).optional(),
  delivery: z.string().optional(),
})

/** Made up: signs with its secret, plain, in a header. */
const signedBell: WebhookReceiver<Config> = {
  signed: true,
  maxBytes: 2_000,
  setUp: 'Enter the address and the secret at the vendor.',
  receive({ headers, rawBody, config: { secret } }) {
    if (headers.get('x-stale') === '1')
      return { verdict: 'rejected', because: 'stale', detail: 'older than five minutes' }
    if (headers.get('x-bell-sign') !== hash('sha256', Buffer.concat([Buffer.from(secret), rawBody])))
      return { verdict: 'rejected', because: 'bad-signature', detail: 'the signature is not ours' }
    return {
      verdict: 'accepted',
      proof: 'signature',
      topic: 'signed',
      nudges: [{ kind: 'device', ref: 'd1' }],
      facts: [{ kind: 'message-delivery', key: 'm1', state: 'delivered', at: systemClock.now() }],
    }
  },
}
/** Made up: may send card numbers along, of which nothing may be kept; "fail" makes its own care fail. */
const cardBell: WebhookReceiver<Config> = {
  ...plainBell,
  keep: (rawBody) => {
    const text = new TextDecoder().decode(rawBody)
    if (text.includes('fail')) throw new Error(`canary-bug ${text}`)
    const { action, ref } = bell.safeParse(parseJson(text)).data ?? {}
    return new TextEncoder().encode(JSON.stringify({ action, ref }))
  },
}
export const signatureOf = (secret: string, body: string): string => hash('sha256', secret + body)

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function bookingAdapter(id: string, webhook?: WebhookReceiver<Config>) {
  return defineAdapter({
    id,
    displayName: id,
    port: 'booking',
    specVersion: 'v1',
    config,
    hosts: [],
    capabilities: { changes: 'notify', messagesGuest: false, readsMessages: false },
    rate: { perSecond: 1, burst: 1 },
    health: 'Look.',
    ...(webhook ? { webhook } : {}),
    open: () => {
      throw new TypeError('intake opens no provider')
    },
  })
}

export const testAdapters: ReadonlyMap<string, AnyAdapter> = new Map(
  [
    bookingAdapter('bell', plainBell),
    bookingAdapter('signed-bell', signedBell),
    bookingAdapter('card-bell', cardBell),
    bookingAdapter('deaf'),
  ].map(
    // Config differs between adapters; each is only ever given what its own schema parsed.
    (adapter) => [adapter.id, adapter as unknown as AnyAdapter],
  ),
)

export interface HubOptions
  extends Partial<Pick<IntakeOptions, 'limits' | 'rememberAddresses' | 'patience' | 'clock'>> {
  readonly database?: Awaited<ReturnType<typeof freshDatabase>>
  readonly appUrl?: string
  readonly trustProxy?: number
  readonly api?: (pool: pg.Pool) => Router
}

export async function startHub(options: HubOptions = {}): Promise<TestHub> {
  const { database = await freshDatabase(), trustProxy = false, api: _, ...more } = options
  const pool = new pg.Pool({
    connectionString: options.appUrl ?? database.appUrl,
    max: 4,
    connectionTimeoutMillis: 2_000,
  })
  const owner = new pg.Pool({ connectionString: database.ownerUrl, max: 1 })
  for (const each of [pool, owner]) each.on('error', () => undefined) // a killed backend is part of the tests
  const lines: string[] = []
  const log = createLog({ level: 'trace', destination: { write: (line: string) => void lines.push(line) } })
  const metrics = createMetrics()
  const counters = hubMetrics(metrics, {})
  const clock: Clock = more.clock ?? systemClock
  const intake = createIntake({
    pool,
    masters: testMasters,
    adapters: testAdapters,
    log,
    deliveries: counters.deliveries,
    rememberAddresses: 0,
    ...more,
    clock,
  })
  const readiness = readinessOf({})
  const api = options.api ? { api: options.api(pool) } : {}
  const app = createApp({ trustProxy, log, metrics, http: counters.http, readiness, intake, ...api })
  const server: Listening = await listen(app, { host: '127.0.0.1', port: 0 })
  return {
    url: `http://127.0.0.1:${server.port}`,
    pool,
    owner,
    intake,
    logged: () => lines.join(''),
    async stop() {
      await server.stop(100)
      await intake.stop()
      await Promise.all([pool.end(), owner.end()])
    },
  }
}

/** A tenant with its key and one connection with an address. */
export async function addConnection(
  pool: pg.Pool,
  adapter: string,
  more: { readonly slug?: string; readonly secret?: string; readonly expiresAt?: string } = {},
): Promise<TestConnection> {
  const { slug = `t-${randomBytes(4).toString('hex')}`, secret = 'a-secret', expiresAt = null } = more
  const tenantId = randomUUIDv7()
  const id = randomUUIDv7()
  const token = randomBytes(16).toString('base64url')
  const now = systemClock.now()
  await pool.query('insert into tenant (id, slug, state, created_at) values ($1, $2, $3, $4)', [
    tenantId,
    slug,
    'active',
    now,
  ])
  await inTenant(pool, tenantId, async (client) => {
    const secrets = tenantSecrets([await addTenantKey(client, testMasters, tenantId, now)])
    const sealed = secrets.seal(JSON.stringify({ secret }), { table: 'connection', column: 'config_sealed', row: id })
    await client.query(
      `insert into connection (tenant_id, id, adapter, port, name, config_sealed, created_at) values ($1, $2, $3, 'booking', 'bell', $4, $5)`,
      [tenantId, id, adapter, sealed, now],
    )
    await client.query(
      'insert into connection_address (token_hash, tenant_id, connection_id, adapter, expires_at) values ($1, $2, $3, $4, $5)',
      [hash('sha256', token), tenantId, id, adapter, expiresAt],
    )
  })
  return { tenantId, slug, id, token, path: `/api/webhooks/${adapter}/t/${slug}/${token}` }
}

/** Rows of the webhook log of a connection, oldest first. */
export async function deliveriesOf(owner: pg.Pool, { id }: TestConnection) {
  interface Row {
    readonly id: string
    readonly status: string
    readonly reason: string | null
    readonly topic: string | null
    readonly proof: string | null
    readonly copies: number
    readonly size: number
    readonly headers_sealed: string | null
    readonly payload_sealed: string | null
  }
  const { rows } = await owner.query<Row>('select * from webhook_delivery where connection_id = $1 order by id', [id])
  return rows
}

/** Keys waiting for a look, `kind:key`, sorted. */
export async function marksOf(owner: pg.Pool, { tenantId }: TestConnection): Promise<readonly string[]> {
  const { rows } = await owner.query<{ key: string }>(
    `select kind || ':' || key as key from work where tenant_id = $1 and wake_at is not null order by 1`,
    [tenantId],
  )
  return rows.map(({ key }) => key)
}

/** Sends a webhook the way vendors do. */
export function post(
  url: string,
  path: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(url + path, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } })
}
