import { calm } from '@stayward/core/testing'
import { describe, expect, it } from 'vitest'
import { instantIn, parisWall } from '../src/paris-time.ts'
import { magicNumbers } from '../src/testing/index.ts'
import { type Bench, bench, guest, message, minute, reports } from './open.ts'

async function sent(bed: Bench, more: Parameters<typeof message>[0] = {}) {
  const sentAt = bed.now()
  await bed.provider.send(message(more), calm)
  return { ...message(more), sentAt }
}

describe('looking up a message', () => {
  it('knows nothing before the list shows it, then follows it to the phone', async () => {
    const bed = bench({}, { listingLag: 1000, reportDelay: 5000 })
    const { lookUp } = reports(bed)
    const one = await sent(bed)
    expect(await lookUp(one, calm)).toBeUndefined()
    bed.advance(2000)
    const vendorRef = bed.vendor.state.messages[0]?.ticket
    expect(await lookUp(one, calm)).toEqual({ state: 'pending', vendorRef, at: one.sentAt })
    bed.advance(4000)
    expect(await lookUp(one, calm)).toEqual({ state: 'sent', vendorRef, at: '2026-07-01T14:00:05.000Z' })
    bed.advance(5000)
    expect(await lookUp(one, calm)).toEqual({ state: 'delivered', vendorRef, at: '2026-07-01T14:00:10.000Z' })
  })

  it('asks for that number and the time around the send only', async () => {
    const bed = bench()
    const one = await sent(bed)
    bed.advance(minute)
    await reports(bed).lookUp(one, calm)
    const { searchParams } = new URL(bed.wire.calls.at(-1)?.request.url ?? '')
    expect(Object.fromEntries(searchParams)).toEqual({
      type: 'messages-out',
      destination: '33639980001',
      date_start: '2026-07-01 13:00:00', // Paris, three hours before
      date_end: '2026-07-01 19:01:00',
      start: '0',
      length: '1000',
    })
  })

  it('goes by our key in `client_message_id`, not by their `message_id` (trap 6)', async () => {
    const bed = bench()
    const one = await sent(bed)
    bed.advance(minute)
    const theirs = String(bed.vendor.state.messages[0]?.id)
    expect(await reports(bed).lookUp({ ...one, key: theirs }, calm)).toBeUndefined()
    expect(await reports(bed).lookUp({ ...one, key: `${one.key}X` }, calm)).toBeUndefined()
    expect(await reports(bed).lookUp(one, calm)).toBeDefined()
  })

  it('falls back to the ticket only for a row without any key', async () => {
    const bed = bench()
    const one = await sent(bed)
    bed.advance(minute)
    const [row] = bed.vendor.state.messages
    if (!row) throw new Error('nothing was sent')
    expect(await reports(bed).lookUp({ ...one, key: 'other', vendorRef: row.ticket }, calm)).toBeUndefined()
    row.key = ''
    expect(await reports(bed).lookUp({ ...one, vendorRef: row.ticket }, calm)).toMatchObject({ state: 'delivered' })
  })

  it('keeps the best news when the key was sent twice', async () => {
    const bed = bench()
    const one = await sent(bed)
    bed.vendor.setDelivery(guest, 'delivered')
    await sent(bed)
    bed.vendor.setDelivery(guest, 'failed')
    bed.advance(minute)
    expect(await reports(bed).lookUp(one, calm)).toMatchObject({ state: 'delivered' })
  })

  it('reads numbers as text and beyond the first page (trap 7)', async () => {
    const bed = bench()
    bed.vendor.state.behaviour.numbersAsText = true
    const one = await sent(bed)
    const { messages } = bed.vendor.state
    const earlier = messages.flatMap((each) =>
      Array.from({ length: 1001 }, (_, index) => ({ ...each, key: `k${index}` })),
    )
    messages.unshift(...earlier)
    bed.advance(minute)
    expect(await reports(bed).lookUp(one, calm)).toMatchObject({ state: 'delivered' })
  })

  it('fails rather than saying "not there" when the list is refused or unreadable', async () => {
    const bed = bench()
    const one = await sent(bed)
    bed.advance(minute)
    for (const [fault, code] of [
      ['html', 'bad-response'],
      ['error-before', 'unreachable'],
      ['empty', 'bad-response'],
      ['timeout-before', 'unreachable'],
    ] as const) {
      bed.wire.failNext(fault)
      await expect(reports(bed).lookUp(one, calm), fault).rejects.toMatchObject({ code })
    }
  })

  it.each([
    [2, 'failed'],
    [4, 'failed'],
    [5, 'failed'],
    [6, 'failed'],
    [7, 'failed'],
    [9, 'failed'],
    [11, 'failed'],
    [12, 'failed'],
    [8, 'pending'],
    [10, 'pending'],
  ])('a message that ends with delivery code %i is %s, with a sentence', async (code, state) => {
    const bed = bench()
    const to = `+${magicNumbers.reporting(code)}`
    const one = await sent(bed, { to })
    bed.advance(minute)
    expect(await reports(bed).lookUp(one, calm)).toMatchObject({ state, reason: expect.stringMatching(/\w+ .*\.$/) })
    expect(bed.vendor.received(to)).toEqual([])
  })

  it('tells a denied message from a held one', async () => {
    const bed = bench()
    const to = `+${magicNumbers.held}`
    const one = await sent(bed, { to })
    bed.advance(minute)
    expect(await reports(bed).lookUp(one, calm)).toMatchObject({ state: 'pending' })
    bed.vendor.moderate(to, 'deny')
    expect(await reports(bed).lookUp(one, calm)).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('moderation'),
    })
  })

  it('a network that never reports leaves it pending, not failed', async () => {
    const bed = bench()
    const one = await sent(bed, { to: `+${magicNumbers.silent}` })
    bed.advance(24 * 60 * minute)
    expect(await reports(bed).lookUp(one, calm)).toMatchObject({ state: 'pending' })
  })
})

