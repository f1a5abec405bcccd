import { calm, describeFixtures, fixturesIn } from '@stayward/core/testing'
import { describe, expect, it } from 'vitest'
import { deliveryOf, fake } from '../src/testing/index.ts'
import { bench, message, received } from './open.ts'

const fixtures = fixturesIn(new URL('fixtures/', import.meta.url))

describeFixtures(fixtures)

const verdictOn = (name: string) => {
  const { body, headers } = deliveryOf(fixtures.read(name).body, fake.appSecret)
  return received(body, headers)
}

describe('a webhook', () => {
  const key = 'msg_01J8ZK3Q'
  const alias = 'FR.13491208655302741918'
  const report = (state: string, more: object = {}) => ({
    kind: 'message-delivery',
    key,
    state,
    alias,
    vendorRef: 'wamid.OUR_MESSAGE',
    ...more,
  })
  const word = (id: string, text: string) => ({ kind: 'word', id, text, from: ['+33612345678', alias], optsOut: false })
  it.each([
    ['status-sent-v23', [report('sent', { at: '2026-07-01T14:00:00.000Z' })]],
    ['status-delivered-v24', [report('delivered')]],
    ['status-read', [report('read')]],
    ['status-failed', [report('failed', { reason: expect.stringContaining('no WhatsApp') })]],
    ['status-batch', [report('sent'), report('delivered', { key: 'msg_B' })]],
    ['word-text', [word('wamid.A', 'Où est la clé ? 🔑')]],
    ['word-image', [word('wamid.B', '[image] La porte')]],
    ['word-button', [word('wamid.C', "J'ai besoin d'aide")]],
    ['word-button-reply', [word('wamid.D', 'Oui')]],
    ['word-list-reply', [word('wamid.E', 'Arrivée')]],
    ['word-location', [word('wamid.F', '[location] Place Bellecour 69002 Lyon')]],
    ['word-unsupported', [word('wamid.G', '[unsupported]')]],
    ['word-without-number', [{ ...word('wamid.H', 'Bonjour'), from: [alias] }]],
  ])('%s is a fact', (name, facts) => {
    expect(verdictOn(name)).toMatchObject({ verdict: 'accepted', proof: 'signature', facts })
  })
  it('status-batch holds another number apart', () => {
    expect(verdictOn('status-batch')).toMatchObject({
      elsewhere: [{ account: '999000111222333', facts: [{ key: 'msg_C', state: 'read' }] }],
    })
  })
  it.each([
    'status-foreign',
    'system-number-changed',
    'account-error',
    'template-paused',
    'preferences',
    'dashboard-sample',
  ])('%s is ignored, with a reason', (name) =>
    expect(verdictOn(name)).toMatchObject({ verdict: 'ignored', reason: expect.stringMatching(/\w+ .*\.$/) }),
  )
})

describe('an answer', () => {
  const answering = (name: string, status: number) => {
    const bed = bench()
    Object.assign(bed.vendor, { respond: () => Promise.resolve(Response.json(fixtures.read(name).body, { status })) })
    return bed.provider.send(message(), calm)
  }
  it('is accepted for now', async () => {
    expect(await answering('answer-accepted', 200)).toMatchObject({
      status: 'accepted',
      vendorRef: expect.stringMatching(/^wamid\.HBg/),
    })
  })
  it('of the pair rate is tried again', async () => {
    await expect(answering('answer-pair-rate', 400)).rejects.toMatchObject({ code: 'rate-limited' })
  })
})
