import { randomBytes } from 'node:crypto'
import { type Instant, type WebhookVerdict } from '@stayward/core/adapter'
import { describeFixtures } from '@stayward/core/testing'
import { describe, expect, it } from 'vitest'
import hospitable from '../src/adapter.ts'
import { hospitableActions, hospitablePayload, hostSecrets, phpJson, signatureOf } from '../src/testing/index.ts'
import { fixture, fixtures } from './fixture.ts'
import { accessToken, account, ownerEmail, ref, user } from './hospitable-account.ts'

interface Request {
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly config?: object
  readonly client?: string
}

function receive(body: string | Uint8Array, request: Request = {}): WebhookVerdict {
  const { method = 'POST', headers = {}, config = {}, client } = request
  const verdict = hospitable.webhook?.receive({
    method,
    query: new URLSearchParams(),
    headers: new Headers(headers),
    rawBody: typeof body === 'string' ? new TextEncoder().encode(body) : body,
    config: { accessToken, ...config },
    account: user,
    ...(client === undefined ? {} : { client }),
    now: '2026-05-02T08:15:22.000Z' as Instant, // has the shape
  })
  if (!verdict) throw new Error('the adapter has no webhook')
  return verdict
}
const everything = { kind: 'everything' }
const booking = (one = ref) => ({ kind: 'booking', ref: one })
const accepted = (topic: string, ...nudges: unknown[]) => ({
  verdict: 'accepted',
  proof: 'address-only',
  topic,
  nudges,
  deliveryKey: expect.stringMatching(/^[0-9A-Za-z-]{26,36}$/),
})
/** Of a change whose reservation is not certain: its id may come again with another change. */
const uncertain = (...nudges: unknown[]) => ({
  verdict: 'accepted',
  proof: 'address-only',
  topic: 'reservation.changed (checkin_changed)',
  nudges: [...nudges, everything],
})
const ignored = (topic: string) => ({ verdict: 'ignored', topic, reason: expect.stringMatching(/\S/) })
const rejected = (because: string) => ({ verdict: 'rejected', because, detail: expect.stringMatching(/\S/) })

const verdicts: Readonly<Record<string, unknown>> = {
  'webhook-reservation-created': accepted('reservation.created', booking()),
  'webhook-reservation-changed': accepted('reservation.changed (dates_changed, checkin_changed)', booking()),
  'webhook-reservation-changed-text': accepted('reservation.changed (dates_changed)', booking()),
  'webhook-reservation-updated': accepted('reservation.updated (guests_changed)', booking()),
  'webhook-reservation-cancelled': accepted('reservation.changed (status_changed)', booking()),
  'webhook-reservation-list': accepted(
    'reservation.changed (dates_changed)',
    booking(),
    booking('b1f6c1de-0000-4000-8000-000000000002'),
  ),
  'webhook-reservation-partial': uncertain(),
  'webhook-reservation-partial-uuid': uncertain(booking()),
  'webhook-test-button': accepted('reservation.changed (test)', booking()),
  'webhook-historic': accepted('reservation.created (historic_reservation)', booking()),
  'webhook-property-created': accepted('property.created', everything),
  'webhook-property-changed': accepted('property.changed (name)', everything),
  'webhook-property-updated': accepted('property.updated (checkin_checkout)', everything),
  'webhook-property-deleted': accepted('property.deleted', everything),
  'webhook-property-merged': accepted('property.merged', everything),
  'webhook-message-created': ignored('message.created'),
  'webhook-review-created': ignored('review.created'),
  'webhook-integration-disconnected': accepted('integration.disconnected', everything),
  'webhook-unknown-action': ignored('task.created'),
}
describeFixtures(fixtures)

const hooks = fixtures.names.filter((name) => name.startsWith('webhook-'))

