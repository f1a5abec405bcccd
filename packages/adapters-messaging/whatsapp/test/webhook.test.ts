import { calm } from '@stayward/core/testing'
import { describe, expect, it } from 'vitest'
import whatsApp from '../src/adapter.ts'
import { deliveryOf, fake, handshakeQuery, unreachableNumber, userIdOf } from '../src/testing/index.ts'
import { bench, configOf, guest, hour, message, minute, received, stranger, verifyToken } from './open.ts'

const secret = fake.appSecret
const factsOf = (verdicts: ReturnType<ReturnType<typeof bench>['hear']>) =>
  verdicts.flatMap((verdict) => (verdict.verdict === 'accepted' ? (verdict.facts ?? []) : []))
const envelope = (...values: object[]) => ({
  object: 'whatsapp_business_account',
  entry: [{ id: fake.account, changes: values.map((value) => ({ field: 'messages', value })) }],
})
const metadata = { display_phone_number: '33639980000', phone_number_id: fake.number }
const other = { ...metadata, phone_number_id: '999000111222333' }
const status = (over: object = {}) => ({
  id: 'wamid.1',
  status: 'delivered',
  timestamp: '1782914410',
  biz_opaque_callback_data: 'k1',
  ...over,
})
const deliver = (body: unknown, config = configOf()) => {
  const { body: text, headers } = deliveryOf(body, secret)
  return received(text, headers, config)
}

describe('the handshake', () => {
  const ask = (query: string) =>
    whatsApp.webhook?.receive({
      method: 'GET',
      query: new URLSearchParams(query),
      headers: new Headers(),
      rawBody: new Uint8Array(),
      config: configOf(),
      now: bench().now(),
    })
  it('gives the challenge back as it came (trap 14)', () => {
    expect(ask(handshakeQuery(verifyToken))).toEqual({ verdict: 'challenge', body: '1158201444' })
  })
  it('refuses another verify token, and one that is missing', () => {
    for (const query of [handshakeQuery('another-token-altogether'), 'hub.mode=subscribe&hub.challenge=1'])
      expect(ask(query)).toMatchObject({ verdict: 'rejected', because: 'bad-signature' })
  })
  it('gives back no page: a challenge is a word', () => {
    expect(ask(handshakeQuery(verifyToken, '<script>'))).toMatchObject({ verdict: 'rejected' })
    expect(ask(handshakeQuery(verifyToken, ''))).toMatchObject({ verdict: 'rejected' })
  })
  it('is not every visit', () => expect(ask('')).toMatchObject({ verdict: 'ignored' }))
})

describe('a delivery', () => {
  it.each(['wrong', 'missing'] as const)('with a %s signature is refused', async (signature) => {
    const { provider, vendor, advance, hear } = bench()
    vendor.state.behaviour.signature = signature
    await provider.send(message(), calm)
    advance(minute)
    expect(hear()).toMatchObject([{ verdict: 'rejected', because: 'bad-signature' }])
  })
  it('signed with the secret before is taken while that is entered', () => {
    const signed = deliveryOf(envelope({ metadata, statuses: [status()] }), 'f'.repeat(32))
    expect(received(signed.body, signed.headers)).toMatchObject({ verdict: 'rejected' })
    const config = configOf({ previousAppSecret: 'f'.repeat(32) })
    expect(received(signed.body, signed.headers, config)).toMatchObject({ verdict: 'accepted', proof: 'signature' })
  })
  it('that is signed and no JSON of theirs is malformed', () => {
    expect(deliver({ object: 'page', entry: [] })).toMatchObject({ verdict: 'rejected', because: 'malformed' })
  })
  it('of many entries and changes is read to its end', () => {
    const verdict = deliver({
      object: 'whatsapp_business_account',
      entry: [1, 2].map((entry) => ({
        id: fake.account,
        changes: [1, 2].map((change) => ({
          field: 'messages',
          value: {
            metadata,
            statuses: [1, 2].map((n) => status({ biz_opaque_callback_data: `k${entry}${change}${n}` })),
          },
        })),
      })),
    })
    expect(verdict).toMatchObject({ verdict: 'accepted', topic: 'messages, 8 statuses' })
    expect(verdict?.verdict === 'accepted' ? verdict.nudges : []).toHaveLength(8)
  })
  it('about more messages than can be named is one look at everything, and every fact', () => {
    const statuses = Array.from({ length: 500 }, (_, n) => status({ biz_opaque_callback_data: `k${n}` }))
    const verdict = deliver(envelope({ metadata, statuses }))
    expect(verdict).toMatchObject({ nudges: [{ kind: 'everything' }] })
    expect(verdict?.verdict === 'accepted' ? verdict.facts : []).toHaveLength(500)
  })
  it('keeps what it understands when one part of it is strange', () => {
    const verdict = deliver(envelope({ metadata, statuses: [null, 7, status(), { id: {} }] }, { metadata: 5 }))
    expect(verdict).toMatchObject({ verdict: 'accepted', facts: [{ key: 'k1', state: 'delivered' }] })
  })
})

