import { randomBytes } from 'node:crypto'
import { type Instant, type WebhookVerdict } from '@stayward/core/adapter'
import { describeFixtures } from '@stayward/core/testing'
import { describe, expect, it } from 'vitest'
import smoobu from '../src/adapter.ts'
import {
  cancelReservationPayload,
  deleteReservationPayload,
  newMessagePayload,
  newReservationPayload,
  onlineCheckInUpdatePayload,
  smoobuActions,
  updateReservationPayload,
} from '../src/testing/index.ts'
import { fixture, fixtures } from './fixture.ts'
import { apiKey, apiSecret, smoobuAccount, user } from './smoobu-account.ts'

interface Request {
  readonly account?: string
  readonly method?: 'GET' | 'POST'
  readonly headers?: Record<string, string>
}

function receive(
  body: string | Uint8Array,
  { account = '4711', method = 'POST', headers = {} }: Request = {},
): WebhookVerdict {
  const verdict = smoobu.webhook?.receive({
    method,
    query: new URLSearchParams(),
    headers: new Headers(headers),
    rawBody: typeof body === 'string' ? new TextEncoder().encode(body) : body,
    config: { apiKey, apiSecret },
    account,
    now: '2026-05-01T10:00:00.000Z' as Instant, // has the shape
  })
  if (!verdict) throw new Error('the adapter has no webhook')
  return verdict
}
const look = (topic: string, ref = '90210001') => ({
  verdict: 'accepted',
  proof: 'address-only',
  topic,
  nudges: [{ kind: 'booking', ref }],
})
const ignored = (topic: string) => ({ verdict: 'ignored', topic, reason: expect.stringMatching(/\S/) })
const malformed = { verdict: 'rejected', because: 'malformed', detail: expect.stringMatching(/\S/) }

const verdicts: Readonly<Record<string, unknown>> = {
  'webhook-new-reservation': look('newReservation'),
  'webhook-new-block': look('newReservation', '90210002'),
  'webhook-update-reservation': look('updateReservation'),
  'webhook-cancel-reservation': look('cancelReservation'),
  'webhook-delete-reservation': look('deleteReservation'),
  'webhook-new-message-guest': look('newMessage'),
  'webhook-new-message-host': ignored('newMessage'),
  'webhook-online-check-in': look('onlineCheckInUpdate'),
  'webhook-booking-shape': look('updateReservation'),
  'webhook-bare-shape': look('reservation'),
  'webhook-other-account': ignored('newReservation'),
  'webhook-unknown-action': ignored('guestbookEntryAdded'),
  'webhook-update-rates': ignored('updateRates'),
  'webhook-price-element-created': ignored('priceElementCreated'),
  'webhook-price-element-updated': ignored('priceElementUpdated'),
  'webhook-price-element-deleted': ignored('priceElementDeleted'),
  'webhook-new-timeline-event': ignored('newTimelineEvent'),
  'webhook-delete-timeline-event': ignored('deleteTimelineEvent'),
}
describeFixtures(fixtures)

const hooks = fixtures.names.filter((name) => name.startsWith('webhook-'))

describe('every recorded shape', () => {
  it.each(hooks)('%s', (name) => {
    const verdict = receive(JSON.stringify(fixture(name).body))
    expect(verdict).toEqual(verdicts[name])
    // Whatever the payload says of dates, guests or states: a stranger may have written it.
    expect(JSON.stringify(verdict)).not.toMatch(/Ada|2026-07|cancellation|700101/)
  })
  it('is expected here, and holds every action there is', () => {
    expect(Object.keys(verdicts).sort()).toEqual([...hooks].sort())
    const actions = hooks.map((name) => (fixture(name).body as { action?: string }).action) // our own files
    expect(actions).toEqual(expect.arrayContaining([...smoobuActions]))
  })
})

it('reads what the builders of the testing door make', () => {
  const built = [
    newReservationPayload(7, user),
    updateReservationPayload(7, user),
    cancelReservationPayload(7, user),
    deleteReservationPayload(7, user),
    newMessagePayload(88001, 7, user),
    onlineCheckInUpdatePayload(7, user),
  ]
  for (const payload of built) expect(receive(JSON.stringify(payload))).toEqual(look(payload.action, '7'))
})

