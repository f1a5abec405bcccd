import { calm } from '@stayward/core/testing'
import type { WebhookDelivery } from '@stayward/core/testing'
import { describe, expect, it } from 'vitest'
import { signedHeaders } from '../src/signing.ts'
import { emptySmoobu, furnishedSmoobu, type SmoobuState, smoobuVendor } from '../src/testing/index.ts'
import { apiKey, apiSecret, smoobuAccount, user } from './smoobu-account.ts'

const start = Date.parse('2026-05-01T10:00:00Z')
const actions = (deliveries: readonly WebhookDelivery[]) =>
  deliveries.map(({ body }) => (JSON.parse(body) as { action: string }).action) // the fake's own envelope
const get = (path: string, headers: Record<string, string> = { 'Api-Key': apiKey }) =>
  new Request(`http://127.0.0.1:4711${path}`, { headers })

function fake(change: (state: SmoobuState) => void = () => undefined) {
  let now = start
  const state = furnishedSmoobu(start)
  change(state)
  return { vendor: smoobuVendor({ state, now: () => now }), advance: (by: number) => void (now += by), state }
}
const json = async (response: Response) => (await response.json()) as Record<string, unknown> // objects only

describe('its people', () => {
  it('make everything a story needs, and webhooks say so two seconds later', () => {
    const { vendor, advance } = fake()
    const ref = vendor.book({
      arrival: '2026-06-01',
      departure: '2026-06-04',
      unitRef: '700101',
      guest: { name: 'Ewa Wzorzec' },
    })
    vendor.changeDates(ref, { departure: '2026-06-06' })
    vendor.changeGuest(ref, { phone: '+48 500 000 001' })
    vendor.move(ref, '700102')
    vendor.checkInOnline(ref, '17:30')
    vendor.guestWrites(ref, 'Hello')
    vendor.hostWrites(ref, 'Welcome')
    vendor.cancel(ref)
    vendor.restore(ref)
    vendor.erase(ref)
    vendor.block({ arrival: '2026-06-10', departure: '2026-06-12', unitRef: '700101' })
    advance(1_999)
    expect(vendor.dueWebhooks()).toEqual([])
    advance(1)
    expect(actions(vendor.dueWebhooks())).toEqual([
      'newReservation',
      'updateReservation',
      'updateReservation',
      'updateReservation',
      'onlineCheckInUpdate',
      'newMessage',
      'cancelReservation',
      'updateReservation',
      'deleteReservation',
      'newReservation',
    ])
    expect(vendor.dueWebhooks()).toEqual([])
  })
  it('may keep silent about anything', async () => {
    const { vendor, advance } = fake()
    const silent = { announce: false }
    const ref = vendor.book({ arrival: '2026-06-01', departure: '2026-06-04', unitRef: '700101', ...silent })
    vendor.changeDates(ref, { arrival: '2026-06-02' }, silent)
    vendor.move(ref, '700103', silent)
    vendor.cancel(ref, silent)
    vendor.erase(vendor.knownBooking, silent)
    advance(60_000)
    expect(vendor.dueWebhooks()).toEqual([])
    expect(await json(await vendor.respond(get(`/api/reservations/${ref}`)))).toMatchObject({
      type: 'cancellation',
      arrival: '2026-06-02',
      apartment: { id: 700103, name: 'Garden flat' },
    })
  })
  it('cannot touch what is not there', () => {
    const { vendor } = fake()
    expect(() => vendor.cancel('1')).toThrow('holds no reservation 1')
    expect(() => vendor.move(vendor.knownBooking, '1')).toThrow('has no apartment 1')
  })
})

it('goes on after its state went through JSON, webhooks on the way included', async () => {
  const { vendor, state } = fake()
  const ref = vendor.book({ arrival: '2026-06-01', departure: '2026-06-04', unitRef: '700101' })
  vendor.guestWrites(ref, 'Hello')
  const stored = JSON.stringify(state)
  const later = smoobuVendor({ state: JSON.parse(stored) as SmoobuState, now: () => start + 5_000 }) // what was stored
  expect(actions(later.dueWebhooks())).toEqual(['newReservation', 'newMessage'])
  later.cancel(ref)
  expect(later.book({ arrival: '2026-06-01', departure: '2026-06-04', unitRef: '700102' })).toBe(
    String(Number(ref) + 1),
  )
  expect(await json(await later.respond(get(`/api/reservations/${ref}`)))).toMatchObject({ type: 'cancellation' })
  expect(later.knownBooking).toBe(vendor.knownBooking)
  expect(JSON.stringify(state)).toBe(stored)
})

