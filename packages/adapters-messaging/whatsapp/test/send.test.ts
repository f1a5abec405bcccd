import { plus, systemEntropy } from '@stayward/core/adapter'
import { calm } from '@stayward/core/testing'
import { describe, expect, it } from 'vitest'
import { fake, templatesOf } from '../src/testing/index.ts'
import { parameterText } from '../src/templates.ts'
import whatsApp from '../src/adapter.ts'
import { bench, configOf, guest, hour, message, minute, stranger, values } from './open.ts'

const shown = `Hello Ana, this is your way into Studio Bellecour, Rue de Test 1, from Wed 1 Jul, 16:00 until Fri 3 Jul, 10:00: 1. Street door: 1480512 · 2. Flat: 480512 (pull). Have a good stay!`

describe('within a day of the person’s last word', () => {
  it('free words are sent, with our key to come back in every status', async () => {
    const bed = bench()
    const receipt = await bed.provider.send(message({ heardAt: bed.now() }), calm)
    expect(receipt).toEqual({ status: 'accepted', vendorRef: expect.stringMatching(/^wamid\./) })
    expect(bed.posts).toEqual([
      {
        messaging_product: 'whatsapp',
        recipient_type: 'individual',
        to: guest,
        type: 'text',
        text: { preview_url: false, body: 'Your code is 480512.' },
        biz_opaque_callback_data: 'msg_01J8ZK3Q',
      },
    ])
    expect(bed.vendor.received(guest)).toEqual(['Your code is 480512.'])
  })
  it('the day is judged when the message leaves, five minutes early', async () => {
    const { provider, vendor, now, advance } = bench()
    const heardAt = now()
    advance(24 * hour - 5 * minute - 1)
    expect(await provider.send(message({ key: 'a', heardAt }), calm)).not.toHaveProperty('wording')
    advance(1)
    expect(await provider.send(message({ key: 'b', heardAt }), calm)).toMatchObject({ wording: expect.any(String) })
    expect(vendor.received(guest)).toEqual(['Your code is 480512.', shown])
  })
  it('answers can be offered to tap', async () => {
    const bed = bench()
    const choices = [
      { id: 'KEY_OK', title: 'Oui' },
      { id: 'KEY_KO', title: 'Non' },
    ]
    await bed.provider.send(message({ heardAt: bed.now(), choices }), calm)
    expect(bed.posts).toMatchObject([
      {
        type: 'interactive',
        interactive: {
          type: 'button',
          body: { text: 'Your code is 480512.' },
          action: {
            buttons: [
              { type: 'reply', reply: { id: 'KEY_OK', title: 'Oui' } },
              { type: 'reply', reply: { id: 'KEY_KO', title: 'Non' } },
            ],
          },
        },
      },
    ])
  })
  it.each([
    ['four answers', ['a', 'b', 'c', 'd'].map((id) => ({ id, title: id }))],
    ['a label of 21 characters', [{ id: 'a', title: 'x'.repeat(21) }]],
    ['two of one id', [1, 2].map((title) => ({ id: 'a', title: String(title) }))],
    ['an empty label', [{ id: 'a', title: ' ' }]],
  ])('%s are refused here', async (_, choices) => {
    const bed = bench()
    const receipt = await bed.provider.send(message({ heardAt: bed.now(), choices }), calm)
    expect(receipt).toMatchObject({ status: 'refused', reason: 'bad-content' })
    expect(bed.wire.calls).toEqual([])
  })
  it('an empty text is refused here', async () => {
    const { provider, now } = bench()
    expect(await provider.send(message({ heardAt: now(), text: ' \n' }), calm)).toMatchObject({ reason: 'bad-content' })
  })
  it('an earlier message is quoted', async () => {
    const bed = bench()
    await bed.provider.send(message({ heardAt: bed.now(), replyTo: 'wamid.EARLIER==' }), calm)
    await bed.provider.send(message({ replyTo: 'wamid.EARLIER==' }), calm)
    for (const body of bed.posts) expect(body).toMatchObject({ context: { message_id: 'wamid.EARLIER==' } })
  })
})