describe('numbers of other connections', () => {
  it('are told apart from this one’s, in one delivery, whatever comes first (trap 15)', () => {
    const verdict = deliver(
      envelope(
        { metadata: other, statuses: [status({ biz_opaque_callback_data: 'theirs' })] },
        { metadata, statuses: [status()] },
        {
          metadata: other,
          messages: [
            { from: '33639980001', id: 'wamid.2', timestamp: '1782914410', type: 'text', text: { body: 'Hi' } },
          ],
        },
      ),
    )
    expect(verdict).toMatchObject({
      verdict: 'accepted',
      nudges: [{ kind: 'message', key: 'k1' }],
      facts: [{ key: 'k1' }],
      elsewhere: [
        {
          account: '999000111222333',
          nudges: [{ kind: 'message', key: 'theirs' }, { kind: 'everything' }],
          facts: [{ key: 'theirs' }, { kind: 'word', text: 'Hi' }],
        },
      ],
    })
  })
  it('are named even when nothing of them would be kept, and when they have no id', () => {
    expect(deliver(envelope({ metadata: other, statuses: [] }))).toMatchObject({
      elsewhere: [{ account: other.phone_number_id }],
    })
    expect(deliver(envelope({ statuses: [status()] }))).toMatchObject({
      nudges: [],
      facts: [],
      elsewhere: [{ account: 'none' }],
    })
  })
  it('are not the sample of the dashboard, which is ignored', () => {
    const sample = { ...metadata, phone_number_id: '123456123' }
    expect(deliver(envelope({ metadata: sample, statuses: [status()] }))).toMatchObject({
      verdict: 'ignored',
      topic: 'sample',
    })
  })
})

describe('statuses', () => {
  it.each([
    ['sent', 'sent'],
    ['delivered', 'delivered'],
    ['read', 'read'],
    ['played', 'read'],
    ['failed', 'failed'],
  ])('%s is %s', (theirs, state) => {
    expect(deliver(envelope({ metadata, statuses: [status({ status: theirs })] }))).toMatchObject({
      facts: [{ state }],
    })
  })
  it.each(['deleted', 'warning', 'toString', ''])('%j is ignored', (theirs) => {
    expect(deliver(envelope({ metadata, statuses: [status({ status: theirs })] }))).toMatchObject({
      verdict: 'ignored',
    })
  })
  it('of messages that others sent are ignored: they have no key of ours', () => {
    for (const key of [undefined, '', 'a key of somebody’s', 'x'.repeat(41)])
      expect(deliver(envelope({ metadata, statuses: [status({ biz_opaque_callback_data: key })] }))).toMatchObject({
        verdict: 'ignored',
      })
  })
  it('come out of order, doubled and without a step, and each is told as it is (trap 11)', async () => {
    for (const order of ['reversed', 'doubled'] as const) {
      const { provider, vendor, advance, hear } = bench()
      vendor.state.behaviour.order = order
      vendor.state.behaviour.skipsDelivered = true
      await provider.send(message(), calm)
      advance(minute)
      const states = factsOf(hear()).map((fact) => (fact.kind === 'message-delivery' ? fact.state : ''))
      expect(states).toEqual(order === 'reversed' ? ['read', 'sent'] : ['sent', 'sent', 'read', 'read'])
    }
  })
  it.each(['v23', 'v24'] as const)(
    'are the same in webhooks of %s, with or without a conversation (trap 16)',
    async (version) => {
      const { provider, vendor, advance, hear } = bench()
      vendor.state.behaviour.version = version
      await provider.send(message(), calm)
      advance(minute)
      expect(factsOf(hear())).toMatchObject([{ state: 'sent' }, { state: 'delivered' }])
    },
  )
  it('that come late say why it failed, and which message it was (trap 1)', async () => {
    const { provider, advance, hear } = bench()
    const receipt = await provider.send(message({ to: `+${unreachableNumber}` }), calm)
    expect(receipt).toMatchObject({ status: 'accepted' })
    advance(3 * hour)
    expect(factsOf(hear())).toMatchObject([
      {
        key: 'msg_01J8ZK3Q',
        state: 'failed',
        reason: 'The number has no WhatsApp, an old one, or has not accepted its terms.',
        vendorRef: expect.stringMatching(/^wamid\./),
      },
    ])
  })
  it('settle a send whose answer was lost, by the key alone (trap 7)', async () => {
    const { provider, wire, advance, hear } = bench()
    wire.failNext('timeout-after')
    await expect(provider.send(message({ to: stranger }), calm)).rejects.toMatchObject({ code: 'outcome-unknown' })
    advance(minute)
    expect(factsOf(hear())).toMatchObject([{ key: 'msg_01J8ZK3Q', state: 'sent' }, { key: 'msg_01J8ZK3Q' }])
  })
  it('do not come before an app is subscribed (trap 3)', async () => {
    const { provider, vendor, advance, hear } = bench()
    for (const account of vendor.state.accounts) account.subscribed = false
    await provider.send(message(), calm)
    advance(minute)
    expect(hear()).toEqual([])
  })
})