it('can be a small account of its own', () => {
  const vendor = smoobuVendor({
    state: emptySmoobu({ apartments: [{ id: 1, name: 'Loft', timeZone: 'Europe/Warsaw' }] }),
    now: () => start,
    webhookLatency: 0,
  })
  expect(() => vendor.knownBooking).toThrow('no confirmed reservation')
  const ref = vendor.book({ arrival: '2026-06-01', departure: '2026-06-04', unitRef: '1' })
  expect(vendor.knownBooking).toBe(ref)
  expect(actions(vendor.dueWebhooks())).toEqual(['newReservation'])
})

describe('its webhooks', () => {
  const cancelled = (change: (webhooks: SmoobuState['switches']['webhooks']) => void) => {
    const { vendor, advance } = fake(({ switches }) => change(switches.webhooks))
    vendor.changeDates(vendor.knownBooking, { departure: '2026-05-11' })
    advance(1)
    vendor.cancel(vendor.knownBooking)
    return { vendor, advance }
  }
  it('are unsigned, with an Api-Key that changes every time', () => {
    const { vendor, advance } = cancelled(() => undefined)
    advance(2_000)
    const [first, second] = vendor.dueWebhooks()
    expect(first?.headers).toMatchObject({ 'user-agent': 'Symfony BrowserKit', 'content-type': 'application/json' })
    expect(Object.keys(first?.headers ?? {}).filter((name) => name.includes('signature'))).toEqual([])
    expect(first?.headers['api-key']).not.toBe(second?.headers['api-key'])
  })
  it('can be doubled, lost, late, out of order, and of an unknown action', () => {
    const seen = (change: (webhooks: SmoobuState['switches']['webhooks']) => void, wait = 2_000) => {
      const { vendor, advance } = cancelled(change)
      advance(wait)
      return actions(vendor.dueWebhooks())
    }
    const [update, cancel, unknown] = ['updateReservation', 'cancelReservation', 'guestbookEntryAdded']
    expect(seen((webhooks) => void (webhooks.copies = 2))).toEqual([update, update, cancel, cancel])
    expect(seen((webhooks) => void (webhooks.lost = 1))).toEqual([cancel])
    expect(seen((webhooks) => void (webhooks.reversed = true))).toEqual([cancel, update])
    expect(seen((webhooks) => void (webhooks.unknownActions = true))).toEqual([unknown, update, unknown, cancel])
    expect(seen((webhooks) => void (webhooks.delay = 60_000))).toEqual([])
    expect(seen((webhooks) => void (webhooks.delay = 60_000), 62_000)).toEqual([update, cancel])
  })
  it('come again after a refusal only where the switch says so', () => {
    const { vendor, advance } = cancelled((webhooks) => void (webhooks.retries = 1))
    advance(2_000)
    const sent = vendor.dueWebhooks()
    for (const [index, delivery] of sent.entries()) vendor.answered(delivery, index === 0 ? 200 : 503)
    advance(5_000)
    const again = vendor.dueWebhooks()
    expect(again.map(({ body }) => body)).toEqual([sent[1]?.body])
    for (const delivery of again) vendor.answered(delivery, 503)
    advance(60_000)
    expect(vendor.dueWebhooks()).toEqual([])

    const plain = cancelled(() => undefined)
    plain.advance(2_000)
    for (const delivery of plain.vendor.dueWebhooks()) plain.vendor.answered(delivery, 500)
    plain.advance(60_000)
    expect(plain.vendor.dueWebhooks()).toEqual([])
  })
})

