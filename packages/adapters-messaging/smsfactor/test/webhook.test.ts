import { createHmac } from 'node:crypto'
import type { InboundWebhook } from '@stayward/core/adapter'
import { describe, expect, it } from 'vitest'
import smsFactor, { type SmsFactorConfig } from '../src/adapter.ts'
import { instantIn } from '../src/paris-time.ts'
import { deliveryOf, replyPayload, reportPayload } from '../src/testing/index.ts'
import { matchedVariant } from '../src/webhook-signature.ts'
import { configOf } from './open.ts'

const now = instantIn('2026-07-01T14:10:00Z') ?? expect.fail()
const secret = 'a-secret-for-this-only'
const key = 'msg_01J8ZK3Q'

function receive(body: string | Uint8Array, more: Partial<InboundWebhook<SmsFactorConfig>> = {}) {
  if (!smsFactor.webhook) throw new Error('no receiver')
  return smsFactor.webhook.receive({
    method: 'POST',
    query: new URLSearchParams(),
    headers: new Headers(),
    rawBody: typeof body === 'string' ? new TextEncoder().encode(body) : body,
    config: configOf(),
    now,
    ...more,
  })
}

function signed(body: string, signature: string, mode: 'observe' | 'enforce' = 'observe') {
  const headers = new Headers({ 'X-SMSFactor-Signature': signature })
  return receive(body, { headers, config: configOf({ webhookSecret: secret, signature: mode }) })
}

const report = JSON.stringify(reportPayload(key))
const hmac = (hash: string, form: 'hex' | 'base64') => createHmac(hash, secret).update(report).digest(form)

describe('an unsigned delivery', () => {
  it('only rings the bell, and never with a phone number in it (trap 8)', () => {
    for (const payload of [
      reportPayload(key),
      replyPayload(key),
      replyPayload(key, 'STOP'),
      replyPayload(''),
      replyPayload('33639980001'),
      reportPayload('33639980001'),
    ]) {
      const verdict = receive(JSON.stringify(payload))
      expect(verdict).not.toHaveProperty('facts')
      expect(JSON.stringify(verdict)).not.toContain('33639980001')
    }
  })
  it('about a reply whose last message is not known looks at everything', () => {
    expect(receive(JSON.stringify(replyPayload('')))).toMatchObject({ topic: 'MO', nudges: [{ kind: 'everything' }] })
  })
  it('with an id that no key of ours can have is not taken for one', () => {
    expect(receive(JSON.stringify(reportPayload('campaign 7/é')))).toMatchObject({ verdict: 'ignored' })
    expect(receive(JSON.stringify(replyPayload('x'.repeat(41))))).toMatchObject({ nudges: [{ kind: 'everything' }] })
  })
  it('with more than a hundred messages is one look at everything', () => {
    const many = Array.from({ length: 101 }, (_, index) => reportPayload(`m-${index}`))
    expect(receive(JSON.stringify(many))).toMatchObject({ nudges: [{ kind: 'everything' }] })
  })
  it('twice says the same thing twice', () => {
    expect(receive(report)).toEqual(receive(report))
  })
})

describe('test calls', () => {
  it.each(['', '  \n', '\ufeff', '[]', '{}', '[{}]'])('%j is ignored', (body) => {
    expect(receive(body)).toMatchObject({ verdict: 'ignored', topic: 'test' })
  })
  it('a GET is ignored', () => {
    expect(receive('', { method: 'GET' })).toMatchObject({ verdict: 'ignored' })
  })
})

describe('whatever a stranger sends', () => {
  it.each(['{', 'null', '42', '"text"', '[1]', '[[{}]]', '<xml/>', '\u0000\u0001', 'data=', 'data=%7B', '{"status":'])(
    '%j is malformed',
    (body) => {
      expect(receive(body)).toMatchObject({ verdict: 'rejected', because: 'malformed' })
    },
  )
  it('never throws', () => {
    const bodies: (string | Uint8Array)[] = [
      '['.repeat(10_000) + ']'.repeat(10_000),
      `{"status":3,"message_id":${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}}`,
      '{"__proto__":{"status":3},"constructor":1,"from":[],"message_id":{}}',
      '{"status":3,"status":"","message_id":null,"destination":[]}',
      '{"status":1e999,"message_id":"a","date":"9999999-01-01T00:00:00Z"}',
      '%=%ZZ&%%%=1',
      new Uint8Array([0xff, 0xfe, 0x00, 0xc3, 0x28]),
      new Uint8Array([0x1f, 0x8b, 0x08, 0x00]),
    ]
    for (const body of bodies) {
      expect(receive(body)).toHaveProperty('verdict')
      const headers = new Headers({ 'x-smsfactor-signature': 'x'.repeat(5000) })
      expect(receive(body, { headers, config: configOf({ webhookSecret: secret }) })).toHaveProperty('verdict')
    }
  })
})