describe('words', () => {
  const wordsOf = (content: { type: string } & Record<string, unknown>) => {
    const { vendor, hear } = bench()
    vendor.sends(guest, content)
    return factsOf(hear()).map((fact) => (fact.kind === 'word' ? fact.text : ''))
  }
  it.each([
    [{ type: 'text', text: { body: 'Où est la clé ? 🔑' } }, 'Où est la clé ? 🔑'],
    [{ type: 'button', button: { payload: 'HELP:msg_1', text: 'J’ai besoin d’aide' } }, 'J’ai besoin d’aide'],
    [
      { type: 'interactive', interactive: { type: 'button_reply', button_reply: { id: 'KEY_OK', title: 'Oui' } } },
      'Oui',
    ],
    [
      { type: 'interactive', interactive: { type: 'list_reply', list_reply: { id: 'R1', title: 'Arrivée' } } },
      'Arrivée',
    ],
    [{ type: 'image', image: { id: '1', mime_type: 'image/jpeg', caption: 'La porte' } }, '[image] La porte'],
    [{ type: 'audio', audio: { id: '1', voice: true } }, '[audio]'],
    [
      { type: 'location', location: { latitude: 45.7, name: 'Place Bellecour', address: '69002 Lyon' } },
      '[location] Place Bellecour 69002 Lyon',
    ],
    [{ type: 'reaction', reaction: { message_id: 'wamid.1', emoji: '👍' } }, '[reaction 👍]'],
    [{ type: 'unsupported', unsupported: { type: 'poll' }, errors: [{ code: 131051 }] }, '[unsupported]'],
    [{ type: '<b>' }, '[message]'],
  ])('of %o are read as %s', (content, text) => expect(wordsOf(content)).toEqual([text]))

  it('of the system are nobody’s', () => {
    expect(wordsOf({ type: 'system', system: { body: 'User changed', wa_id: '33600000000' } })).toEqual([])
  })
  it('come from every number that the digits may stand for, and from the name without a number (trap 6)', () => {
    const { vendor, hear } = bench()
    vendor.state.behaviour.oldNumbers = true
    vendor.sends('+5511987654321', { type: 'text', text: { body: 'Oi' } })
    expect(factsOf(hear())).toMatchObject([{ from: ['+551187654321', '+5511987654321', userIdOf('5511987654321')] }])
  })
  it('of people without a number come from their name, which the statuses of our messages told before', async () => {
    const { provider, vendor, advance, hear } = bench()
    vendor.state.behaviour.hidesNumbers = true
    await provider.send(message(), calm)
    vendor.reply(guest, 'Merci')
    advance(minute)
    const alias = userIdOf('33639980001')
    expect(factsOf(hear())).toMatchObject([{ kind: 'word', from: [alias] }, { alias }, { alias }])
  })
  it('that say STOP opt out', () => {
    const { vendor, hear } = bench()
    for (const text of ['STOP', ' stop. ', 'stop it', 'Where is the stop?']) vendor.reply(guest, text)
    const stops = factsOf(hear()).map((fact) => fact.kind === 'word' && fact.optsOut)
    expect(stops).toEqual([true, true, false, false])
  })
  it('from a time that lies ahead are from now', () => {
    const words = [{ from: '33639980001', id: 'w', timestamp: '4000000000', type: 'text', text: { body: 'x' } }]
    expect(deliver(envelope({ metadata, messages: words }))).toMatchObject({
      facts: [{ at: '2026-07-01T14:00:00.000Z' }],
    })
  })
  it('that the host wrote in the phone app are not the guest’s (trap 21)', () => {
    const echo = {
      field: 'smb_message_echoes',
      value: { metadata, message_echoes: [{ from: '33639980000', id: 'w' }] },
    }
    const body = { object: 'whatsapp_business_account', entry: [{ id: fake.account, changes: [echo] }] }
    expect(deliver(body)).toMatchObject({ verdict: 'ignored' })
  })
})

it.each(['account_update', 'message_template_status_update', 'phone_number_quality_update', 'something_new'])(
  'news of the field %s is ignored: the test of the connection reads how things are (trap 22)',
  (field) => {
    const body = {
      object: 'whatsapp_business_account',
      entry: [{ id: fake.account, changes: [{ field, value: { event: 'X' } }] }],
    }
    expect(deliver(body)).toMatchObject({ verdict: 'ignored', topic: field })
  },
)
