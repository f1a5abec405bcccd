import { calm, failureOf } from '@stayward/core/testing'
import { describe, expect, it } from 'vitest'
import smoobu from '../src/adapter.ts'
import { plainText } from '../src/plain-text.ts'
import { fixture } from './fixture.ts'
import { apiKey, apiSecret, smoobuAccount } from './smoobu-account.ts'

const ref = '90210001'

/** An adapter in front of one fixed answer. */
function answering(status: number, body: string) {
  return smoobu.open({
    config: { apiKey, apiSecret },
    fetch: async () => new Response(body, { status }),
    clock: smoobuAccount(),
    entropy: { bytes: (count) => new Uint8Array(count) },
  })
}

describe('a message to the guest', () => {
  it('is accepted without a number, and is found in the conversation', async () => {
    const { provider, vendor } = smoobuAccount()
    const text = 'Hello Ada,\nyour code: 0472 <b>& more</b>'
    expect(await provider.messageGuest?.({ ref, text }, calm)).toEqual({ status: 'accepted' })
    expect(vendor.inbox(ref)).toEqual([text])
    expect(await provider.readMessages?.(ref, calm)).toEqual([{ from: 'host', text, at: '2026-05-01T10:00:00.000Z' }])
  })
  it('whose answer was lost was sent once, and can be found (trap 12)', async () => {
    const { provider, vendor, wire } = smoobuAccount()
    wire.failNext('timeout-after')
    const sent = provider.messageGuest?.({ ref, text: 'Hello' }, calm) ?? Promise.resolve()
    expect((await failureOf(sent)).code).toBe('outcome-unknown')
    expect(vendor.inbox(ref)).toEqual(['Hello'])
    expect(await provider.readMessages?.(ref, calm)).toMatchObject([{ from: 'host', text: 'Hello' }])
  })
  it('that Smoobu does not accept is refused, with the field and without the text', async () => {
    const { provider, vendor } = smoobuAccount()
    expect(await provider.messageGuest?.({ ref, text: '  ' }, calm)).toEqual({
      status: 'refused',
      reason: 'bad-content',
      detail: 'Smoobu does not accept: messageBody',
    })
    expect(vendor.inbox(ref)).toEqual([])
    for (const body of ['<h1>Bad Request</h1>', '{"validation_messages":{"Ada Examplova 0472":"x"}}', '{}'])
      expect(await answering(400, body).messageGuest?.({ ref, text: 'Hello' }, calm)).toEqual({
        status: 'refused',
        reason: 'bad-content',
      })
  })
  it('for a booking that is gone, or of another system, fails as gone', async () => {
    const { provider, wire } = smoobuAccount()
    for (const other of ['90210006', 'HM-1', '../me'])
      expect(
        (await failureOf(provider.messageGuest?.({ ref: other, text: 'Hello' }, calm) ?? Promise.resolve())).code,
      ).toBe('gone')
    expect(wire.calls.length).toBe(1)
  })
  it.each([
    [201, '', 'accepted'],
    [201, 'not JSON', 'accepted'],
    [200, '{}', 'accepted'],
    [200, '{"status":"ok"}', 'accepted'],
    [200, '{"status":422,"title":"Error occurred","detail":"x"}', 'outcome-unknown'],
    [200, '<html>Maintenance</html>', 'outcome-unknown'],
    [200, '', 'outcome-unknown'],
  ])('answered %d %j is %s', async (status, body, meaning) => {
    const sent = answering(status, body).messageGuest?.({ ref, text: 'Hello' }, calm) ?? Promise.resolve()
    if (meaning === 'accepted') expect(await sent).toEqual({ status: 'accepted' })
    else expect((await failureOf(sent)).code).toBe(meaning)
  })
})

describe('the conversation', () => {
  it('is read to its last page, where the newest are (trap 14)', async () => {
    const { provider, vendor, advance } = smoobuAccount()
    for (let n = 1; n <= 60; n++) {
      vendor.guestWrites(ref, `Question ${n}`)
      advance(60_000)
      vendor.hostWrites(ref, `Answer ${n}`)
    }
    const messages = await provider.readMessages?.(ref, calm)
    expect(messages?.length).toBe(120)
    expect(messages?.slice(-2)).toMatchObject([
      { from: 'guest', text: 'Question 60' },
      { from: 'host', text: 'Answer 60' },
    ])
  })
  it('shows times as instants and texts without markup', async () => {
    const messages = await answering(200, JSON.stringify(fixture('message-page').body)).readMessages?.(ref, calm)
    expect(messages).toEqual([
      { from: 'guest', text: 'Hello, 2 < 3 &amp; so on', at: '2026-07-09T16:02:11.000Z' },
      { from: 'host', text: 'Hello Ada,\nCode: 0472 & more', at: '2026-07-09T16:05:00.000Z' },
    ])
  })
  it.each(['data', 'entries'])('is found under the name %s too', async (name) => {
    const { messages, ...counts } = fixture('message-page').body as { messages: unknown } // our own file
    const read = await answering(200, JSON.stringify({ ...counts, [name]: messages })).readMessages?.(ref, calm)
    expect(read?.length).toBe(2)
  })
  it.each([
    ['no list', { page_count: 1, total_items: 0 }],
    ['fewer messages than Smoobu counts', { page_count: 1, total_items: 3, messages: [] }],
  ])('with %s is a failure: it must not say that nothing was sent', async (_, body) => {
    const read = answering(200, JSON.stringify(body)).readMessages?.(ref, calm) ?? Promise.resolve()
    expect((await failureOf(read)).code).toBe('bad-response')
  })
  it('that Smoobu does not have, as for an inquiry, is gone', async () => {
    const { provider } = smoobuAccount()
    expect((await failureOf(provider.readMessages?.('90210006', calm) ?? Promise.resolve())).code).toBe('gone')
  })
})

it.each([
  ['<p>One</p><p>Two<br>Three</p>', 'One\nTwo\nThree'],
  ['<style>p{color:red}</style><p>&#72;&#x69; &unknown; &#0;</p>', 'Hi &unknown; &#0;'],
  ['  plain  ', 'plain'],
  ['5 < 6 and a<b>c</b>', '5 < 6 and ac'],
  ['1 < 2 > 0 &amp;', '1 < 2 > 0 &amp;'],
  ['', ''],
])('takes the markup off %j', (body, text) => {
  expect(plainText(body)).toBe(text)
})
