import { AdapterError, type InboundWebhook } from '@stayward/core/adapter'
import { calm, fixturesIn, type WebhookDelivery } from '@stayward/core/testing'
import { describe, expect, it } from 'vitest'
import nuki from '../src/adapter.ts'
import type { Config } from '../src/config.ts'
import { goodToken, sampleSecret, signatureOf } from '../src/testing/index.ts'
import { aWhile, frontDoor, guestCode, open, pin, written } from './words.ts'

const fixtures = fixturesIn(new URL('fixtures/', import.meta.url))
const bodyOf = (name: string) => JSON.stringify(fixtures.read(name).body)

interface Arrival extends Partial<Omit<InboundWebhook<Config>, 'rawBody'>> {
  readonly signature?: string | null
  readonly secret?: string | undefined
}

function receive(body: string, { signature, secret = sampleSecret, ...rest }: Arrival = {}) {
  const headers = new Headers({ 'content-type': 'application/json; charset=UTF-8' })
  const given = signature === undefined ? signatureOf(secret, body) : signature
  if (given !== null) headers.set('X-Nuki-Signature-SHA256', given)
  return nuki.webhook?.receive({
    method: 'POST',
    query: new URLSearchParams(),
    headers,
    rawBody: new TextEncoder().encode(body),
    config: { apiToken: goodToken, webhookSecret: sampleSecret },
    now: open().clock.now(),
    ...rest,
  })
}

const look = { verdict: 'accepted', proof: 'signature', nudges: [{ kind: 'device', ref: frontDoor }] }

describe('the signature', () => {
  const body =
    '{"feature":"DEVICE_AUTHS","deleted":false,"smartlockAuth":{"id":"66b0c0ffee0000000000a001","smartlockId":17900000001,"name":"Zoë"}}'
  /** Made with openssl, not with the code under test. */
  const made = 'a4acffde05b3cac823869d1b093ba65aebbde416300faf6347e2e09f9f93c9a2'
  it('is HMAC-SHA256 of the raw bytes in hex', () => {
    expect(receive(body, { signature: made })).toMatchObject(look)
    expect(receive(body, { signature: made.toUpperCase() })).toMatchObject(look)
  })
  it('takes the secret as UTF-8 text', () => {
    expect(signatureOf('Schlüssel-für-Nuki', body)).toBe(
      '7f71c73d221b5bc3f8bd65361fbf7b911daafcdb08470123e2a86968e60ed641',
    )
  })
  it.each([
    ['none', null],
    ['an empty one', ''],
    ['another secret’s', signatureOf('another-secret', body)],
    ['half of it', made.slice(0, 32)],
    ['one digit changed', made.replace(/.$/, (last) => (last === '0' ? '1' : '0'))],
    ['no hex', 'z'.repeat(64)],
    ['the secret itself', sampleSecret],
  ])('is refused: %s', (_, signature) => {
    expect(receive(body, { signature })).toMatchObject({ verdict: 'rejected', because: 'bad-signature' })
  })
  it('of another body proves nothing, not even when the JSON is the same', () => {
    expect(receive(`${body} `, { signature: made })).toMatchObject({ verdict: 'rejected', because: 'bad-signature' })
  })
  it('the older header beside it is left alone', () => {
    const headers = new Headers({ 'x-nuki-signature': made })
    expect(receive(body, { headers })).toMatchObject({ verdict: 'rejected', because: 'bad-signature' })
  })
  it('without a secret in the connection a delivery only rings', () => {
    const config = { apiToken: goodToken }
    expect(receive(body, { config, signature: null })).toMatchObject({ ...look, proof: 'address-only' })
  })
})