describe('a signature', () => {
  const ways: readonly (readonly [string, string, string])[] = [
    ['the secret itself', secret, 'plain'],
    ['HMAC-SHA256 in hex', hmac('sha256', 'hex'), 'hmac-sha256 hex'],
    ['HMAC-SHA256 in capitals', hmac('sha256', 'hex').toUpperCase(), 'hmac-sha256 hex'],
    ['HMAC-SHA256 in base64', hmac('sha256', 'base64'), 'hmac-sha256 base64'],
    ['HMAC-SHA256 with its name', `sha256=${hmac('sha256', 'hex')}`, 'hmac-sha256 hex'],
    ['HMAC-SHA256 in base64 with its name', `sha256=${hmac('sha256', 'base64')}`, 'hmac-sha256 base64'],
    ['HMAC-SHA1 in hex', hmac('sha1', 'hex'), 'hmac-sha1 hex'],
    ['HMAC-SHA1 in base64', hmac('sha1', 'base64'), 'hmac-sha1 base64'],
    ['HMAC-SHA1 with its name', `sha1=${hmac('sha1', 'hex')}`, 'hmac-sha1 hex'],
  ]
  it.each(ways)(
    'as %s is recognised, turns the report into a fact, and the log names the way',
    (_, header, variant) => {
      for (const mode of ['observe', 'enforce'] as const)
        expect(signed(report, header, mode)).toEqual({
          verdict: 'accepted',
          proof: 'signature',
          topic: `DLR, signed (${variant})`,
          nudges: [{ kind: 'message', key }],
          facts: [{ kind: 'message-delivery', key, state: 'delivered', at: '2026-07-01T14:03:06.000Z' }],
        })
    },
  )
  it.each([
    ['of another secret', createHmac('sha256', 'another').update(report).digest('hex')],
    ['over other bytes', createHmac('sha256', secret).update(`${report} `).digest('hex')],
    ['cut short', hmac('sha256', 'hex').slice(0, -1)],
    ['under the wrong name', `sha1=${hmac('sha256', 'hex')}`],
    ['empty', ''],
  ])('%s proves nothing: observed it is a nudge, enforced it is refused (trap 13)', (_, header) => {
    const observed = signed(report, header)
    expect(observed).toEqual({
      verdict: 'accepted',
      proof: 'address-only',
      topic: 'DLR, signature not recognised',
      nudges: [{ kind: 'message', key }],
    })
    expect(signed(report, header, 'enforce')).toMatchObject({ verdict: 'rejected', because: 'bad-signature' })
  })
  it('that is missing is refused when enforced', () => {
    expect(receive(report, { config: configOf({ webhookSecret: secret, signature: 'enforce' }) })).toMatchObject({
      because: 'bad-signature',
    })
  })
  it('without a secret in the connection proves nothing', () => {
    expect(receive(report, { headers: new Headers({ 'x-smsfactor-signature': hmac('sha256', 'hex') }) })).toMatchObject(
      { proof: 'address-only' },
    )
  })
  it('is not asked of an empty test call', () => {
    expect(receive('', { config: configOf({ webhookSecret: secret, signature: 'enforce' }) })).toMatchObject({
      verdict: 'ignored',
    })
  })
  it('header is not kept: it may be the secret', () => {
    expect(smsFactor.webhook?.secretHeaders).toContain('x-smsfactor-signature')
  })
  it('is computed as the RFCs compute it', () => {
    // RFC 4231 and RFC 2202, test case 2 of each.
    const data = new TextEncoder().encode('what do ya want for nothing?')
    expect(matchedVariant('Jefe', '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843', data)).toBe(
      'hmac-sha256 hex',
    )
    expect(matchedVariant('Jefe', 'effcdf6ae5eb2fa2d27416d5f184df9c259a7c79', data)).toBe('hmac-sha1 hex')
    expect(matchedVariant('Jefe', 'effcdf6ae5eb2fa2d27416d5f184df9c259a7c78', data)).toBeUndefined()
  })
  it.each(['none', 'plain', 'hmac-sha256-hex'] as const)(
    'made by the fake (%s) is judged as such, in every content type',
    (signature) => {
      for (const webhookContentType of [
        'application/json',
        'text/plain',
        'application/x-www-form-urlencoded',
      ] as const) {
        const { body, headers } = deliveryOf(reportPayload(key), { signature, webhookContentType, secret })
        const verdict = receive(body, { headers: new Headers(headers), config: configOf({ webhookSecret: secret }) })
        expect(verdict).toMatchObject({
          verdict: 'accepted',
          proof: signature === 'none' ? 'address-only' : 'signature',
        })
      }
    },
  )
})

describe('the codes of a signed report', () => {
  it.each([
    [0, 'pending'],
    [1, 'sent'],
    [2, 'failed'],
    [3, 'delivered'],
    [4, 'failed'],
    [5, 'failed'],
    [6, 'failed'],
    [7, 'failed'],
    [9, 'failed'],
    [11, 'failed'],
    [12, 'failed'],
  ])('%i is %s, as a number and as text', (code, state) => {
    for (const status of [code, String(code)]) {
      const body = JSON.stringify(reportPayload(key, status))
      expect(signed(body, secret)).toMatchObject({ facts: [{ key, state }] })
    }
  })
  it.each([8, 10, 99, 'x'])('%s is not documented: a nudge, and no fact', (status) => {
    expect(signed(JSON.stringify(reportPayload(key, status)), secret)).toMatchObject({
      nudges: [{ kind: 'message', key }],
      facts: [],
    })
  })
  it('without a readable date happened now; a wall time is Paris time', () => {
    const dated = (date: string) => signed(JSON.stringify({ ...reportPayload(key), date }), secret)
    expect(dated('')).toMatchObject({ facts: [{ at: now }] })
    expect(dated('2026-07-01 16:00:00')).toMatchObject({ facts: [{ at: '2026-07-01T14:00:00.000Z' }] })
  })
  it('a signed reply is no fact about a delivery', () => {
    expect(signed(JSON.stringify(replyPayload(key)), secret)).toMatchObject({ proof: 'signature', facts: [] })
  })
})
