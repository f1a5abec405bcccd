import { describe, expect, it } from 'vitest'
import { fakeId, type HospitableState, hospitableVendor, hostSecrets, signatureOf } from '../src/testing/index.ts'
import { accessToken, account, flat, ownerEmail, readOnlyToken, ref } from './hospitable-account.ts'

/** The fake alone: what it owes to the notes about its vendor, asked without the adapter. */
const base = 'http://127.0.0.1:4712/v2'
const bearer = (token = accessToken) => ({ Authorization: `Bearer ${token}`, Accept: 'application/json' })
const get = (path: string, token?: string) => new Request(`${base}${path}`, { headers: bearer(token) })
const post = (path: string, body: unknown, token?: string) =>
  new Request(`${base}${path}`, { method: 'POST', headers: bearer(token), body: JSON.stringify(body) })
const list = (query = '') => get(`/reservations?properties[]=${flat}&properties[]=${fakeId('property', 2)}${query}`)
const span = '&start_date=2026-04-01&end_date=2026-07-01&per_page=100'

interface Body {
  readonly data: readonly Readonly<Record<string, unknown>>[]
  readonly links: Readonly<Record<string, string>>
  readonly meta: Readonly<Record<string, unknown>>
}
const json = async (response: Promise<Response>) => (await (await response).json()) as Body // the fake's own
const one = async (response: Promise<Response>) =>
  ((await (await response).json()) as { data: Record<string, unknown> }).data // the fake's own

describe('the token', () => {
  it('is asked for everywhere, in the words of the framework', async () => {
    const { vendor } = account()
    for (const path of ['/user', '/properties', '/reservations', `/reservations/${ref}/messages`]) {
      const answer = await vendor.respond(get(path, 'wrong'))
      expect([answer.status, await answer.json()]).toEqual([401, { message: 'Unauthenticated.' }])
      expect((await vendor.respond(new Request(base + path))).status).toBe(401)
    }
  })
  it('made to read may not write, and none of these tokens may enrich', async () => {
    const { vendor } = account()
    const requests = [
      post(`/reservations/${ref}/messages`, { body: 'Hello' }, readOnlyToken),
      get(`/reservations/${ref}/enrichment/smartlock_code`),
    ]
    for (const request of requests) {
      const answer = await vendor.respond(request)
      expect([answer.status, await answer.json()]).toEqual([
        403,
        { status_code: 403, reason_phrase: 'Invalid scope(s) provided.' },
      ])
    }
    expect((await vendor.respond(get('/user', readOnlyToken))).status).toBe(200)
  })
})

