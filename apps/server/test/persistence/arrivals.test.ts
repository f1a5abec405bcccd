import { type Instant, plus } from '@stayward/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createReadModel } from '../../src/persistence/read-models.ts'
import { tenantKeys } from '../../src/persistence/tenant-keys.ts'
import { tenantSecrets } from '../../src/secrets/tenant-secrets.ts'
import { testMasters } from '../fresh-database.ts'
import { canaries, liveIn, type Lived, looking } from './lived-in.ts'
import { openHub, type TestHub, type TestTenant } from './open-store.ts'

let hub: TestHub
let tenant: TestTenant
let lived: Lived
beforeAll(async () => {
  hub = await openHub()
  tenant = await hub.addTenant()
  lived = await liveIn(tenant)
})
afterAll(() => hub.close())

/** What is read at a moment. */
function modelAt(now: Instant) {
  const secretsOf = async (id: string) => tenantSecrets(await tenantKeys(hub.pool, testMasters, id))
  return createReadModel({ orm: hub.orm, secretsOf, clock: { now: () => now } })
}

const checkIn = '2026-07-10T14:00:00.000Z' as Instant // has the shape
const hours = (count: number) => count * 3_600_000

describe('arrivals', () => {
  it('are judged at the moment of reading, with the evidence of every door, its age and the message', async () => {
    const now = plus(checkIn, -hours(3))
    const { device, code, booking, message } = lived
    const confirmed = [{ ...code, evidence: 'confirmed' as const, provenAt: now }]
    await tenant.store.saveDevice(
      looking.at('device', device),
      { deviceId: device, update: confirmed, readAt: plus(now, -600_000) },
      { now },
    )
    const taken = [{ ...message, state: 'accepted' as const, claimedAt: looking.now }]
    const messages = looking.at('messages', booking.id)
    await tenant.store.saveMessages(messages, { bookingId: booking.id, update: taken }, { now })
    const { items } = await modelAt(now).arrivals(tenant.tenantId, { limit: 9 })
    expect(items).toMatchObject([
      {
        id: booking.id,
        guest: { name: canaries.guest },
        readiness: {
          level: 'not-ready', // told an address that is none of the booking's, and not the lobby's code
          doors: [
            {
              name: 'Street door',
              level: 'ready',
              evidence: 'confirmed',
              readAt: plus(now, -600_000),
              ageSeconds: 600,
            },
            { name: 'Lobby', level: 'ready' },
          ],
          told: [{ channel: 'inbox', proof: 'none' }],
          risks: [{ code: 'not-told', level: 'not-ready' }],
        },
      },
    ])
    expect(JSON.stringify(items)).not.toContain(canaries.pin)
    expect((await modelAt(now).booking(tenant.tenantId, booking.id, false))?.readiness).toEqual(items[0]?.readiness)
    const old = await modelAt(plus(now, hours(2))).arrivals(tenant.tenantId, { limit: 9 })
    expect(old.items[0]?.readiness.doors[0]).toMatchObject({ level: 'at-risk', evidence: 'accepted', ageSeconds: 7800 })
  })

  it('end a day after the check-in, begin 72 hours before it, and are none of another tenant', async () => {
    const at = async (now: Instant, id = tenant.tenantId) =>
      (await modelAt(now).arrivals(id, { limit: 9 })).items.map(({ ref }) => ref)
    expect(await at(plus(checkIn, -hours(72) - 1))).toEqual([])
    expect(await at(plus(checkIn, -hours(72)))).toEqual(['b-1'])
    expect(await at(plus(checkIn, hours(24)))).toEqual([])
    expect((await modelAt(checkIn).booking(tenant.tenantId, lived.booking.id, false))?.readiness).toBeDefined()
    expect((await modelAt(looking.now).booking(tenant.tenantId, lived.booking.id, false))?.readiness).toBeDefined()
    const stranger = await hub.addTenant()
    expect(await at(checkIn, stranger.tenantId)).toEqual([])
  })

  it('come the worst prepared first, then the nearest, whatever the size of the page', async () => {
    const now = plus(checkIn, -hours(3))
    const day = (ref: string, arrival: string) =>
      ({ ref, state: 'confirmed', unitRef: 'flat-2', arrival, departure: '2026-07-20', guest: {} }) as const
    const bookings = [day('later', '2026-07-12'), day('sooner', '2026-07-11'), day('far', '2026-07-14')]
    const { source } = lived
    const found = { connectionId: source, bookings, cause: 'poll' } as const
    await tenant.store.saveBookings(looking.at('connection', source), found, { now })
    await tenant.rooms.setSettings({ policy: { channels: [] } })
    const model = modelAt(now)
    const walk = async (limit: number) => {
      const seen: string[] = []
      for (let after: string | undefined; ; ) {
        const page = await model.arrivals(tenant.tenantId, { limit, ...(after === undefined ? {} : { after }) })
        seen.push(...page.items.map(({ ref, readiness }) => `${ref} ${readiness.level}`))
        after = page.next
        if (after === undefined) return seen
      }
    }
    const all = await walk(9)
    expect(all).toEqual(['sooner not-ready', 'later not-ready', 'b-1 at-risk'])
    expect(await walk(1)).toEqual(all)
  })
})

describe('events', () => {
  it('are followed from the last one seen, and shown once no earlier one can still appear', async () => {
    const subject = `booking:${lived.booking.id}`
    const later = { now: () => plus(new Date().toISOString() as Instant, 6000) } // has the shape
    const model = modelAt(later.now())
    const first = await model.events(tenant.tenantId, { limit: 9 })
    expect(first.items).toMatchObject([
      { type: 'readiness.worse', subject, at: looking.now, data: { level: 'at-risk', was: 'ready' } },
    ])
    const more = { limit: 9, after: first.next ?? '' }
    expect((await model.events(tenant.tenantId, more)).items).toEqual([])
    const look = looking.at('booking', lived.booking.id)
    const plan = { status: 'held', reason: { code: 'path-empty', text: 'No.', remedy: 'Do.' } } as const
    await tenant.store.saveStay(
      look,
      { bookingId: lived.booking.id, plan },
      { now: looking.now, events: [{ type: 'readiness.better', subject, data: {} }] },
    )
    const soon = new Date().toISOString() as Instant // has the shape
    expect((await modelAt(soon).events(tenant.tenantId, more)).items).toEqual([])
    const settled = await modelAt(plus(soon, 6000)).events(tenant.tenantId, more)
    expect(settled.items.map(({ type }) => type)).toEqual(['readiness.better'])
    const worse = await modelAt(plus(soon, 6000)).events(tenant.tenantId, { limit: 9, type: 'readiness.worse' })
    expect(worse.items).toHaveLength(1)
  })
})
