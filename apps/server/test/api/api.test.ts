import { systemClock } from '@stayward/core/adapter'
import type { Mark } from '@stayward/core'
import type { Router } from 'express'
import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apiRouter } from '../../src/api/router.ts'
import { apiRoutes } from '../../src/api/routes.ts'
import type { Preview } from '../../src/api/plan-route.ts'
import { type ApiKeys, createApiKeys } from '../../src/auth/api-keys.ts'
import { createDeliveryLog } from '../../src/intake/delivery-log.ts'
import { createReplay } from '../../src/intake/replay.ts'
import { tenantKeys } from '../../src/persistence/tenant-keys.ts'
import { tenantSecrets } from '../../src/secrets/tenant-secrets.ts'
import { testMasters } from '../fresh-database.ts'
import {
  addConnection,
  deliveriesOf,
  marksOf,
  post,
  startHub,
  type TestConnection,
  type TestHub,
  testAdapters,
} from '../intake/hub.ts'
import { event, memoryReadModel, pin, stay } from './memory-read-model.ts'
import { memoryBrakeDesk } from './memory-brake-desk.ts'
import { memoryCodeDesk } from './memory-code-desk.ts'
import { memoryDoorDesk } from './memory-door-desk.ts'
import { memoryQrDesk } from './memory-qr-desk.ts'
import { memoryRestoreDesk } from './memory-restore-desk.ts'

let hub: TestHub
let mine: TestConnection
let theirs: TestConnection
let keys: ApiKeys
let plainKey: string
let pinKey: string
let strangerKey: string

function routerOn(pool: pg.Pool): Router {
  const secretsOf = async (tenantId: string) => tenantSecrets(await tenantKeys(pool, testMasters, tenantId))
  const deliveries = createDeliveryLog({ pool, secretsOf })
  const mark = async (tenantId: string, marks: readonly Mark[]): Promise<void> => {
    const column = (of: (one: Mark) => string | null) => marks.map(of)
    await pool.query('select work_mark($1, $2, $3, $4, $5, $5, $6)', [
      column(() => tenantId),
      column(({ kind }) => kind),
      column(({ key }) => key),
      column(({ why }) => why),
      column(() => null),
      systemClock.now(),
    ])
  }
  const replay = createReplay({
    pool,
    secretsOf,
    adapters: testAdapters,
    log: deliveries,
    work: { mark },
    clock: systemClock,
  })
  const model = memoryReadModel(() => mine.tenantId)
  const preview: Preview = async (_tenant, { bookingIds, deviceIds }) => [
    ...bookingIds.map((bookingId) => ({ look: 'booking' as const, bookingId, text: 'Access to Flat 1.' })),
    ...deviceIds.map((deviceId) => ({ look: 'device' as const, deviceId, text: 'Writes the code.', remedy: 'None.' })),
  ]
  keys = createApiKeys({ pool, clock: systemClock })
  return apiRouter({
    routes: apiRoutes({
      model,
      deliveries,
      replay,
      preview,
      brake: memoryBrakeDesk(() => mine.tenantId),
      codes: memoryCodeDesk(() => mine.tenantId),
      doors: memoryDoorDesk(() => mine.tenantId),
      qr: memoryQrDesk(() => mine.tenantId),
      restore: memoryRestoreDesk(() => mine.tenantId),
    }),
    keys,
  })
}

beforeAll(async () => {
  hub = await startHub({ api: routerOn })
  mine = await addConnection(hub.pool, 'bell')
  theirs = await addConnection(hub.pool, 'bell')
  const add = async ({ tenantId: id, slug }: TestConnection, seePins: boolean) =>
    (await keys.add({ id, slug }, { name: 'k', seePins })).text
  plainKey = await add(mine, false)
  pinKey = await add(mine, true)
  strangerKey = await add(theirs, true)
})
afterAll(() => hub.stop())

async function get(
  path: string,
  key: string | undefined = plainKey,
): Promise<{ status: number; body: unknown; text: string }> {
  const answer = await fetch(`${hub.url}/api/v1${path}`, key ? { headers: { authorization: `Bearer ${key}` } } : {})
  const text = await answer.text()
  return { status: answer.status, body: JSON.parse(text), text }
}

