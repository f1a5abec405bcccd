import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dayFromNow, demoUnits } from '../../src/demo/fresh-world.ts'
import { until } from '../../src/demo/hub-client.ts'
import { book, guestNo, letIn, letters, pinsOn, texts } from './guests.ts'
import { type RunningHub, setStage, type Stage, startOn } from './stage.ts'

let stage: Stage
let hub: RunningHub
beforeAll(async () => {
  stage = await setStage()
  hub = await startOn(stage)
  await until('the first sweep and the first probe', async () => {
    const { items } = (await hub.api('/connections')).body as { items: { name: string; account?: string }[] }
    const known = items.some(({ name, account }) => name === 'smoobu' && account === '4711')
    return known && (await hub.client.hasRead('smoobu'))
  })
})
afterAll(async () => {
  await hub.stop()
  await stage.stop()
})

const address = () => stage.world.addresses?.smoobu ?? ''
const json = { 'content-type': 'application/json' }
const post = async (body: string | object, to = address()): Promise<{ status: number; body: string; type: string }> => {
  const answer = await fetch(to, {
    method: 'POST',
    headers: json,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return { status: answer.status, body: await answer.text(), type: answer.headers.get('content-type') ?? '' }
}
const action = (name: string, id: unknown, user: unknown = 4711) => ({ action: name, user, data: { id } })

interface Delivery {
  readonly status: string
  readonly topic?: string
  readonly reason?: string
  readonly copies: number
}
const deliveries = async (): Promise<readonly Delivery[]> =>
  ((await hub.api('/webhooks?limit=200')).body as { items: Delivery[] }).items // as its schema says
const copies = async () =>
  (await deliveries()).reduce((sum, one) => (one.topic === 'newReservation' ? sum + one.copies : sum), 0)
const lookAt = (ref: string) =>
  until(`what came of the look at ${ref}`, async () => {
    const { items } = (await hub.api(`/looks?ref=${ref}`)).body as { items: { outcome: string; text: string }[] }
    return items[0]
  })
const reasonOf = (ref: string, kind: string) =>
  until(`the timeline of ${ref} says ${kind}`, async () => {
    const seen = await hub.client.booking(ref)
    const line = seen?.timeline.find((one) => one.kind === kind)
    return seen && line && { seen, line }
  })

describe('what is refused at the door', () => {
  it('answers unknown tenant, token and adapter with the same 404, and keeps nothing of them', async () => {
    const before = await deliveries()
    const ref = book(stage, 1, { announce: false })
    const [, path = '', token = ''] = /^(.*\/)([^/]+)$/.exec(address()) ?? []
    const told = await Promise.all([
      post(action('newReservation', ref), `${path}${token.replace(/^./, (letter) => (letter === 'A' ? 'B' : 'A'))}`),
      post(action('newReservation', ref), `${path.replace('/t/demo/', '/t/nobody/')}${token}`),
      post(action('newReservation', ref), `${path.replace('/smoobu/', '/no-such-adapter/')}${token}`),
      post(action('newReservation', ref), `${path.replace('/smoobu/', '/smsfactor/')}${token}`),
      post('x'.repeat(2_000_000), `${path.replace('/t/demo/', '/t/nobody/')}${token}`),
    ])
    expect(new Set(told.map((one) => JSON.stringify(one))).size).toBe(1)
    expect(told[0]?.status).toBe(404)
    expect(await deliveries()).toEqual(before)
    expect(await hub.client.booking(ref)).toBeUndefined()
    expect(hub.logged()).not.toContain(token)
    stage.vendors.smoobu.erase(ref, { announce: false })
  })

  it('refuses what is too large with 413, and puts its size and reason into quarantine', async () => {
    expect((await post(`{"action":"newReservation","filler":"${'x'.repeat(1_100_000)}"}`)).status).toBe(413)
    expect((await deliveries()).at(0)).toMatchObject({
      status: 'quarantined',
      reason: expect.stringMatching(/large/) as string,
    })
  })
})

describe('what is not understood', () => {
  it('is kept with its reason, and one look at the connection finds what it may have been about', async () => {
    const ref = book(stage, 2, { announce: false })
    expect(await post('<xml>newReservation</xml>')).toMatchObject({ status: 200 })
    expect((await deliveries()).at(0)).toMatchObject({
      status: 'quarantined',
      reason: expect.stringMatching(/not a JSON object/) as string,
    })
    await letIn(stage, hub, { guest: 2, ref, keypads: ['street', 'loft'], messages: 1 })
  })

  it('ignores an unknown action and another account, and says so in the log of webhooks', async () => {
    const ref = book(stage, 3, { announce: false })
    const reads = stage.faults.calls.length
    expect((await post(action('reservationTeleported', Number(ref)))).status).toBe(200)
    expect((await post(action('newReservation', Number(ref), 9999))).status).toBe(200)
    // Others come in the same millisecond, so none is known by its place in the list.
    const ignored = (await deliveries()).filter(({ status }) => status === 'ignored')
    expect(ignored.filter(({ topic }) => topic === 'reservationTeleported')).toHaveLength(1)
    expect(ignored.filter(({ reason = '' }) => /another Smoobu account/.test(reason))).toMatchObject([
      { topic: 'newReservation' },
    ])
    // A later nudge has been looked at by now, so these two would have been as well.
    await post(action('newReservation', 12_345))
    await lookAt('12345')
    expect(await hub.client.booking(ref)).toBeUndefined()
    expect(stage.faults.calls.slice(reads).filter(({ url }) => url.includes(ref))).toEqual([])
    stage.vendors.smoobu.erase(ref, { announce: false })
  })

  it('looks for an invented number, finds nothing, and says why', async () => {
    expect((await post(action('newReservation', 99_999_999))).status).toBe(200)
    expect(await lookAt('99999999')).toEqual(
      expect.objectContaining({ outcome: 'not-found', text: 'Smoobu knows no booking 99999999, so nothing was done.' }),
    )
  })
})

describe('webhooks that are right, in a wrong way', () => {
  it('counts doubles, and tells the guest once', async () => {
    const ref = book(stage, 4, { announce: false })
    const body = action('newReservation', Number(ref))
    const before = await copies()
    const told = await Promise.all(Array.from({ length: 12 }, () => post(body)))
    expect(told.every(({ status }) => status === 200)).toBe(true)
    await letIn(stage, hub, { guest: 4, ref, keypads: ['street', 'loft'], messages: 1 })
    await post(body)
    expect(await copies()).toBe(before + 13)
    await lookAt(ref)
    expect(texts(stage, 4)).toHaveLength(1)
  })

  it('believes Smoobu and not the order: a cancellation before the booking it is about', async () => {
    const gone = book(stage, 5, { announce: false })
    stage.vendors.smoobu.cancel(gone, { announce: false })
    const stays = book(stage, 6, { announce: false })
    await post(action('cancelReservation', Number(gone)))
    await post(action('newReservation', Number(gone)))
    await post(action('cancelReservation', Number(stays)))
    await post(action('newReservation', Number(stays)))

    await letIn(stage, hub, { guest: 6, ref: stays, keypads: ['street', 'loft'], messages: 1 })
    const seen = await until('the cancelled one is stored', () => hub.client.booking(gone))
    expect(seen).toMatchObject({ state: 'cancelled', codes: [], messages: [] })
    expect([texts(stage, 5), letters(stage, gone)]).toEqual([[], []])
  })

  it('takes numbers as text, and a reservation without an envelope', async () => {
    const quoted = book(stage, 7, { announce: false })
    const bare = book(stage, 8, { announce: false })
    await post({ action: 'newReservation', user: '4711', data: { id: quoted } })
    await post({ id: Number(bare), arrival: '1970-01-01' })
    await letIn(stage, hub, { guest: 7, ref: quoted, keypads: ['street', 'loft'], messages: 1 })
    await letIn(stage, hub, { guest: 8, ref: bare, keypads: ['street', 'loft'], messages: 1 })
  })
})

describe('bookings that cannot be let in yet', () => {
  it('stores one for an unmapped flat with a reason and a remedy; linking the flat brings codes and messages', async () => {
    stage.world.smoobu.apartments.push({ id: 700_109, name: 'Gartenhaus', timeZone: 'Europe/Paris' })
    const ref = stage.vendors.smoobu.book({
      arrival: dayFromNow(Date.now(), 1),
      departure: dayFromNow(Date.now(), 3),
      unitRef: '700109',
      guest: guestNo(9),
    })
    const { seen, line } = await reasonOf(ref, 'held')
    expect(seen).toMatchObject({ state: 'confirmed', codes: [], messages: [] })
    expect(seen.unit).toBeUndefined()
    expect(line.text).toMatch(/not linked/)
    expect(line.remedy).toMatch(/stayward|unit/i)

    const path = ['street', 'yard', 'studio']
    await stage.house.putUnit({
      slug: 'garden',
      name: 'Studio Süd',
      property: 'quai-house',
      path,
      sources: [{ connection: 'smoobu', ref: '700109' }],
    })
    await letIn(stage, hub, { guest: 9, ref, keypads: ['street', 'studio'], messages: 1 })
  })

  it.each([
    ['no arrival at all', '', dayFromNow(Date.now(), 3)],
    ['a day that no calendar has', '2026-13-45', dayFromNow(Date.now(), 3)],
    ['a departure before the arrival', dayFromNow(Date.now(), 3), dayFromNow(Date.now(), 1)],
    ['a stay of four hundred years', dayFromNow(Date.now(), 1), dayFromNow(Date.now(), 146_000)],
  ])('says what is wrong with %s, and lets in once it is mended', async (_, arrival, departure) => {
    const guest = 10 + stage.world.smoobu.reservations.length
    const guests = pinsOn(stage, 'street').length
    const ref = stage.vendors.smoobu.book({ arrival, departure, unitRef: demoUnits.loft, guest: guestNo(guest) })
    const seen = await until('a reason with a remedy', async () => {
      const found = await hub.client.booking(ref)
      return found?.timeline.some((line) => 'remedy' in line) ? found : undefined
    })
    expect(seen).toMatchObject({ codes: [], messages: [] })
    expect(pinsOn(stage, 'street')).toHaveLength(guests)

    stage.vendors.smoobu.changeDates(ref, { arrival: dayFromNow(Date.now(), 1), departure: dayFromNow(Date.now(), 2) })
    await letIn(stage, hub, { guest, ref, keypads: ['street', 'loft'], messages: 1 })
  })
})