describe('every recorded shape', () => {
  it.each(hooks)('%s', (name) => {
    for (const text of [JSON.stringify(fixture(name).body), phpJson(fixture(name).body)]) {
      const verdict = receive(text)
      expect(verdict).toEqual(verdicts[name])
      // Whatever the payload says of dates, guests or states: a stranger may have written it.
      expect(JSON.stringify(verdict)).not.toMatch(/Ada|2026-07|cancelled|9d0c0000/)
    }
  })
  it('is expected here, and holds every action there is', () => {
    expect(Object.keys(verdicts).sort()).toEqual([...hooks].sort())
    const actions = hooks.map((name) => (fixture(name).body as { action?: string }).action) // our own files
    expect(actions).toEqual(expect.arrayContaining([...hospitableActions]))
  })
})

describe('with a secret', () => {
  const body = phpJson(
    hospitablePayload(
      'reservation.created',
      { id: ref, note: 'Zoë / 7' },
      { id: '01J9Z3Q4M7', created: '2026-05-02T08:15:20Z' },
    ),
  )
  const [hostSecret = ''] = hostSecrets(ownerEmail)
  const config = { ownerEmail, webhookSecret: 'partner-secret' }

  it('of a vendor a signature is proof; of a host account it is a filter and no proof', () => {
    const proofOf = (secret: string) => receive(body, { config, headers: { Signature: signatureOf(body, secret) } })
    expect(proofOf('partner-secret')).toMatchObject({ verdict: 'accepted', proof: 'signature' })
    expect(proofOf(hostSecret)).toMatchObject({ verdict: 'accepted', proof: 'address-only' })
  })
  it('a missing or wrong signature is refused before the body is read, and the reason names the likely cause', () => {
    for (const sent of [body, 'not JSON', ''])
      for (const headers of [{}, { signature: '0'.repeat(64) }]) {
        const verdict = receive(sent, { config, headers })
        expect(verdict).toEqual(rejected('bad-signature'))
        expect(verdict).toMatchObject({ detail: expect.stringContaining('mail address') })
        expect(JSON.stringify(verdict)).not.toContain(ownerEmail)
      }
  })
  it('no other header takes its place', () => {
    const headers = { 'x-hospitable-signature': signatureOf(body, hostSecret) }
    expect(receive(body, { config, headers })).toEqual(rejected('bad-signature'))
  })
  it('the bytes count as PHP wrote them: the same JSON in our spelling is another body', () => {
    expect(body).toContain('Zo\\u00eb \\/ 7')
    const headers = { signature: signatureOf(body, hostSecret) }
    expect(receive(JSON.stringify(JSON.parse(body)), { config, headers })).toEqual(rejected('bad-signature'))
  })
})

describe('the source range', () => {
  const body = JSON.stringify(fixture('webhook-reservation-created').body)
  const strict = { onlyFromHospitable: true }
  it.each([
    ['38.80.170.9', 'accepted'],
    ['::ffff:38.80.170.254', 'accepted'],
    ['38.80.171.9', 'rejected'],
    ['138.80.170.9', 'rejected'],
    ['10.0.0.1', 'rejected'],
    ['::1', 'rejected'],
    ['', 'rejected'],
  ])('when it is asked for, %s is %s', (client, verdict) => {
    expect(receive(body, { config: strict, client }).verdict).toBe(verdict)
  })
  it('is not asked for otherwise, nor in a replay, where nobody sent it', () => {
    expect(receive(body, { client: '10.0.0.1' }).verdict).toBe('accepted')
    expect(receive(body, { config: { onlyFromHospitable: false }, client: '10.0.0.1' }).verdict).toBe('accepted')
    expect(receive(body, { config: strict }).verdict).toBe('accepted')
  })
  it('says what to do when it is in the way', () => {
    expect(receive(body, { config: strict, client: '10.0.0.1' })).toMatchObject({
      because: 'bad-signature',
      detail: expect.stringContaining('STAYWARD_TRUST_PROXY'),
    })
  })
})