async function send(path: string, body?: object, key = plainKey): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`${hub.url}/api/v1${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  return { status: answer.status, body: await answer.json() }
}

describe('keys', () => {
  it('are asked for, and a wrong one is told apart from a missing one only', async () => {
    const bare = await fetch(`${hub.url}/api/v1/bookings`)
    expect([bare.status, bare.headers.get('www-authenticate'), await bare.json()]).toMatchObject([
      401,
      'Bearer',
      { code: 'key-missing' },
    ])
    const wrong = await Promise.all(
      [`${plainKey}x`, 'nonsense', plainKey.replace(mine.slug, 'nobody')].map((key) => get('/bookings', key)),
    )
    expect(new Set(wrong.map(({ text }) => text)).size).toBe(1)
    expect(wrong[0]).toMatchObject({ status: 401, body: { code: 'key-refused' } })
    const own = await fetch(`${hub.url}/api/v1/bookings`, { headers: { 'x-api-key': plainKey } })
    expect(own.status).toBe(200)
  })
})

describe('bookings', () => {
  it('are found by the booking system’s own id', async () => {
    expect(await get('/bookings?ref=90210002')).toMatchObject({
      status: 200,
      body: { items: [{ ref: '90210002', access: { status: 'granted' } }] },
    })
    expect(await get('/bookings?ref=1')).toMatchObject({ status: 200, body: { items: [] } })
  })

  it('are filtered and paged', async () => {
    expect((await get('/bookings?state=cancelled')).body).toEqual({ items: [] })
    expect((await get('/bookings?arrivalFrom=2026-07-11')).body).toEqual({ items: [] })
    expect((await get('/bookings?limit=1')).body).toMatchObject({ next: 'more' })
    expect((await get('/bookings?limit=1&after=more')).body).toEqual({ items: [] })
  })

  it.each([
    ['limit=0', 'query.limit'],
    ['limit=many', 'query.limit'],
    ['state=lost', 'query.state'],
    ['arrivalFrom=2026-02-30', 'query.arrivalFrom'],
    ['arrival=2026-07-10', 'query'],
    ['ref=1&ref=2', 'query.ref'],
  ])('refuse ?%s and say what is wrong', async (query, where) => {
    const { status, body } = await get(`/bookings?${query}`)
    expect([status, body]).toMatchObject([400, { code: 'invalid-request', errors: [{ at: where }] }])
  })

  it('show PINs and texts only to a key that may see them', async () => {
    const masked = await get(`/bookings/${stay.id}`)
    expect(masked).toMatchObject({
      status: 200,
      body: { codes: [{ pin: '••••', evidence: 'confirmed' }], messages: [{ text: '••••' }] },
    })
    expect(masked.text).not.toContain(pin)
    expect(await get(`/bookings/${stay.id}`, pinKey)).toMatchObject({
      body: { codes: [{ pin }], messages: [{ text: expect.stringContaining(pin) }] },
    })
    expect((await get(`/bookings/${stay.id}/timeline`)).body).toMatchObject({ items: [{ kind: 'told' }] })
  })

  it('of another tenant are as absent as those that do not exist', async () => {
    const [foreign, absent] = [
      await get(`/bookings/${stay.id}`, strangerKey),
      await get('/bookings/nonsense', strangerKey),
    ]
    expect(foreign.status).toBe(404)
    expect(foreign.text).toBe(absent.text)
    expect((await get(`/bookings/${stay.id}/timeline`, strangerKey)).text).toBe(foreign.text)
  })
})

describe('arrivals and events', () => {
  it('say how ready each is and what was not proven, to its own tenant only', async () => {
    const { status, body } = await get('/arrivals')
    expect([status, body]).toMatchObject([
      200,
      {
        items: [
          {
            ref: stay.ref,
            readiness: { level: 'at-risk', told: [{ reports: false }], risks: [{ code: 'delivery-not-reported' }] },
          },
        ],
      },
    ])
    expect((await get('/arrivals?limit=1')).body).toMatchObject({ next: 'more' })
    expect((await get('/arrivals', strangerKey)).body).toEqual({ items: [] })
    expect((await get(`/bookings/${stay.id}`)).body).toMatchObject({ readiness: { level: 'at-risk' } })
  })

  it('are followed by id and type', async () => {
    expect((await get('/events')).body).toEqual({ items: [event], next: event.id })
    expect((await get('/events?type=other')).body).toEqual({ items: [] })
    expect((await get('/events?after=x')).status).toBe(400)
    expect((await get('/events', strangerKey)).body).toEqual({ items: [] })
  })
})

describe('a plan', () => {
  it('is asked for one booking, one device or everything', async () => {
    const { ref, id } = stay
    expect(await send('/plan', { booking: ref })).toEqual({
      status: 200,
      body: { steps: [{ look: 'booking', bookingId: id, ref, text: 'Access to Flat 1.' }] },
    })
    expect((await send('/plan', { device: 'Lock' })).body).toMatchObject({
      steps: [{ deviceId: 'k1', remedy: 'None.' }],
    })
    expect((await send('/plan', { all: true })).body).toMatchObject({ steps: [{ ref }, { deviceId: 'k1' }] })
    for (const body of [{}, { booking: ref, device: 'Lock' }, { all: false }, { what: 1 }])
      expect((await send('/plan', body)).status).toBe(400)
    expect((await send('/plan', { booking: 'nonsense' })).status).toBe(404)
    expect((await send('/plan', { booking: ref }, strangerKey)).status).toBe(404)
  })
})

it('tells how a code came to be what it is, to its own tenant', async () => {
  expect(await get('/codes/k/history')).toMatchObject({
    status: 200,
    body: { items: [{ changed: ['made'], cause: 'booking', became: { evidence: 'planned' } }] },
  })
  expect((await get('/codes/k/history', strangerKey)).status).toBe(404)
})

describe('the webhook log', () => {
  const body = '{"action":"new","ref":"77","guest":"canary"}'
  let id: string
  beforeAll(async () => {
    await post(hub.url, mine.path, 'not json')
    await post(hub.url, mine.path, body)
    id = (await deliveriesOf(hub.owner, mine)).at(-1)?.id ?? ''
  })

  it('lists deliveries newest first, filtered and paged', async () => {
    expect((await get('/webhooks')).body).toMatchObject({
      items: [{ status: 'accepted', topic: 'new', copies: 1 }, { status: 'quarantined' }],
    })
    expect((await get('/webhooks?status=quarantined')).body).toMatchObject({
      items: [{ reason: expect.stringContaining('malformed') }],
    })
    const { body: first } = await get('/webhooks?limit=1')
    expect(first).toMatchObject({ items: [{ id }], next: id })
    expect((await get(`/webhooks?limit=1&after=${id}`)).body).toMatchObject({ items: [{ status: 'quarantined' }] })
    expect((await get('/webhooks?until=2020-01-01T00:00:00Z')).body).toEqual({ items: [] })
    expect((await get('/webhooks?until=yesterday')).status).toBe(400)
    expect((await get('/webhooks', strangerKey)).body).toEqual({ items: [] })
  })

  it('shows what was sent only to a key that may see PINs', async () => {
    const hidden = await get(`/webhooks/${id}`)
    expect(hidden).toMatchObject({ status: 200, body: { contentShown: false } })
    expect(hidden.text).not.toContain('canary')
    expect((await get(`/webhooks/${id}`, pinKey)).body).toMatchObject({
      contentShown: true,
      body,
      bodyEncoding: 'utf-8',
      method: 'POST',
    })
    expect((await get(`/webhooks/${id}`, strangerKey)).status).toBe(404)
    expect((await get('/webhooks/nonsense')).status).toBe(404)
  })

  it('replays one delivery or a span of time, any number of times, as one mark per key', async () => {
    const clear = () => hub.owner.query('delete from work where tenant_id = $1', [mine.tenantId])
    const all = [`connection:${mine.id}`, `fetch:${mine.id}/77`]
    await clear()
    expect((await send(`/webhooks/${id}/replay`)).body).toEqual({ deliveries: 1, keys: 1 })
    expect(await marksOf(hub.owner, mine)).toEqual([`fetch:${mine.id}/77`])
    await clear()
    const span = { from: '2020-01-01T00:00:00Z', until: '2100-01-01T00:00:00+02:00' }
    for (let again = 0; again < 3; again++)
      expect((await send('/webhooks/replay', span)).body).toEqual({ deliveries: 2, keys: 2 })
    expect(await marksOf(hub.owner, mine)).toEqual(all)
    await clear()
    expect((await send(`/webhooks/${id}/replay`, undefined, strangerKey)).status).toBe(404)
    expect((await send('/webhooks/replay', span, strangerKey)).body).toEqual({ deliveries: 0, keys: 0 })
    expect(await marksOf(hub.owner, mine)).toEqual([])
    expect((await send('/webhooks/replay', { from: 'x' })).status).toBe(400)
  })

  it('replays what was refused as a look at the connection, never as a fact', async () => {
    const signed = await addConnection(hub.pool, 'signed-bell', { secret: 's' })
    const key = (await keys.add({ id: signed.tenantId, slug: signed.slug }, { name: 'k', seePins: false })).text
    await post(hub.url, signed.path, '{}')
    const [refused] = await deliveriesOf(hub.owner, signed)
    expect((await send(`/webhooks/${refused?.id}/replay`, undefined, key)).body).toEqual({ deliveries: 1, keys: 1 })
    expect(await marksOf(hub.owner, signed)).toEqual([`connection:${signed.id}`])
  })
})

it('lists connections, looks and alerts', async () => {
  expect((await get('/connections')).body).toMatchObject({ items: [{ name: 'smoobu', lastTest: { ok: true } }] })
  expect((await get('/looks?ref=1')).body).toMatchObject({ items: [{ outcome: 'not-found' }] })
  expect((await get('/alerts')).body).toMatchObject({ items: [{ loud: 'page' }] })
  expect((await get('/alerts?state=closed')).body).toEqual({ items: [] })
})

it('shows what the database has forgotten, and of what was found the caller’s own part', async () => {
  const { body } = await get('/restore')
  expect(body).toMatchObject({ state: 'restoring', cause: 'behind', found: { adopted: [{ ref: '9001' }] } })
  expect((await get('/restore', strangerKey)).body).toMatchObject({ state: 'restoring', found: { adopted: [] } })
})

describe('the brake', () => {
  const decide = (body: object, key = plainKey) => send('/brake/decisions', body, key)
  it('shows what waits, to its own tenant', async () => {
    expect((await get('/brake')).body).toMatchObject({
      items: [{ list: 'abc', stays: [{ ref: '90210002', codes: 2 }] }],
    })
    expect((await get('/brake', strangerKey)).body).toEqual({ items: [] })
  })

  it('takes a word about exactly one list, as often as it is given', async () => {
    expect(await decide({ list: 'abc', decision: 'approve' }, strangerKey)).toMatchObject({ status: 409 })
    const first = await decide({ list: 'abc', decision: 'approve' })
    expect(first).toEqual({ status: 200, body: { list: 'abc', decision: 'approve', stays: 1 } })
    expect(await decide({ list: 'abc', decision: 'approve' })).toEqual(first)
    expect(await decide({ list: 'abc', decision: 'refuse' })).toMatchObject({
      status: 409,
      body: { code: 'list-changed' },
    })
    expect(await decide({ list: 'abc', decision: 'perhaps' })).toMatchObject({ status: 400 })
  })
})

it('shows codes that somebody made by hand to their own tenant, and gives one to a booking', async () => {
  expect((await get('/codes/foreign')).body).toMatchObject({
    items: [{ id: 'h1', door: 'Loft', label: 'Martin family', showsPin: true }],
  })
  expect((await get('/codes/foreign', strangerKey)).body).toEqual({ items: [] })
  const adopt = (id: string, booking: string, key = plainKey) => send(`/codes/foreign/${id}/adopt`, { booking }, key)
  expect(await adopt('h1', 'b1')).toMatchObject({ status: 200, body: { id: 'h1', booking: 'b1' } })
  expect(await adopt('h1', 'b2')).toMatchObject({
    status: 409,
    body: { code: 'not-adopted', detail: expect.stringContaining("The guest's own code stays") },
  })
  expect((await adopt('h1', 'b1', strangerKey)).status).toBe(409)
})

it('shows codes that were changed outside to their own tenant, and takes a word about each', async () => {
  expect((await get('/codes/changed')).body).toMatchObject({ items: [{ id: 'k1', what: ['window'], state: 'asked' }] })
  expect((await get('/codes/changed', strangerKey)).body).toEqual({ items: [] })
  const decide = (id: string, decision: string, key = plainKey) => send(`/codes/${id}/decision`, { decision }, key)
  expect(await decide('k1', 'restore', strangerKey)).toMatchObject({ status: 409, body: { code: 'nothing-to-decide' } })
  const first = await decide('k1', 'accept')
  expect(first).toEqual({ status: 200, body: { id: 'k1', decision: 'accept' } })
  expect(await decide('k1', 'accept')).toEqual(first)
  expect(await decide('k1', 'ignore')).toMatchObject({ status: 400 })
  expect(await decide('k2', 'accept')).toMatchObject({ status: 409 })
})

it('refuses other methods with those that are allowed, and unknown addresses', async () => {
  const headers = { authorization: `Bearer ${plainKey}` }
  const answer = await fetch(`${hub.url}/api/v1/bookings`, { method: 'DELETE', headers })
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET'])
  expect((await get('/nonsense')).status).toBe(404)
})