describe('to somebody who has not written', () => {
  it('a template goes out with named parameters', async () => {
    const bed = bench()
    const receipt = await bed.provider.send(message({ to: stranger }), calm)
    expect(receipt).toMatchObject({ status: 'accepted', wording: 'as the template door_code (en)' })
    const [body] = bed.posts
    expect(body).toMatchObject({
      type: 'template',
      template: {
        name: 'door_code',
        language: { code: 'en' },
        components: [
          {
            type: 'body',
            parameters: [
              { type: 'text', parameter_name: 'guest_name', text: 'Ana' },
              { type: 'text', parameter_name: 'unit', text: 'Studio Bellecour' },
              { type: 'text', parameter_name: 'property', text: 'Rue de Test 1' },
              { type: 'text', parameter_name: 'from', text: 'Wed 1 Jul, 16:00' },
              { type: 'text', parameter_name: 'until', text: 'Fri 3 Jul, 10:00' },
              { type: 'text', parameter_name: 'doors', text: '1. Street door: 1480512 · 2. Flat: 480512 (pull)' },
            ],
          },
        ],
      },
    })
    expect(bed.vendor.received(stranger)).toEqual([shown])
  })
  it('or with positional ones, in the order of the README', async () => {
    const bed = bench({ templateParameters: 'positional' })
    bed.vendor.state.accounts[0]?.templates.splice(0, 4, ...templatesOf('en', 'POSITIONAL'))
    await bed.provider.send(message({ to: stranger }), calm)
    expect(bed.vendor.received(stranger)).toEqual([shown])
    expect(JSON.stringify(bed.posts)).not.toContain('parameter_name')
  })
  it.each([
    ['change', { ...values }, /^Something has changed. Hello Ana/],
    ['withdrawal', { ...values }, /^Hello Ana, your booking of Studio Bellecour, Rue de Test 1, is cancelled/],
    ['alarm', { text: 'Stayward:\nThe lock is offline.' }, /Stayward says: Stayward: · The lock is offline\. \(end\)/],
  ] as const)('a %s has a template of its own', async (kind, given, words) => {
    const { provider, vendor } = bench()
    await provider.send(message({ to: stranger, content: { kind, language: 'en', values: given } }), calm)
    expect(vendor.received(stranger)).toEqual([expect.stringMatching(words)])
  })
  it('the language is the guest’s where there is one, else the first', async () => {
    const { provider, vendor } = bench({ templateLanguages: 'en, fr, pt=pt_BR' })
    vendor.state.accounts[0]?.templates.push(...templatesOf('fr'), ...templatesOf('pt_BR'))
    const wordings = []
    for (const language of ['fr', 'pt', 'de']) {
      const content = { kind: 'door-code' as const, language, values }
      wordings.push(await provider.send(message({ key: language, to: stranger, content }), calm))
    }
    expect(wordings.map((each) => ('wording' in each ? each.wording : ''))).toEqual([
      'as the template door_code (fr)',
      'as the template door_code (pt_BR)',
      'as the template door_code (en)',
    ])
  })
  it('a language whose template Meta does not know (404) gives way to the first one, once (trap 10)', async () => {
    const { provider, vendor } = bench({ templateLanguages: 'en, fr=fr_FR' })
    vendor.state.accounts[0]?.templates.push(...templatesOf('fr'))
    const content = { kind: 'door-code' as const, language: 'fr', values }
    const receipt = await provider.send(message({ to: stranger, content }), calm)
    expect(receipt).toMatchObject({ status: 'accepted', wording: 'as the template door_code (en)' })
    expect(vendor.received(stranger)).toHaveLength(1)
  })
  it.each(['PENDING', 'REJECTED', 'PAUSED', 'DISABLED'])('a template that is %s says nothing', async (status) => {
    const { provider, vendor } = bench()
    for (const template of vendor.state.accounts[0]?.templates ?? []) template.status = status
    const receipt = await provider.send(message({ to: stranger }), calm)
    expect(receipt).toMatchObject({ status: 'refused', reason: 'outside-window' })
    expect(vendor.received(stranger)).toEqual([])
  })
  it('nothing goes out where no template is set', async () => {
    const { doorCodeTemplate: _none, ...rest } = configOf()
    const bed = bench()
    const context = { fetch: bed.wire.fetch, clock: { now: bed.now }, entropy: systemEntropy }
    const provider = whatsApp.open({ config: rest, ...context })
    expect(await provider.send(message({ to: stranger }), calm)).toMatchObject({ reason: 'outside-window' })
    expect(bed.posts).toEqual([])
  })
  it('a held template is accepted and never sent again', async () => {
    const bed = bench()
    const body = { messages: [{ id: 'wamid.H', message_status: 'held_for_quality_assessment' }] }
    Object.assign(bed.vendor, { respond: () => Promise.resolve(Response.json(body)) })
    expect(await bed.provider.send(message(), calm)).toMatchObject({
      status: 'accepted',
      held: true,
      vendorRef: 'wamid.H',
    })
  })
  it('an answer without a wa_id, as for people without a number, is an answer', async () => {
    const bed = bench()
    Object.assign(bed.vendor, { respond: () => Promise.resolve(Response.json({ messages: [{ id: 'wamid.H' }] })) })
    expect(await bed.provider.send(message(), calm)).toMatchObject({ status: 'accepted' })
  })
})