describe('the list of reservations', () => {
  it('needs properties, and a way to count days that it knows', async () => {
    const { vendor } = account()
    const answer = await vendor.respond(get('/reservations'))
    expect([answer.status, await answer.json()]).toMatchObject([
      400,
      { status_code: 400, errors: { properties: ['The properties field is required.'] } },
    ])
    for (const wrong of ['&date_query=bogus', '&status[]=unknown', '&end_date=2030-01-01'])
      expect((await vendor.respond(list(wrong))).status, wrong).toBe(400)
  })
  it('without days shows two weeks, or nothing', async () => {
    const { vendor } = account()
    expect((await json(vendor.respond(list()))).data.length).toBe(3)
    vendor.state.switches.withoutDays = 'nothing'
    expect((await json(vendor.respond(list()))).data).toEqual([])
  })
  it('ignores what it does not know with a 200, and leaves out what is not included', async () => {
    const { vendor } = account()
    const plain = await json(vendor.respond(list(`${span}&include=guests,bogus&bogus=1`)))
    expect(plain.data.length).toBe(4)
    for (const row of plain.data) expect(Object.keys(row)).not.toEqual(expect.arrayContaining(['guest']))
    const [first] = (await json(vendor.respond(list(`${span}&include=guest%2Cproperties`)))).data
    expect(first).toMatchObject({ guest: { first_name: 'Ada' }, properties: [{ id: flat, name: 'Loft Nord' }] })
    const accepted = await json(vendor.respond(list(`${span}&status[]=accepted`)))
    expect(accepted.data.length).toBe(3)
  })
  it('comes ten a page and a hundred at most, with links that begin with http://', async () => {
    const { vendor } = account()
    vendor.fill(500)
    const sizes = ['', '&per_page=100', '&per_page=1000'].map(async (size) => {
      const { data, meta } = await json(vendor.respond(list(`&start_date=2026-04-01&end_date=2026-08-01${size}`)))
      return [data.length, meta['per_page'], meta['total']]
    })
    expect(await Promise.all(sizes)).toEqual([
      [10, 10, 254],
      [100, 100, 254],
      [100, 100, 254],
    ])
    const { links, meta } = await json(vendor.respond(list('&start_date=2026-04-01&end_date=2026-08-01&page=2')))
    expect(links['next']).toMatch(/^http:.*page=3$/)
    expect(meta).toMatchObject({ current_page: 2, last_page: 26, from: 11, to: 20 })
  })
  it('counts by arrival or by departure', async () => {
    const { vendor } = account()
    const found = async (query: string) => (await json(vendor.respond(list(query)))).data.map(({ id }) => id)
    expect(await found('&start_date=2026-05-06&end_date=2026-05-06')).toEqual([ref])
    expect(await found('&start_date=2026-05-10&end_date=2026-05-10&date_query=checkout')).toEqual([ref])
  })
  it('forgets reservations of an inactive listing, which answer by id', async () => {
    const { vendor } = account({ state: ({ properties }) => void (properties[0] && (properties[0].inactive = true)) })
    expect((await json(vendor.respond(list(span)))).data.map(({ id }) => id)).not.toContain(ref)
    expect((await vendor.respond(get(`/reservations/${ref}`))).status).toBe(200)
  })
  it('has no general headers of a limit', async () => {
    const { vendor } = account()
    for (const path of ['/user', '/properties'])
      expect([...(await vendor.respond(get(path))).headers.keys()].join()).not.toMatch(/ratelimit/)
  })
})

describe('reservations and properties', () => {
  it('carry the offset of their own day', async () => {
    const { vendor } = account()
    const times = async (unitRef: string, arrival: string, departure: string) => {
      const made = vendor.book({ unitRef, arrival, departure, checkIn: '16:00' })
      const { arrival_date, check_in, check_out } = await one(vendor.respond(get(`/reservations/${made}`)))
      return [arrival_date, check_in, check_out]
    }
    expect(await times(flat, '2026-03-29', '2026-03-30')).toEqual([
      '2026-03-29T00:00:00+01:00',
      '2026-03-29T16:00:00+02:00',
      '2026-03-30T11:00:00+02:00',
    ])
    expect(await times(fakeId('property', 3), '2026-07-10', '2026-11-01')).toEqual([
      '2026-07-10T00:00:00-04:00',
      '2026-07-10T16:00:00-04:00',
      '2026-11-01T11:00:00-05:00',
    ])
  })
  it('tell a zone as the offset of winter, and default times under either name', async () => {
    const { vendor } = account()
    const { data } = await json(vendor.respond(get('/properties')))
    expect(data.map(({ timezone }) => timezone)).toEqual(['+0100', '+0100', '-0500', '-0500'])
    expect(data.map((row) => row['checkin'] ?? row['check-in'])).toEqual(['15:00', '15:00', '15:00', '15:00'])
    expect([data[0]?.['check-in'], data[1]?.['checkin']]).toEqual([undefined, undefined])
    expect(data.map(({ parent_child }) => parent_child)).toMatchObject([
      null,
      null,
      { type: 'parent' },
      { type: 'child' },
    ])
    expect(await one(vendor.respond(get(`/properties/${flat}`)))).toMatchObject({ name: 'Loft Nord' })
    expect((await vendor.respond(get('/properties/nobody'))).status).toBe(404)
  })
  it('show a block in the calendar and nowhere else', async () => {
    const { vendor } = account()
    const calendar = await one(
      vendor.respond(get(`/properties/${flat}/calendar?start_date=2026-05-01&end_date=2026-06-10`)),
    )
    const days = calendar['days'] as { date: string; status: Record<string, unknown> }[] // the fake's own
    expect(days.filter(({ status }) => status['source_type'] === 'USER').map(({ date }) => date)).toEqual([
      '2026-05-31',
      '2026-06-01',
      '2026-06-02',
    ])
    expect(days.find(({ date }) => date === '2026-05-06')?.status).toMatchObject({ reason: 'RESERVED' })
    expect((await vendor.respond(get('/properties/nobody/calendar'))).status).toBe(404)
  })
})

