import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { ReadModel } from '../../src/persistence/reads/read-model.ts'
import { canaries, liveIn, type Lived, looking } from './lived-in.ts'
import { openHub, type TestHub, type TestTenant } from './open-store.ts'
import { readModelOf } from './read-model-of.ts'

let hub: TestHub
let tenant: TestTenant
let lived: Lived
let model: ReadModel
beforeAll(async () => {
  hub = await openHub()
  tenant = await hub.addTenant()
  lived = await liveIn(tenant)
  model = readModelOf(hub)
})
afterAll(() => hub.close())

const { now } = looking

describe('what people read', () => {
  it('is how a code came to be what it is', async () => {
    const { from, until } = lived.code.window
    expect(await model.codeHistory(tenant.tenantId, lived.code.id)).toMatchObject([
      { at: now, became: { want: 'present', evidence: 'planned', from, until }, changed: ['made'], cause: 'booking' },
    ])
    expect(await model.codeHistory(tenant.tenantId, lived.booking.id)).toBeUndefined()
    expect(await model.codeHistory(tenant.tenantId, 'no-id')).toBeUndefined()
  })

  it('is a booking with its doors, codes, messages and story', async () => {
    const detail = await model.booking(tenant.tenantId, lived.booking.id, false)
    expect(detail).toMatchObject({
      id: lived.booking.id,
      ref: 'b-1',
      connection: { id: lived.source, name: 'Bookings' },
      state: 'confirmed',
      arrival: '2026-07-10',
      departure: '2026-07-14',
      unit: { slug: 'flat-2', name: 'Flat 2', property: 'House' },
      guest: { name: canaries.guest },
      knownSince: now,
      access: { status: 'held', reason: { code: 'too-early', text: 'Too early.', remedy: 'Wait.' } },
      doors: [
        { slug: 'street', kind: 'device', deviceId: lived.device },
        { slug: 'lobby', kind: 'fixed-code' },
      ],
      codes: [
        {
          id: lived.code.id,
          doors: ['Street door'],
          device: { id: lived.device, name: 'Street lock' },
          window: lived.code.window,
          want: 'present',
          evidence: 'planned',
        },
      ],
      messages: [{ channel: 'inbox', kind: 'door-code', state: 'claimed', claimedAt: now }],
      timeline: [
        { kind: 'booking-new', cause: 'poll' },
        { kind: 'held', text: 'Too early.' },
        { kind: 'adoption-asked', cause: 'person' },
      ],
    })
    expect(await model.timeline(tenant.tenantId, lived.booking.id)).toEqual(detail?.timeline)
  })

  it('is of one moment, whatever a hub commits while it is read', async () => {
    const before = await model.booking(tenant.tenantId, lived.booking.id, false)
    const hubAtWork = await hub.owner.connect()
    try {
      await hubAtWork.query('begin; lock table timeline in access exclusive mode')
      const reading = model.booking(tenant.tenantId, lived.booking.id, false)
      await vi.waitUntil(
        async () =>
          (await hubAtWork.query(`select from pg_locks where relation = 'timeline'::regclass and not granted`))
            .rowCount,
      )
      await hubAtWork.query(`update timeline set text = 'Said since.'; commit`)
      expect((await reading)?.timeline).toEqual(before?.timeline)
    } finally {
      hubAtWork.release()
    }
    const after = await model.booking(tenant.tenantId, lived.booking.id, false)
    expect(after?.timeline[0]?.text).toBe('Said since.')
    await hub.owner.query(`update timeline set text = 'Too early.' where kind = 'held'`)
  })

  it('holds a PIN only for those who may see it', async () => {
    expect(JSON.stringify(await model.booking(tenant.tenantId, lived.booking.id, false))).not.toContain(canaries.pin)
    const seen = await model.booking(tenant.tenantId, lived.booking.id, true)
    expect(seen?.codes[0]?.pin).toBe(canaries.pin)
    expect(seen?.messages[0]?.text).toContain(canaries.pin)
  })

  it('pages bookings by arrival, those without one last, whatever the page’s size', async () => {
    const { source } = lived
    const bookings = [
      { ref: 'p-1', state: 'confirmed', arrival: '2026-07-09', departure: '2026-07-10', guest: {} },
      { ref: 'p-2', state: 'cancelled', arrival: '2026-08-01', departure: '2026-08-02', guest: {} },
      { ref: 'p-3', state: 'request', guest: {} },
      { ref: 'p-4', state: 'request', guest: {} },
    ] as const
    await tenant.store.saveBookings(
      looking.at('connection', source),
      { connectionId: source, bookings, cause: 'poll' },
      { now },
    )
    const walk = async (limit: number): Promise<string[]> => {
      const refs: string[] = []
      let after: string | undefined
      do {
        const page = await model.bookings(tenant.tenantId, { limit, ...(after === undefined ? {} : { after }) })
        refs.push(...page.items.map(({ ref }) => ref))
        after = page.next
      } while (after !== undefined)
      return refs
    }
    const whole = await walk(100)
    expect(whole.slice(0, 3)).toEqual(['p-1', 'b-1', 'p-2'])
    expect(whole.slice(3).sort()).toEqual(['p-3', 'p-4'])
    expect(await walk(1)).toEqual(whole)
    expect(await walk(2)).toEqual(whole)
    const refsOf = async (query: object) =>
      (await model.bookings(tenant.tenantId, { limit: 9, ...query })).items.map(({ ref }) => ref)
    expect(await refsOf({ state: 'cancelled' })).toEqual(['p-2'])
    expect(await refsOf({ ref: 'b-1' })).toEqual(['b-1'])
    expect(await refsOf({ arrivalFrom: '2026-07-10', arrivalUntil: '2026-07-31' })).toEqual(['b-1'])
    expect(await refsOf({ after: 'nonsense' })).toEqual(whole)
  })

  it('is the connections with their health', async () => {
    const probe = { connectionId: lived.lock, ok: false, note: 'Wrong password.', account: 'acc-1' }
    await tenant.store.saveConnection(looking.at('probe', lived.lock), probe, { now })
    const locks = (await model.connections(tenant.tenantId)).find(({ id }) => id === lived.lock)
    expect(locks).toEqual({
      id: lived.lock,
      name: 'Locks',
      adapter: 'test-lock',
      port: 'lock',
      state: 'active',
      account: 'acc-1',
      lastTest: { at: now, ok: false, note: 'Wrong password.' },
      failingSince: now,
    })
  })

  it('is the alerts, newest first, and what webhooks led to', async () => {
    const alerts = await model.alerts(tenant.tenantId, { limit: 1, state: 'open' })
    expect(alerts).toEqual({
      items: [
        {
          id: lived.alertId,
          kind: 'arrival',
          subject: `booking:${lived.booking.id}`,
          text: 'Late.',
          remedy: 'Go.',
          loud: 'page',
          openedAt: now,
        },
      ],
    })
    expect((await model.alerts(tenant.tenantId, { limit: 9, state: 'closed' })).items).toEqual([])
    const fetched = { connectionId: lived.source, ref: 'b-9', outcome: 'not-found', text: 'No such booking.' } as const
    await tenant.store.saveFetch(looking.at('fetch', `${lived.source}/b-9`), fetched, { now })
    const first = await model.looks(tenant.tenantId, { limit: 1 })
    const second = await model.looks(tenant.tenantId, { limit: 1, after: first.next ?? '' })
    expect([...first.items, ...second.items].map(({ ref, outcome }) => `${ref} ${outcome}`)).toEqual([
      'b-9 not-found',
      'b-1 changed',
    ])
    expect(second.next).toBeUndefined()
    expect((await model.looks(tenant.tenantId, { limit: 9, ref: 'b-1' })).items).toEqual([
      {
        connection: { id: lived.source, name: 'Bookings' },
        ref: 'b-1',
        outcome: 'changed',
        text: 'Read and stored.',
        at: now,
      },
    ])
  })

  it('knows nothing of ids that are none', async () => {
    expect(await model.booking(tenant.tenantId, 'not-an-id', true)).toBeUndefined()
    expect(await model.timeline(tenant.tenantId, 'not-an-id')).toBeUndefined()
  })
})