describe('the account', () => {
  const body = (user: unknown) => JSON.stringify({ action: 'newReservation', user, data: { id: 90210001 } })
  it('may come as text, be absent, or be in a shape nobody knows', () => {
    for (const same of [4711, '4711', undefined, null, { id: 4711 }])
      expect(receive(body(same))).toEqual(look('newReservation'))
  })
  it('of somebody else is ignored, whatever the action', () => {
    for (const other of [4712, '815']) expect(receive(body(other))).toEqual(ignored('newReservation'))
    expect(receive(JSON.stringify({ action: 'onlineCheckInUpdate', user: 1, data: { bookingId: 2 } })).verdict).toBe(
      'ignored',
    )
  })
  it('is not judged before the first test of the connection', () => {
    const verdict = smoobu.webhook?.receive({
      method: 'POST',
      query: new URLSearchParams(),
      headers: new Headers(),
      rawBody: new TextEncoder().encode(body(815)),
      config: { apiKey },
      now: '2026-05-01T10:00:00.000Z' as Instant, // has the shape
    })
    expect(verdict).toEqual(look('newReservation'))
  })
})

describe('damaged and hostile bodies', () => {
  const deep = `${'['.repeat(10_000)}${']'.repeat(10_000)}`
  it.each([
    ['', 'nothing'],
    ['   ', 'spaces'],
    ['not JSON', 'text'],
    ['{"action":"newReservation","data":{"id":902', 'a cut body'],
    ['null', 'null'],
    ['[]', 'a list'],
    ['"text"', 'a string'],
    [deep, 'depth'],
    ['{}', 'an object without anything'],
    ['{"action":"updateReservation","user":4711,"data":{}}', 'no number'],
    ['{"action":"updateReservation","user":4711,"data":[{"id":1}]}', 'a list of data'],
    ['{"action":"updateReservation","data":{"id":"../me"}}', 'a path for a number'],
    ['{"action":"updateReservation","data":{"id":1e99}}', 'a number beyond numbers'],
    ['{"action":"updateReservation","data":{"id":-1}}', 'a negative number'],
    ['{"action":"updateReservation","data":{"id":1.5}}', 'a fraction'],
    ['{"action":"onlineCheckInUpdate","data":{"id":5}}', 'a check-in without its booking'],
    ['{"action":"newMessage","data":{"id":5,"sender":"guest"}}', 'a message without its booking'],
    ['{"__proto__":{"action":"newReservation","id":1}}', 'a poisoned prototype'],
  ])('%s', (body) => {
    expect(receive(body)).toEqual(malformed)
  })
  it('odd bytes around a number do no harm', () => {
    const text = '{"action":"newReservation","data":{"id":"90210001","guest-name":"'
    const latin1 = Uint8Array.from([...new TextEncoder().encode(text), 0xe9, ...new TextEncoder().encode('"}}')])
    expect(receive(latin1)).toEqual(look('newReservation'))
    expect(receive(`\uFEFF${JSON.stringify({ data: { id: 90210001 } })}`)).toEqual(look('reservation'))
  })
  it('random bytes never throw', () => {
    for (let n = 0; n < 2000; n++) expect(receive(randomBytes(n % 64)).verdict).toMatch(/rejected|ignored|accepted/)
  })
  it('an action is shown in the log only when it looks like a name', () => {
    for (const action of ['a\nb', '<script>', 'x'.repeat(200), '', '../../etc'])
      expect(receive(JSON.stringify({ action, data: { id: 1 } }))).toEqual(ignored('an action with an unusual name'))
    expect(receive(JSON.stringify({ action: 5, data: { id: 1 } }))).toEqual(look('reservation', '1'))
  })
  it('a visit of the address is ignored', () => expect(receive('', { method: 'GET' })).toEqual(ignored('GET')))
})

it('needs no signature, and refuses none that somebody adds (trap 1)', () => {
  expect(smoobu.webhook?.signed).toBe(false)
  const body = JSON.stringify(newReservationPayload(7, user))
  for (const header of ['x-signature', 'x-smoobu-signature', 'api-key'])
    expect(receive(body, { headers: { [header]: 'wrong' } })).toEqual(look('newReservation', '7'))
})

it('keeps the key that Smoobu sends along out of the log', () => {
  const { vendor, advance } = smoobuAccount()
  vendor.cancel(vendor.knownBooking)
  advance(2_000)
  const [delivery] = vendor.dueWebhooks()
  expect(Object.keys(delivery?.headers ?? {})).toContain('api-key')
  expect(smoobu.webhook?.secretHeaders).toContain('api-key')
})