describe('messages', () => {
  const path = `/reservations/${ref}/messages`
  it('are taken with a reference that turns up in the thread, or with {}', async () => {
    const { vendor } = account()
    const answer = await vendor.respond(post(path, { body: 'Hello' }))
    expect([answer.status, await answer.json()]).toEqual([202, { data: { sent_reference_id: 'sent-7001' } }])
    vendor.guestWrites(ref, 'Thanks')
    vendor.hostWrites(ref, 'Welcome')
    const { data } = await json(vendor.respond(get(path)))
    expect(data.map(({ sender_type, sent_reference_id }) => [sender_type, sent_reference_id])).toEqual([
      ['host', null],
      ['guest', null],
      ['host', 'sent-7001'],
    ])
    expect(vendor.inbox(ref)).toEqual(['Hello', 'Welcome'])
    vendor.state.switches.taken = 201
    const plain = await vendor.respond(post(path, { body: 'Hello' }))
    expect([plain.status, await plain.json()]).toEqual([201, {}])
  })
  it.each([[{}], [{ body: ' ' }], [{ body: 5 }], [{ body: 'x', images: ['a', 'b', 'c', 'd'] }], [null]])(
    '%j is refused',
    async (body) => expect((await account().vendor.respond(post(path, body))).status).toBe(422),
  )
  it('are read twice a minute for each reservation, with headers that say so', async () => {
    const { vendor, advance } = account()
    const read = async (of = path) => {
      const { status, headers } = await vendor.respond(get(of))
      const told = ['x-ratelimit-limit', 'x-ratelimit-remaining', 'retry-after', 'x-ratelimit-reset']
      return [status, ...told.map((name) => headers.get(name))]
    }
    expect(await read()).toEqual([200, '2', '1', null, null])
    expect(await read()).toEqual([200, '2', '0', null, null])
    expect(await read()).toEqual([429, '2', '0', '60', String(Date.parse('2026-05-01T10:01:00Z') / 1000)])
    expect((await read(`/reservations/${fakeId('reservation', 2)}/messages`))[0]).toBe(200)
    advance(60_000)
    expect((await read())[0]).toBe(200)
  })
  it('are taken twice a minute for each reservation, and fifty in five minutes', async () => {
    const { vendor, advance } = account()
    const send = async (to = ref) => (await vendor.respond(post(`/reservations/${to}/messages`, { body: 'x' }))).status
    expect([await send(), await send(), await send()]).toEqual([202, 202, 429])
    advance(60_000)
    expect(await send()).toBe(202)
    vendor.fill(60)
    const statuses = await Promise.all(vendor.bookings().map((each) => send(each.ref)))
    expect(statuses.filter((status) => status === 202).length).toBe(47)
  })
})

