import { calm, describeFixtures, fixturesIn } from '@stayward/core/testing'
import { describe, expect, it } from 'vitest'
import { bench, configOf, message, reports } from './open.ts'
import smsFactor from '../src/adapter.ts'
import { instantIn } from '../src/paris-time.ts'

const fixtures = fixturesIn(new URL('fixtures/', import.meta.url))
const fixture = fixtures.read

describeFixtures(fixtures)

describe('webhook bodies', () => {
  const key = 'msg_01J8ZK3Q'
  const ours = [{ kind: 'message', key }]
  it.each([
    ['dlr', 'DLR', ours],
    ['dlr-text-numbers', 'DLR', ours],
    ['dlr-without-braces', 'DLR', ours],
    ['dlr-form-data', 'DLR', ours],
    [
      'dlr-batch',
      'DLR + MO',
      [
        { kind: 'message', key: 'msg_A' },
        { kind: 'message', key: 'msg_B' },
      ],
    ],
    ['mo', 'MO', ours],
    ['mo-form', 'MO', ours],
    ['mo-without-last', 'MO', [{ kind: 'everything' }]],
    ['stop', 'STOP', ours],
  ])('%s is a nudge whatever the content type says', (name, topic, nudges) => {
    for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded', ''])
      expect(received(fixture(name).body, type)).toEqual({ verdict: 'accepted', proof: 'address-only', topic, nudges })
  })
  it.each(['clicker', 'balance-alert', 'dlr-foreign'])('%s is ignored, with a reason', (name) => {
    expect(received(fixture(name).body)).toMatchObject({
      verdict: 'ignored',
      reason: expect.stringMatching(/\w+ .*\.$/),
    })
  })

  function received(body: unknown, type = 'application/json') {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    return smsFactor.webhook?.receive({
      method: 'POST',
      query: new URLSearchParams(),
      headers: new Headers({ 'content-type': type }),
      rawBody: new TextEncoder().encode(text),
      config: configOf(),
      now: instantIn('2026-07-01T14:10:00Z') ?? expect.fail(),
    })
  }
})

describe('answers', () => {
  function answering(name: string) {
    const bed = bench()
    Object.assign(bed.vendor, { respond: () => Promise.resolve(Response.json(fixture(name).body)) })
    return bed
  }
  it('status 1 with nothing sent is a refusal (trap 3)', async () => {
    expect(await answering('send-invalid-2023').provider.send(message(), calm)).toMatchObject({ reason: 'bad-address' })
  })
  it('a wrong token is auth (trap 2)', async () => {
    await expect(answering('send-wrong-token-2023').provider.send(message(), calm)).rejects.toMatchObject({
      code: 'auth',
    })
  })
  it('the documented row of the list is a report', async () => {
    const bed = answering('messages')
    expect(await reports(bed).lookUp({ ...message(), sentAt: bed.now() }, calm)).toEqual({
      state: 'sent',
      vendorRef: '123',
      at: '2026-07-01T14:00:25.000Z',
    })
  })
  it('the documented credits are credits', async () => {
    expect(await answering('credits').provider.readAccount(calm)).toMatchObject({ note: '44,690 credits left' })
  })
})