describe('every payload says which lock to look at', () => {
  const payloads = fixtures.names.filter((name) => name.startsWith('webhook-'))
  it.each(payloads)('%s', (name) => {
    expect(receive(bodyOf(name))).toMatchObject(look)
  })
  it('a feature that nobody has heard of as well', () => {
    const body = JSON.stringify({ feature: 'DEVICE_WEATHER', smartlockId: 17900000001, more: { smartlockId: 3 } })
    expect(receive(body)).toMatchObject({ ...look, topic: 'DEVICE_WEATHER' })
  })
  it('users of the account have nothing to do with codes', () => {
    expect(receive('{"feature":"ACCOUNT_USER","deleted":false,"accountUser":{"accountUserId":9}}')).toMatchObject({
      verdict: 'ignored',
      topic: 'ACCOUNT_USER',
    })
  })
  it('a lock that was turned by hand or by the app is not looked at', () => {
    const body = { feature: 'DEVICE_LOGS', smartlockLog: { id: 'x', smartlockId: 17900000001, trigger: 1, source: 0 } }
    expect(receive(JSON.stringify(body))).toMatchObject({ verdict: 'ignored' })
  })
  it('another account’s is ignored, once the account is known', () => {
    const body = bodyOf('webhook-masterdata')
    expect(receive(body, { account: '40001' })).toMatchObject(look)
    expect(receive(body, { account: '40002' })).toMatchObject({ verdict: 'ignored' })
  })
  it.each(['', '[]', 'null', '"DEVICE_AUTHS"', 'feature=DEVICE_AUTHS'])('"%s" is malformed', (body) => {
    expect(receive(body)).toMatchObject({ verdict: 'rejected', because: 'malformed' })
  })
  it('a strange name of a feature is not repeated', () => {
    expect(receive('{"feature":"<b>Ada</b>","smartlockId":1}')).toMatchObject({
      topic: 'a feature with an unusual name',
    })
  })
  it('a visit is no delivery', () => {
    expect(receive('', { method: 'GET' })).toMatchObject({ verdict: 'ignored' })
  })
})

describe('the fake calls', () => {
  const verdictsOf = (due: readonly WebhookDelivery[]) =>
    due.map(({ headers, body }) => receive(body, { headers: new Headers(headers) }))

  it('when a code has reached the lock, and not before', async () => {
    const { provider, vendor, clock } = open()
    await provider.writeCode(frontDoor, guestCode(), calm)
    expect(vendor.dueWebhooks()).toEqual([])
    clock.advance(aWhile)
    const due = vendor.dueWebhooks()
    expect(due.map(({ body }) => JSON.parse(body) as object)).toMatchObject([
      { feature: 'DEVICE_AUTHS', deleted: false, smartlockAuth: { code: Number(pin) } },
    ])
    expect(verdictsOf(due)).toMatchObject([look])
    expect(vendor.dueWebhooks()).toEqual([])
  })
  it('when a lock goes and comes back, and when a code is used', async () => {
    const opened = open({ at: '2026-05-02T08:00:00Z' })
    await written(opened)
    opened.vendor.dueWebhooks()
    opened.vendor.setOnline(frontDoor, false)
    opened.vendor.enter(frontDoor, pin)
    const due = opened.vendor.dueWebhooks()
    const features = due.map(({ body }) => (JSON.parse(body) as { feature: string }).feature) // built by the fake
    expect(features).toEqual(['DEVICE_MASTERDATA', 'DEVICE_STATUS', 'DEVICE_LOGS'])
    expect(verdictsOf(due)).toMatchObject([look, look, look])
  })
  it('twice and the newest first, if told so', async () => {
    const { vendor } = open()
    vendor.state.switches.messyWebhooks = true
    vendor.setOnline(frontDoor, false)
    const due = vendor.dueWebhooks()
    expect(due).toHaveLength(4)
    expect(verdictsOf(due)).toMatchObject([look, look, look, look])
    expect(due[0]?.body).toContain('DEVICE_STATUS')
  })
})

describe('trap 15: the secret of a registration is shown once', () => {
  const setUp = () => {
    const { vendor, provider } = open()
    vendor.state.webhooks = []
    return { vendor, register: async (at: string) => await provider.registerWebhook?.(at, calm) }
  }
  const address = 'https://hub.example.org/api/webhooks/nuki/t/quai/sample'

  it('registers, and deliveries are signed with what came back', async () => {
    const { vendor, register } = setUp()
    const fields = await register(address)
    vendor.setOnline(frontDoor, false)
    const [delivery] = vendor.dueWebhooks()
    const config = { apiToken: goodToken, ...fields }
    expect(receive(delivery?.body ?? '', { config, headers: new Headers(delivery?.headers) })).toMatchObject(look)
  })
  it('a second time leaves no orphan that would fail the check, and touches no other address', async () => {
    const { vendor, register } = setUp()
    await register('https://elsewhere.example.org/')
    const first = await register(address)
    expect(await register(address)).not.toEqual(first)
    expect(vendor.state.webhooks.map(({ webhookUrl }) => webhookUrl)).toEqual([
      'https://elsewhere.example.org/',
      address,
    ])
  })
  it('refuses an address that Nuki would not call, and a token without the Advanced API', async () => {
    const { vendor, register } = setUp()
    await expect(register('http://hub.example.org/')).rejects.toMatchObject({
      code: 'refused',
      remedy: expect.stringContaining('https'),
    })
    vendor.state.tokens[goodToken] = ['smartlock.readOnly']
    await expect(register(address)).rejects.toSatisfy((error) => AdapterError.is(error) && error.code === 'auth')
    expect(vendor.state.webhooks).toEqual([])
  })
})
