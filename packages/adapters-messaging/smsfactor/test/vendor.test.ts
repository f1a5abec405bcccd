import { fetchFrom } from '@stayward/core/testing'
import { describe, expect, it } from 'vitest'
import { fakeToken, magicNumbers, type SmsFactorVendorOptions, smsFactorVendor, tokenOf } from '../src/testing/index.ts'

const origin = 'https://api.smsfactor.com'

function stand(options: SmsFactorVendorOptions = {}) {
  let now = Date.parse('2026-07-01T14:00:00Z')
  const vendor = smsFactorVendor({ now: () => now, reportDelay: 1000, listingLag: 0, ...options })
  const fetch = fetchFrom(vendor)
  const json = async (method: string, path: string, body?: unknown, token = fakeToken) => {
    const headers = { accept: 'application/json', 'content-type': 'application/json', authorization: `Bearer ${token}` }
    const response = await fetch(`${origin}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> } // the fake answers objects
  }
  const send = (to: string, more: object = {}) =>
    json('POST', '/send', {
      sms: { message: { text: 'Hello', ...more }, recipients: { gsm: [{ gsmsmsid: 'k1', value: to }] } },
    })
  const advance = (milliseconds: number) => void (now += milliseconds)
  return { vendor, fetch, json, send, advance, now: () => now }
}

describe('formats', () => {
  it('speaks XML unless JSON is asked for, both with HTTP 200', async () => {
    const { fetch } = stand()
    const xml = await fetch(`${origin}/credits`, { headers: { authorization: `Bearer ${fakeToken}` } })
    expect(await xml.text()).toMatch(/^<\?xml .*<credits>44690<\/credits>/s)
    const refused = await fetch(`${origin}/credits`, { headers: { accept: 'application/json' } })
    expect(refused.status).toBe(200)
    expect(await refused.json()).toMatchObject({ status: -1, details: 'Token invalide' })
  })
  it('takes a body for XML without a content type, and a form with one field of JSON', async () => {
    const { fetch } = stand()
    const post = async (type: string, body: string) => {
      const headers = { accept: 'application/json', authorization: `Bearer ${fakeToken}`, 'content-type': type }
      return (await fetch(`${origin}/send`, { method: 'POST', headers, body })).json()
    }
    const good = JSON.stringify({
      sms: { message: { text: 'Hello' }, recipients: { gsm: [{ value: '33639980001' }] } },
    })
    expect(await post('text/xml', good)).toMatchObject({ status: -2 })
    expect(await post('application/json', '{')).toMatchObject({ status: -6 })
    expect(await post('application/json', '{"sms":{}}')).toMatchObject({ status: -7 })
    expect(
      await post('application/x-www-form-urlencoded', new URLSearchParams({ data: good }).toString()),
    ).toMatchObject({ status: 1, sent: 1 })
  })
  it('knows no other address', async () => {
    expect((await stand().fetch(`${origin}/nothing`)).status).toBe(404)
  })
})

describe('sending', () => {
  it('by GET has its effect too, with the token in the address', async () => {
    const { fetch, vendor } = stand()
    const query = new URLSearchParams({ to: '33639980001', text: 'Hello', gsmsmsid: 'g', token: fakeToken })
    await fetch(`${origin}/send?${query.toString()}`, { headers: { accept: 'application/json' } })
    await fetch(`${origin}/send/simulate?${query.toString()}`, { headers: { accept: 'application/json' } })
    expect(vendor.received('+33639980001')).toEqual(['Hello'])
  })
  it('gives a ticket as text, costs parts, takes a plus, and refuses national numbers by counting them', async () => {
    const { send, vendor } = stand()
    expect((await send('+33639980001', { text: 'a'.repeat(161) })).body).toMatchObject({
      ticket: expect.any(String),
      cost: 2,
      credits: 44_688,
      sent: 1,
    })
    expect((await send('33639980001', { text: 'ł'.repeat(71), unicode: 1 })).body).toMatchObject({ cost: 2 })
    for (const to of ['0639980001', '0033639980001', '336'])
      expect((await send(to)).body).toMatchObject({ status: 1, sent: 0, invalid: 1, cost: 0 })
    expect(vendor.state.messages).toHaveLength(2)
  })
  it('loses what GSM-7 lacks when Unicode was not asked for', async () => {
    const { send, vendor } = stand()
    await send('33639980001', { text: 'Łódź' })
    expect(vendor.received('+33639980001')).toEqual(['?ód?'.replace('ó', '?')])
  })
  it('counts doubles within one request only', async () => {
    const { json } = stand()
    const gsm = [{ value: '33639980001' }, { value: '33639980001' }]
    expect(
      (await json('POST', '/send', { sms: { message: { text: 'Hello' }, recipients: { gsm } } })).body,
    ).toMatchObject({ total: 2, sent: 1, duplicated: 1 })
  })
  it('delays until a Paris time and can then be cancelled; a date of the past is −4', async () => {
    const { send, json, vendor, advance } = stand()
    const { body } = await send('33639980001', { delay: '2026-07-01 17:00:00' })
    expect(vendor.received('+33639980001')).toEqual([])
    expect((await json('DELETE', `/send/${String(body['ticket'])}`)).body).toMatchObject({ status: 1 })
    advance(2 * 3_600_000)
    expect(vendor.received('+33639980001')).toEqual([])
    expect((await send('33639980001', { delay: '2026-07-01 17:00:00' })).body).toMatchObject({ status: -4 })
    expect((await json('DELETE', '/send/1')).body).toMatchObject({ status: -5 })
  })
})

describe('delivery reports', () => {
  it('come as 1 and then 3, once each, with digits and our id', async () => {
    const { send, vendor, advance } = stand({ webhooks: true })
    await send('33639980001')
    const codes = () => vendor.dueWebhooks().map(({ body }) => JSON.parse(body))
    expect(codes()).toEqual([])
    advance(1000)
    expect(codes()).toEqual([
      expect.objectContaining({
        status: 1,
        destination: '33639980001',
        message_id: 'k1',
        date: '2026-07-01T16:00:01+02:00',
      }),
    ])
    advance(1000)
    expect(codes()).toEqual([expect.objectContaining({ status: 3 })])
    expect(codes()).toEqual([])
  })
  it.each([
    ['doubled', ['1', '1', '3', '3']],
    ['reversed', ['3', '1']],
    ['missing', []],
    ['none', ['1', '3']],
  ] as const)('may be %s, and text', async (webhookMishap, codes) => {
    const { send, vendor, advance } = stand({ webhooks: true })
    Object.assign(vendor.state.behaviour, { webhookMishap, numbersAsText: true })
    await send('33639980001')
    advance(5000)
    expect(vendor.dueWebhooks().map(({ body }) => JSON.parse(body).status)).toEqual(codes)
  })
  it('carry the code of the number, and nothing for the silent one', async () => {
    const { send, vendor, advance } = stand({ webhooks: true })
    await send(magicNumbers.reporting(12))
    await send(magicNumbers.silent)
    advance(5000)
    expect(vendor.dueWebhooks().map(({ body }) => JSON.parse(body).status)).toEqual([1, 12])
  })
  it('are not sent to paused webhooks or without any', async () => {
    const { send, vendor, advance } = stand()
    await send('33639980001')
    advance(5000)
    expect(vendor.dueWebhooks()).toEqual([])
  })
})

describe('settings', () => {
  it('keep webhooks per account and show the secret in clear', async () => {
    const { json, vendor, send, advance } = stand()
    const made = await json('POST', '/webhook', {
      webhook: { type: 'DLR', url: 'https://hub.example/w', signature: 'shh' },
    })
    expect(made.body).toMatchObject({
      status: 1,
      webhook: { type: 'DLR', signature: 'shh', status: 'live', last_http_code: null },
    })
    const id = vendor.state.webhooks[0]?.id
    await json('PUT', `/webhook/${id}/status`, { webhook: { status: 'paused' } })
    await send('33639980001')
    advance(5000)
    expect(vendor.dueWebhooks()).toEqual([])
    await json('PUT', `/webhook/${id}`, { webhook: { type: 'MO', url: 'https://hub.example/w' } })
    expect((await json('GET', '/webhook')).body['webhooks']).toEqual([
      expect.objectContaining({ type: 'MO', status: 'paused' }),
    ])
    await json('DELETE', `/webhook/${id}`)
    expect(vendor.state.webhooks).toEqual([])
    expect((await json('DELETE', `/webhook/${id}`)).body).toMatchObject({ status: -5 })
    expect((await json('POST', '/webhook', { webhook: { type: 'NEWS', url: 'x' } })).body).toMatchObject({ status: -7 })
  })
  it('make a second token that works and delete the first, which then does not', async () => {
    const { json } = stand()
    const { body } = await json('POST', '/token', { token: { name: 'hub 2' } })
    expect((await json('GET', '/credits', undefined, String(body['token']))).body).toMatchObject({ status: 1 })
    await json('DELETE', '/token/1')
    expect((await json('GET', '/token')).body).toMatchObject({ status: -1 })
  })
  it('of two accounts never mix', async () => {
    const { json, send, vendor, advance } = stand()
    const other = tokenOf('22222')
    vendor.state.accounts.push({
      id: '22222',
      tokens: [{ id: '9', name: 'b', token: other }],
      credits: 7,
      postpaid: false,
      unlimited: false,
    })
    await send('33639980001')
    advance(1000)
    const window = new URLSearchParams({ date_start: '2026-07-01 00:00:00', date_end: '2026-07-02 00:00:00' })
    expect((await json('GET', `/messages?${window.toString()}`)).body['messages']).toHaveLength(1)
    expect((await json('GET', `/messages?${window.toString()}`, undefined, other)).body['messages']).toEqual([])
    expect((await json('GET', '/messages')).body).toMatchObject({ status: -7 })
  })
  it('report a campaign as an array of one with totals as text', async () => {
    const { json, send, advance } = stand()
    const { body } = await send('33639980001')
    advance(5000)
    expect((await json('GET', `/campaign/${String(body['ticket'])}`)).body).toMatchObject({
      campaign: [{ total: '1', delivered: '1' }],
    })
  })
})

describe('the memory', () => {
  it('survives a round trip through JSON in the middle of a delivery', async () => {
    const first = stand({ webhooks: true })
    await first.send('33639980001')
    first.advance(1000)
    expect(first.vendor.dueWebhooks()).toHaveLength(1)
    first.vendor.reply('+33639980001', 'Merci')
    const state = JSON.parse(JSON.stringify(first.vendor.state))
    const second = smsFactorVendor({
      state,
      now: () => first.now() + 5000,
      webhooks: true,
      reportDelay: 1000,
      listingLag: 0,
    })
    expect(second.dueWebhooks().map(({ body }) => JSON.parse(body))).toEqual([
      expect.objectContaining({ message: 'Merci', last_message_id: 'k1', account_id: '11656' }),
      expect.objectContaining({ status: 3 }),
    ])
    expect(second.received('+33639980001')).toEqual(['Hello'])
    expect(second.state.webhooks).toHaveLength(3)
  })
})
