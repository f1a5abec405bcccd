import type { InboundWebhook } from '@stayward/core/adapter'
import { calm, describeFixtures } from '@stayward/core/testing'
import { describe, expect, it } from 'vitest'
import beds24, { type Beds24Config } from '../src/adapter.ts'
import { sampleWebhookToken } from '../src/testing/index.ts'
import { account, withRefreshToken } from './beds24-account.ts'
import { fixture, fixtures } from './fixture.ts'

const { webhook } = beds24
const ref = '90310001'
const look = { kind: 'booking', ref }

function receive(body: unknown, more: Partial<InboundWebhook<Beds24Config>> = {}) {
  return webhook?.receive({
    method: 'POST',
    query: new URLSearchParams(),
    headers: new Headers({ 'content-type': 'application/json' }),
    rawBody: new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body)),
    config: withRefreshToken,
    now: account().now(),
    ...more,
  })
}
const keptOf = (body: unknown) => {
  const raw = new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body))
  return new TextDecoder().decode(webhook?.keep?.(raw) ?? raw)
}

describeFixtures(fixtures)

describe('every shape', () => {
  const hooks = fixtures.names.filter((name) => name.startsWith('webhook-'))
  it.each(hooks)('%s: look at the booking', (name) => {
    const { body } = fixture(name)
    const verdict = receive(body)
    expect(verdict).toMatchObject({ verdict: 'accepted', proof: 'address-only' })
    expect(verdict?.verdict === 'accepted' && verdict.nudges).toContainEqual(look)
    expect(receive(keptOf(body))).toMatchObject({ nudges: verdict?.verdict === 'accepted' ? verdict.nudges : [] })
  })

  it('is looked up in its wrapper: at the root there is no booking (trap 8)', () => {
    expect(receive({ timeStamp: '2026-05-02T08:16:01Z', id: 7, booking: { id: 8, status: 'new' } })).toMatchObject({
      nudges: [{ kind: 'booking', ref: '8' }],
    })
  })

  it.each([
    ['nothing', ''],
    ['text', 'hello'],
    ['a number', '7'],
    ['no booking', { timeStamp: 'x' }],
    ['an id that is none', { booking: { id: '../etc' } }],
  ])('that is %s is not understood', (_, body) => {
    expect(receive(body)).toMatchObject({ verdict: 'rejected', because: 'malformed' })
  })

  it('of more bookings than anybody has at once is a look at everything', () => {
    const list = Array.from({ length: 150 }, (_, id) => ({ booking: { id: id + 1, status: 'new' } }))
    expect(receive(list)).toMatchObject({ nudges: expect.arrayContaining([{ kind: 'everything' }]) })
  })

  it('of version 1 is a hint as well, as an address or as a form; its status is not believed', () => {
    const query = new URLSearchParams({ bookid: ref, status: 'cancel' })
    expect(receive('', { method: 'GET', query })).toMatchObject({ verdict: 'accepted', nudges: [look] })
    const form = `bookid=${ref}&status=new&cvc=000&guestname=Ada`
    expect(receive(form)).toMatchObject({ verdict: 'accepted', nudges: [look] })
    expect(keptOf(form)).toBe(`bookid=${ref}`)
    expect(receive('', { method: 'GET' })).toMatchObject({ verdict: 'ignored' })
  })
})

describe('doubles', () => {
  const keyOf = (change: object) => {
    const body = fixture('webhook-no-personal-data').body as { booking: object } // our own file
    const verdict = receive({ ...body, ...change })
    return verdict?.verdict === 'accepted' ? verdict.deliveryKey : undefined
  }
  it('are known although Beds24 sends no number: neither the hour of sending nor the retries count', () => {
    expect(keyOf({ retries: 3, timeStamp: '2026-05-02T09:00:00Z' })).toBe(keyOf({}))
    expect(keyOf({})).toMatch(/^90310001:/)
  })
  it('are not confused with a later change', () => {
    const booking = { id: 90310001, status: 'cancelled', modifiedTime: '2026-05-03T08:15:20Z' }
    expect(keyOf({ booking })).not.toBe(keyOf({}))
    expect(keyOf({ booking: { id: 90310001, status: 'new' } })).toBeUndefined()
  })
})

describe('the custom header', () => {
  const config: Beds24Config = { ...withRefreshToken, webhookToken: sampleWebhookToken }
  const { body } = fixture('webhook-cancelled')
  it.each([
    ['right', sampleWebhookToken, 'accepted'],
    ['right, with blanks around it', `  ${sampleWebhookToken} `, 'accepted'],
    ['wrong', `${sampleWebhookToken}x`, 'rejected'],
    ['empty', '', 'rejected'],
    ['missing', undefined, 'rejected'],
  ])('%s is %s', (_, value, verdict) => {
    const headers = new Headers(value === undefined ? {} : { 'X-Stayward-Token': value })
    expect(receive(body, { config, headers })).toMatchObject({ verdict })
  })
  it('is asked for of every version, and is not kept', () => {
    const query = new URLSearchParams({ bookid: ref })
    expect(receive('', { config, method: 'GET', query })).toMatchObject({ because: 'bad-signature' })
    expect(webhook?.secretHeaders).toContain('x-stayward-token')
  })
  it('is sent by the fake as the property’s settings have it', async () => {
    const { vendor, advance } = account()
    vendor.cancel(vendor.knownBooking)
    advance(60_000)
    const [delivery] = vendor.dueWebhooks()
    expect(receive(delivery?.body, { config, headers: new Headers(delivery?.headers) })).toMatchObject({
      nudges: [{ kind: 'booking', ref: vendor.knownBooking }],
    })
  })
})

describe('card data (trap 18)', () => {
  it('is thrown away before anything is kept, with everything else that was not asked for', () => {
    const kept = keptOf(fixture('webhook-card-data').body)
    expect(kept).not.toMatch(/tok_|0000|card|cvc/i)
    expect(JSON.parse(kept)).toMatchObject({ booking: { id: 90310001, status: 'new', arrival: '2026-07-10' } })
  })
  it('is thrown away by any name and at any depth, and so are names and phones', () => {
    const body = {
      booking: { id: 1, status: { nested: 'canary' }, arrival: ['canary'], firstName: 'canary', x: { y: 'canary' } },
      payment: [{ pan: 'canary' }],
      timeStamp: { canary: 1 },
    }
    expect(keptOf(body)).not.toContain('canary')
    expect(keptOf([body, body])).not.toContain('canary')
    expect(keptOf('<html>canary</html>')).toBe('')
    expect(keptOf('"canary"')).not.toContain('canary')
  })
  it('is told in the webhook log, so that somebody switches it off', () => {
    expect(receive(fixture('webhook-card-data').body)).toMatchObject({
      topic: 'booking (new) (card data was thrown away)',
    })
    expect(receive(fixture('webhook-no-personal-data').body)).toMatchObject({ topic: 'booking (new)' })
  })
  it('is sent by a fake that was told to, and the test of the connection fails over it', async () => {
    const { vendor, provider, advance } = account({ state: ({ switches }) => void (switches.cardData = true) })
    for (const { webhook: own } of vendor.state.properties) own.additionalData = 'CVC'
    vendor.cancel(vendor.knownBooking)
    advance(60_000)
    const [delivery] = vendor.dueWebhooks()
    expect(delivery?.body).toContain('0000000000000000')
    expect(keptOf(delivery?.body)).not.toContain('0000000000000000')
    expect((await provider.readAccount(calm)).unfit).toContain('card data')
  })
})