describe('replies', () => {
  it.each(['sender', 'destination'] as const)('are found with the guest\'s number in the field "%s"', async (field) => {
    const bed = bench()
    bed.vendor.state.behaviour.inboundNumberIn = field
    const since = bed.now()
    await sent(bed)
    await sent(bed, { to: '+33639980002', key: 'other' })
    bed.advance(minute)
    bed.vendor.reply(guest, 'Merci, bien reçu')
    bed.vendor.reply('+33639980002', 'Pas pour vous')
    bed.advance(minute)
    bed.vendor.reply(guest, ' stop ')
    bed.advance(minute)
    expect(await reports(bed).readReplies({ from: guest, since }, calm)).toEqual([
      { from: guest, text: 'Merci, bien reçu', at: '2026-07-01T14:01:00.000Z', optsOut: false },
      { from: guest, text: ' stop ', at: '2026-07-01T14:02:00.000Z', optsOut: true },
    ])
  })
  it('leave out what came before, and no number is put into the address', async () => {
    const bed = bench()
    await sent(bed)
    bed.vendor.reply(guest, 'Alt')
    bed.advance(minute)
    expect(await reports(bed).readReplies({ from: guest, since: bed.now() }, calm)).toEqual([])
    expect(bed.wire.calls.at(-1)?.request.url).not.toContain('33639980001')
  })
  it('STOP as a word in a sentence is no opt-out', async () => {
    const bed = bench()
    const since = bed.now()
    await sent(bed)
    bed.vendor.reply(guest, 'Which bus stop?')
    bed.advance(minute)
    expect(await reports(bed).readReplies({ from: guest, since }, calm)).toMatchObject([{ optsOut: false }])
  })
  it('STOP blacklists the number with the vendor: the next message is refused as opted-out', async () => {
    const bed = bench()
    await sent(bed)
    bed.vendor.reply(guest, 'STOP')
    expect(await bed.provider.send(message({ key: 'next' }), calm)).toMatchObject({ reason: 'opted-out' })
  })
})

describe('Paris times', () => {
  it.each([
    ['2026-01-15 12:00:00', '2026-01-15T11:00:00.000Z'],
    ['2026-07-01 16:03:06', '2026-07-01T14:03:06.000Z'],
    ['2024-11-21T09:50:46', '2024-11-21T08:50:46.000Z'],
    ['2026-07-01T16:03:06+02:00', '2026-07-01T14:03:06.000Z'],
    ['2026-07-01T14:03:06Z', '2026-07-01T14:03:06.000Z'],
    // The night of 29 March 2026: 02:30 does not exist.
    ['2026-03-29 01:59:59', '2026-03-29T00:59:59.000Z'],
    ['2026-03-29 02:30:00', '2026-03-29T01:00:00.000Z'],
    ['2026-03-29 03:00:00', '2026-03-29T01:00:00.000Z'],
    // The night of 25 October 2026: 02:30 comes twice; the earlier one is meant.
    ['2026-10-25 01:59:59', '2026-10-24T23:59:59.000Z'],
    ['2026-10-25 02:30:00', '2026-10-25T00:30:00.000Z'],
    ['2026-10-25 03:00:00', '2026-10-25T02:00:00.000Z'],
  ])('%s is %s', (text, at) => {
    expect(instantIn(text)).toBe(at)
  })
  it.each(['', 'hier', '2026-02-30 10:00:00', '2026-07-01', '2026-07-01 25:00:00'])('"%s" is no time', (text) => {
    expect(instantIn(text)).toBeUndefined()
  })
  it.each([
    ['2026-03-29T00:30:00.000Z', '2026-03-29 01:30:00'],
    ['2026-03-29T01:30:00.000Z', '2026-03-29 03:30:00'],
    ['2026-10-25T00:30:00.000Z', '2026-10-25 02:30:00'],
    ['2026-10-25T01:30:00.000Z', '2026-10-25 02:30:00'],
  ])('a Paris clock at %s shows %s (trap 11)', (at, wall) => {
    expect(parisWall(instantIn(at) ?? expect.fail())).toBe(wall)
  })
  it.each(['2026-03-29T00:55:00.000Z', '2026-10-25T00:55:00.000Z'])(
    'a message sent at %s, minutes before the clock change, is found after it',
    async (start) => {
      const bed = bench({}, {}, start)
      const one = await sent(bed)
      bed.advance(10 * minute)
      expect(await reports(bed).lookUp(one, calm)).toMatchObject({ state: 'delivered' })
    },
  )
})