describe('webhooks', () => {
  it('are signed over what PHP wrote, by the host account or the vendor', () => {
    const { vendor, advance } = account()
    vendor.rename(flat, 'Loft Été')
    vendor.state.account.partnerSecret = 'partner-secret'
    vendor.rename(flat, 'Loft')
    advance(2_000)
    const [first, second] = vendor.dueWebhooks()
    const [host = ''] = hostSecrets(ownerEmail)
    expect(first?.body).toContain('\\u00c9t\\u00e9')
    expect(first?.body).toContain('https:\\/\\/')
    expect(first?.headers['signature']).toBe(signatureOf(first?.body ?? '', host))
    expect(second?.headers['signature']).toBe(signatureOf(second?.body ?? '', 'partner-secret'))
    expect(second?.headers['signature']).toMatch(/^[0-9a-f]{64}$/)
  })
  it('come again after anything but 200: 1 s, 5 s, 10 s, 1 h, 6 h, and then never (trap 12)', () => {
    const { vendor, advance } = account()
    vendor.cancel(ref)
    advance(2_000)
    const [first] = vendor.dueWebhooks()
    let delivery = first
    for (const pause of [1_000, 5_000, 10_000, 3_600_000, 21_600_000]) {
      vendor.answered(delivery ?? { headers: {}, body: '' }, 204)
      advance(pause - 1)
      expect(vendor.dueWebhooks()).toEqual([])
      advance(1)
      ;[delivery] = vendor.dueWebhooks()
      expect(delivery).toEqual(first)
    }
    vendor.answered(delivery ?? { headers: {}, body: '' }, 500)
    advance(10 ** 9)
    expect(vendor.dueWebhooks()).toEqual([])
    expect(vendor.state.refused).toEqual({})
  })
  it('answered with 200 never come again', () => {
    const { vendor, advance } = account()
    vendor.cancel(ref)
    advance(2_000)
    for (const delivery of vendor.dueWebhooks()) vendor.answered(delivery, 200)
    advance(10 ** 9)
    expect(vendor.dueWebhooks()).toEqual([])
  })
  it('may be lost, doubled, and out of order', () => {
    const { vendor, advance } = account()
    const { webhooks } = vendor.state.switches
    Object.assign(webhooks, { lost: 1, copies: 2, reversed: true })
    for (const checkIn of ['17:00', '18:00', '19:00']) vendor.changeTimes(ref, { checkIn })
    advance(2_000)
    const times = vendor.dueWebhooks().map(({ body }) => /T(1\d):00:00\+02:00","check_out/.exec(body)?.[1])
    expect(times).toEqual(['19', '19', '18', '18'])
  })
  it('tell of everything but an erased reservation and a block', () => {
    const { vendor, advance } = account()
    const told = () => {
      advance(2_000)
      return vendor.dueWebhooks().map(({ body }) => (JSON.parse(body) as { action: string }).action)
    }
    const made = vendor.book({ arrival: '2026-06-01', departure: '2026-06-03', unitRef: flat })
    vendor.changeDates(made, { departure: '2026-06-04' })
    vendor.changeGuest(made, null)
    vendor.move(made, fakeId('property', 2))
    vendor.guestWrites(made, 'Hello')
    vendor.pressTest()
    vendor.sendHistoric()
    vendor.merge(fakeId('property', 2), flat)
    vendor.disconnect()
    expect(told()).toEqual([
      'reservation.created',
      'reservation.changed',
      'reservation.changed',
      'reservation.changed',
      'message.created',
      'reservation.changed',
      ...Array.from({ length: 5 }, () => 'reservation.created'),
      'property.merged',
      'property.changed',
      'integration.disconnected',
    ])
    vendor.erase(made)
    vendor.block({ unitRef: flat, from: '2026-06-01', to: '2026-06-02' })
    expect(told()).toEqual([])
  })
})

it('goes on after its memory went through JSON', async () => {
  const { vendor, advance } = account()
  vendor.cancel(ref)
  const state = JSON.parse(JSON.stringify(vendor.state)) as HospitableState // the fake's own memory
  expect(state).toEqual(vendor.state)
  const next = hospitableVendor({ state, now: () => Date.parse('2026-05-01T10:00:02Z') })
  advance(2_000)
  expect(next.knownBooking).toBe(ref)
  expect(next.bookings()).toEqual(vendor.bookings())
  expect(next.dueWebhooks()).toEqual(vendor.dueWebhooks())
})

it('asked for things it does not hold, says so', async () => {
  const { vendor } = account({ state: (state) => Object.assign(state, { reservations: [], known: null }) })
  expect(() => vendor.knownBooking).toThrow(RangeError)
  expect(() => vendor.cancel('nobody')).toThrow(RangeError)
  expect(() => vendor.book({ arrival: '2026-06-01', departure: '2026-06-02', unitRef: 'nobody' })).toThrow(RangeError)
  expect((await vendor.respond(get('/tasks'))).status).toBe(404)
})