describe('a change', () => {
  const changed = (data: unknown, id = '01J9Z3Q4M7N8') =>
    receive(JSON.stringify({ id, action: 'reservation.changed', data }))
  it.each([[{}], [null], [undefined], ['text'], [[]], [[null]], [{ id: 'HMTEST1' }], [{ id: 5 }], [{ id: '../me' }]])(
    'about %j is never dropped: everything near is looked at',
    (data) => expect(changed(data)).toEqual({ ...uncertain(), topic: 'reservation.changed' }),
  )
  it('with one reservation named and one not is both', () => {
    expect(changed([{ id: ref.toUpperCase() }, {}])).toMatchObject({ nudges: [booking(), everything] })
  })
  it('of more reservations than anybody changes at once is one look at everything', () => {
    const many = (count: number) => Array.from({ length: count }, (_, n) => ({ id: `${ref.slice(0, -4)}${1000 + n}` }))
    expect(changed(many(100))).toMatchObject({ nudges: { length: 100 } })
    expect(changed(many(101))).toMatchObject({ nudges: [everything] })
  })
  it('whose own id is unusable is told apart by its bytes', () => {
    for (const id of ['', 'a b c d e f g', 'x'.repeat(200)])
      expect(changed({ id: ref }, id)).not.toHaveProperty('deliveryKey')
  })
})

describe('damaged and hostile bodies', () => {
  it.each([
    ['', 'nothing'],
    ['not JSON', 'text'],
    ['{"action":"reservation.created","data":{"id":"b1f', 'a cut body'],
    ['null', 'null'],
    ['[]', 'a list'],
    ['{}', 'an object without anything'],
    ['{"action":5,"data":{}}', 'an action that is no text'],
    ['{"__proto__":{"action":"reservation.created"}}', 'a poisoned prototype'],
    [`${'['.repeat(10_000)}${']'.repeat(10_000)}`, 'depth'],
  ])('%s', (body) => expect(receive(body)).toEqual(rejected('malformed')))
  it('random bytes never throw', () => {
    for (let n = 0; n < 500; n++) expect(receive(randomBytes(n % 64)).verdict).toMatch(/rejected|ignored|accepted/)
  })
  it('what a stranger calls an action or a trigger is shown only when it looks like one', () => {
    for (const action of ['a\nb', '<script>', 'x'.repeat(200), '', '../../etc'])
      expect(receive(JSON.stringify({ action }))).toEqual(ignored('an action with an unusual name'))
    const odd = { action: 'reservation.created', triggers: ['<b>', 'dates_changed', 7], data: { id: ref } }
    expect(receive(JSON.stringify(odd))).toMatchObject({ topic: 'reservation.created' })
  })
  it('a visit of the address is ignored, with a secret too', () => {
    expect(receive('', { method: 'GET', config: { ownerEmail } })).toEqual(ignored('GET'))
  })
})

it('is what the fake sends: every variant is received, and points at what happened', () => {
  const { vendor, advance } = account()
  const { webhooks } = vendor.state.switches
  const config = { ownerEmail }
  const verdicts = () => {
    advance(2_000)
    return vendor.dueWebhooks().map(({ body, headers }) => receive(body, { config, headers }))
  }
  vendor.cancel(ref)
  expect(verdicts()).toMatchObject([{ topic: 'reservation.changed (status_changed)', nudges: [booking()] }])
  Object.assign(webhooks, { triggersAsText: true, dataAsList: true })
  vendor.changeTimes(ref, { checkIn: '18:00' })
  expect(verdicts()).toMatchObject([{ topic: 'reservation.changed (checkin_changed)', nudges: [booking()] }])
  Object.assign(webhooks, { triggersAsText: false, dataAsList: false, partial: true })
  vendor.changeTimes(ref, { checkIn: '19:00' })
  expect(verdicts()).toMatchObject([{ verdict: 'accepted', nudges: [everything] }])
  webhooks.wronglySigned = 1
  vendor.pressTest()
  expect(verdicts()).toEqual([rejected('bad-signature')])
})
