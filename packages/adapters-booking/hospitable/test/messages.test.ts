import { between } from '@stayward/core/adapter'
import { calm, failureOf } from '@stayward/core/testing'
import { describe, expect, it } from 'vitest'
import { fixture } from './fixture.ts'
import { account, answering, readOnlyToken, ref } from './hospitable-account.ts'

describe('a message to the guest', () => {
  const text = 'Hello Ada,\nyour code: 0472 <b>& more</b>'
  it('is accepted with a reference, as plain text and nothing else, and is found in the conversation', async () => {
    const { provider, vendor, wire } = account()
    expect(await provider.messageGuest?.({ ref, subject: 'Your door', text }, calm)).toEqual({
      status: 'accepted',
      vendorRef: 'sent-7001',
    })
    expect(vendor.inbox(ref)).toEqual([text])
    expect(JSON.parse(wire.calls[0]?.body ?? '')).toEqual({ body: text })
    expect(await provider.readMessages?.(ref, calm)).toEqual([{ from: 'host', text, at: '2026-05-01T10:00:00.000Z' }])
  })
  it('is accepted without a reference too', async () => {
    const { provider } = account({ state: ({ switches }) => void (switches.taken = 201) })
    expect(await provider.messageGuest?.({ ref, text }, calm)).toEqual({ status: 'accepted' })
  })
  it('that is one too many in a minute waits, and nothing was sent', async () => {
    const { provider, vendor, now } = account()
    for (const each of ['One', 'Two']) await provider.messageGuest?.({ ref, text: each }, calm)
    const { code, retryAt } = await failureOf(provider.messageGuest?.({ ref, text: 'Three' }, calm))
    expect([code, retryAt && between(now(), retryAt)]).toEqual(['rate-limited', 60_000])
    expect(vendor.inbox(ref)).toEqual(['One', 'Two'])
  })
  it('with a token that may only read fails without a doubt about the token, and reading goes on', async () => {
    const { provider, vendor } = account({ config: { accessToken: readOnlyToken } })
    const { code, message, remedy } = await failureOf(provider.messageGuest?.({ ref, text }, calm))
    expect(code).toBe('refused')
    expect(message).toContain('may not write')
    expect(remedy).toContain('Read and Write')
    expect(vendor.inbox(ref)).toEqual([])
    expect(await provider.readBooking(ref, calm)).toMatchObject({ state: 'confirmed' })
  })
  it('that Hospitable does not accept is refused, with the field and without the text', async () => {
    const { provider, vendor } = account()
    expect(await provider.messageGuest?.({ ref, text: '  ' }, calm)).toEqual({
      status: 'refused',
      reason: 'bad-content',
      detail: 'Hospitable does not accept: body',
    })
    expect(vendor.inbox(ref)).toEqual([])
    for (const body of ['<h1>Bad Request</h1>', '{"errors":{"Ada Example 0472":["x"]}}', '{"message":"no"}', '[]'])
      expect(await answering(400, body).messageGuest?.({ ref, text }, calm)).toEqual({
        status: 'refused',
        reason: 'bad-content',
      })
  })
  it('for a booking that is gone, or of another system, fails as gone', async () => {
    const { provider, wire } = account()
    for (const other of ['b1f6c1de-0000-4000-8000-00000000ffff', 'HMTEST1', '../user'])
      expect((await failureOf(provider.messageGuest?.({ ref: other, text }, calm))).code).toBe('gone')
    expect(wire.calls.length).toBe(1)
  })
  it.each([
    [201, '', 'accepted'],
    [201, '{}', 'accepted'],
    [202, '{"data":{"sent_reference_id":null}}', 'accepted'],
    [202, '{"data":[]}', 'accepted'],
    [200, '{"status_code":500,"reason_phrase":"x"}', 'outcome-unknown'],
    [200, '{"status_code":"422","errors":{"body":["x"]}}', 'outcome-unknown'],
    [200, '<html>Maintenance</html>', 'outcome-unknown'],
    [502, '<html>Bad Gateway</html>', 'outcome-unknown'],
    [503, '', 'outcome-unknown'],
  ])('answered %d %j is %s', async (status, body, meaning) => {
    const sent = answering(status, body).messageGuest?.({ ref, text }, calm)
    if (meaning === 'accepted') expect(await sent).toEqual({ status: 'accepted' })
    else expect((await failureOf(sent)).code).toBe(meaning)
  })
})

describe('the conversation', () => {
  it('is told oldest first, in whichever order it came', async () => {
    const read = await answering(200, JSON.stringify(fixture('thread').body)).readMessages?.(ref, calm)
    expect(read).toEqual([
      { from: 'guest', text: '', at: '2026-07-09T16:01:00.000Z' },
      { from: 'guest', text: 'Hello, 2 < 3 & so on', at: '2026-07-09T16:02:11.000Z' },
      { from: 'host', text: 'Hello Ada,\nCode: 0472', at: '2026-07-09T18:05:00.000Z' },
    ])
  })
  it('takes nobody but the guest for the guest', async () => {
    const data = ['guest', 'Guest', 'host', 'ai', null].map((sender_type) => ({ sender_type, body: 'x' }))
    const read = await answering(200, JSON.stringify({ data })).readMessages?.(ref, calm)
    expect(read?.map(({ from }) => from)).toEqual(['guest', 'guest', 'host', 'host', 'host'])
  })
  it('is read twice a minute; a third time it is not asked for, and waits for the end of that minute (trap 13)', async () => {
    const { provider, advance, now, wire } = account()
    for (let n = 0; n < 2; n++) {
      await provider.readMessages?.(ref, calm)
      advance(10_000)
    }
    const { code, retryAt } = await failureOf(provider.readMessages?.(ref, calm))
    expect([code, retryAt && between(now(), retryAt)]).toEqual(['rate-limited', 40_000])
    expect(wire.calls).toHaveLength(2)
    advance(40_000)
    expect(await provider.readMessages?.(ref, calm)).toEqual([])
  })
  it.each([
    ['no list', { meta: {} }],
    ['fewer messages than Hospitable counts', { data: [], meta: { total: 3 } }],
    ['a message of another shape', { data: ['text'] }],
  ])('with %s is a failure: it must not say that nothing was sent', async (_, body) => {
    expect((await failureOf(answering(200, JSON.stringify(body)).readMessages?.(ref, calm))).code).toBe('bad-response')
  })
  it('of a booking that Hospitable does not have is gone', async () => {
    const { provider } = account()
    const nobody = 'b1f6c1de-0000-4000-8000-00000000ffff'
    expect((await failureOf(provider.readMessages?.(nobody, calm))).code).toBe('gone')
  })
})