describe('its interface', () => {
  it('hides cancellations, past stays and rows beyond 25, and ignores page_size in silence', async () => {
    const { vendor } = fake()
    vendor.fill(40)
    const list = async (query: string) => await json(await vendor.respond(get(`/api/reservations${query}`)))
    expect(await list('')).toMatchObject({ page_size: 25, total_items: 43, page_count: 2 })
    expect(await list('?showCancellation=true')).toMatchObject({ total_items: 44 })
    expect(await list('?page_size=100')).toMatchObject({ page_size: 25 })
    expect(await list('?pageSize=500')).toMatchObject({ page_size: 100 })
    expect(await list('?from=2026-01-01')).toMatchObject({ total_items: 44 })
  })
  it('has every variant of a reservation: null, empty, upper case, numeric code, block, cancelled, deleted', async () => {
    const { vendor } = fake()
    const one = async (id: number) => await json(await vendor.respond(get(`/api/reservations/${id}`)))
    expect(await one(90210001)).toMatchObject({ language: 'FR', 'check-out': null, 'created-at': '2026-04-22 12:00' })
    expect(await one(90210002)).toMatchObject({ 'is-blocked-booking': true, channel: { id: 11 }, adults: null })
    expect(await one(90210003)).toMatchObject({ 'reference-id': 4012345678, type: 'cancellation' })
    expect(await one(90210004)).toMatchObject({ 'check-in': '', phone: '', language: null })
    expect(await one(90210006)).toMatchObject({ status: 404, title: 'Error occurred' })
  })
  it('names the end of the window on every 200, in epoch seconds', async () => {
    const { headers } = await fake().vendor.respond(get('/api/me'))
    expect(headers.get('x-ratelimit-retry-after')).toBe(String(start / 1000 + 60))
    expect(headers.get('x-ratelimit-remaining')).toBe('999')
  })
  it('limits requests per minute', async () => {
    const { vendor, advance } = fake(({ switches }) => void (switches.requestsPerMinute = 2))
    const statuses = []
    for (let n = 0; n < 3; n++) statuses.push((await vendor.respond(get('/api/me'))).status)
    advance(60_000)
    statuses.push((await vendor.respond(get('/api/me'))).status)
    expect(statuses).toEqual([200, 200, 429, 200])
  })
  it('refuses wrong, stale and repeated signatures', async () => {
    const { vendor } = fake()
    const sign = (
      changes: { timestamp?: string; nonce?: string; apiKey?: string; query?: string } = {},
      secret = apiSecret,
    ) =>
      signedHeaders(
        {
          method: 'GET',
          path: '/api/reservations',
          query: 'page=1',
          body: '',
          timestamp: '2026-05-01T10:04:59Z',
          nonce: '11111111-2222-4333-8444-555555555555',
          apiKey,
          ...changes,
        },
        secret,
      )
    const status = async (headers: Readonly<Record<string, string>>) =>
      (await vendor.respond(get('/api/reservations?page=1', { ...headers }))).status
    expect(await status(sign({}, 'wrong'))).toBe(401)
    expect(await status(sign({ query: 'page=2' }))).toBe(401)
    expect(await status(sign({ timestamp: '2026-05-01T10:05:01Z' }))).toBe(401)
    expect(await status(sign({ timestamp: '2026-05-01T09:54:59Z' }))).toBe(401)
    expect(await status(sign({ timestamp: '2026-05-01T10:00:00.000Z' }))).toBe(401)
    expect(await status(sign({ nonce: 'not a uuid' }))).toBe(401)
    expect(await status(sign())).toBe(200)
    expect(await status(sign())).toBe(401)
    expect((await vendor.respond(get('/api/me', { 'Api-Key': 'wrong' }))).status).toBe(401)
    expect((await vendor.respond(get('/api/me', {}))).status).toBe(401)
  })
  it('hides the host’s messages unless asked, and takes messages to the host', async () => {
    const { vendor } = fake()
    const { provider } = smoobuAccount()
    expect(await provider.readAccount(calm)).toMatchObject({ id: String(user) })
    vendor.guestWrites('90210001', 'Hi')
    const post = (to: string) =>
      vendor.respond(
        new Request(`http://127.0.0.1:4711/api/reservations/90210001/messages/send-message-to-${to}`, {
          method: 'POST',
          headers: { 'Api-Key': apiKey, 'Content-Type': 'application/json' },
          body: JSON.stringify({ messageBody: `to ${to}` }),
        }),
      )
    expect((await post('guest')).status).toBe(201)
    expect((await post('host')).status).toBe(201)
    expect(vendor.inbox('90210001')).toEqual(['to guest'])
    const count = async (query: string) =>
      (await json(await vendor.respond(get(`/api/reservations/90210001/messages${query}`))))['total_items']
    expect(await count('')).toBe(1)
    expect(await count('?onlyRelatedToGuest=false')).toBe(3)
  })
  it('knows no other address', async () => {
    const { vendor } = fake()
    for (const path of ['/', '/api/rates', '/api/reservations/1/placeholders'])
      expect((await vendor.respond(get(path))).status).toBe(404)
  })
})