it('a parameter has no line breaks, tabs or runs of spaces, and is never empty (trap 9)', () => {
  expect(parameterText('1. A: 1\n2. B:\t\t2     x\r\n\n3.  C ')).toBe('1. A: 1 · 2. B: 2 x · 3. C')
  expect(parameterText(' \n ')).toBe('👋')
})

it.each(['33639980001', '0639980001', '+33 639980001', ''])('a number like %j is refused here (trap 5)', async (to) => {
  const { provider, wire } = bench()
  expect(await provider.send(message({ to }), calm)).toMatchObject({ status: 'refused', reason: 'bad-address' })
  expect(wire.calls).toEqual([])
})

it('a person is shown that their message was read, once or twice alike', async () => {
  const { provider, vendor } = bench()
  await provider.markRead?.('wamid.FIRST', calm)
  await provider.markRead?.('wamid.FIRST', calm)
  expect(vendor.state.inbound[0]?.read).toBe(true)
  await expect(provider.markRead?.('wamid.NOTHING', calm)).rejects.toMatchObject({ code: 'refused' })
})

it('every request proves the app’s secret without showing it, and carries the token in a header alone', async () => {
  const bed = bench()
  await bed.provider.readAccount(calm)
  await bed.provider.send(message(), calm)
  for (const { request } of bed.wire.calls) {
    expect(new URL(request.url).searchParams.get('appsecret_proof')).toMatch(/^[0-9a-f]{64}$/)
    expect(new URL(request.url).pathname).toMatch(/^\/v26\.0\//)
    expect(request.url).not.toMatch(new RegExp(`${fake.token}|${fake.appSecret}`))
  }
})

it('a message that waits too long for a phone is reported to nobody (trap 12)', async () => {
  const { provider, vendor, advance, hear } = bench()
  vendor.state.behaviour.silent = true
  await provider.send(message({ to: stranger }), calm)
  advance(40 * 24 * hour)
  expect(hear()).toEqual([])
})

it('free words that Meta finds too late after all fail later, with the reason', async () => {
  const { provider, advance, hear, now } = bench()
  await provider.send(message({ to: stranger, heardAt: plus(now(), -hour) }), calm)
  advance(minute)
  const facts = hear().flatMap((verdict) => (verdict.verdict === 'accepted' ? (verdict.facts ?? []) : []))
  expect(facts).toMatchObject([{ key: 'msg_01J8ZK3Q', state: 'failed', reason: expect.stringContaining('template') }])
})
