import { calm, changeAnswers, failureOf } from '@stayward/core/testing'
import { describe, expect, it } from 'vitest'
import { account } from './beds24-account.ts'

describe('a message', () => {
  it('is a list of one, and only the booking and the text are in it', async () => {
    const { provider, ref, wire, vendor } = account()
    const receipt = await provider.messageGuest?.({ ref, subject: 'Your door', text: 'Hello Ada' }, calm)
    expect(receipt).toEqual({ status: 'accepted', vendorRef: '8001' })
    expect(JSON.parse(wire.calls.at(-1)?.body ?? '')).toEqual([{ bookingId: Number(ref), message: 'Hello Ada' }])
    expect(vendor.inbox(ref)).toEqual(['Hello Ada'])
  })

  it('inside a 201 may still be refused (trap 5)', async () => {
    const { provider, ref, vendor, wire } = account({
      state: ({ switches }) => void (switches.refusedField = 'message'),
    })
    const receipt = await provider.messageGuest?.({ ref, text: 'Hello' }, calm)
    expect(wire.calls.at(-1)?.outcome).toBe(201)
    expect(receipt).toEqual({ status: 'refused', reason: 'bad-content', detail: 'Beds24 does not accept: message' })
    expect(vendor.inbox(ref)).toEqual([])
  })

  it('to a direct booking has no channel to travel by', async () => {
    const { provider, vendor } = account()
    const ref = vendor.book({ roomId: 710001, arrival: '2026-06-01', departure: '2026-06-02', channel: 'direct' })
    expect(await provider.messageGuest?.({ ref, text: 'Hello' }, calm)).toMatchObject({
      status: 'refused',
      reason: 'not-allowed',
    })
  })

  it.each([
    ['no answer about it', []],
    ['two answers', [{ success: true }, { success: false }]],
    ['an object instead of a list', { success: true }],
    ['an answer without success', [{ new: { id: 1 } }]],
  ])('with %s may or may not be on its way', async (_, answer) => {
    const { provider, ref, vendor } = account()
    changeAnswers(vendor, (url, real) =>
      url.pathname.endsWith('/messages') ? Response.json(answer, { status: 201 }) : real,
    )
    expect(await failureOf(provider.messageGuest?.({ ref, text: 'Hello' }, calm))).toMatchObject({
      code: 'outcome-unknown',
    })
  })

  it('to a number that is none of Beds24’s is refused before anything is sent', async () => {
    const { provider, wire } = account()
    expect(await failureOf(provider.messageGuest?.({ ref: 'HM123', text: 'Hello' }, calm))).toMatchObject({
      code: 'gone',
    })
    expect(wire.calls).toHaveLength(0)
  })
})

describe('the conversation', () => {
  it('leaves internal notes and system texts out', async () => {
    const { provider, ref, vendor, advance } = account()
    vendor.guestWrites(ref, 'We land at ten.')
    advance(1000)
    vendor.noteWrites(ref, 'Difficult guest.')
    await provider.messageGuest?.({ ref, text: 'See you then.' }, calm)
    expect(await provider.readMessages?.(ref, calm)).toMatchObject([
      { from: 'guest', text: 'We land at ten.', at: '2026-05-01T10:00:00.000Z' },
      { from: 'host', text: 'See you then.' },
    ])
  })

  it('with a hole is no conversation: somebody looks there before writing again', async () => {
    const { provider, ref, vendor } = account()
    await provider.messageGuest?.({ ref, text: 'Hello' }, calm)
    changeAnswers(vendor, async (url, answer) => {
      if (!url.pathname.endsWith('/messages')) return answer
      return Response.json({ ...((await answer.json()) as object), data: [] }) // the fake's own answer
    })
    expect(await failureOf(provider.readMessages?.(ref, calm))).toMatchObject({ code: 'bad-response' })
  })
})
