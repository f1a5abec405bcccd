import { type Code, type Instant, limits, plus } from '@stayward/core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { purge } from '../../src/persistence/purge.ts'
import { liveIn, type Lived, looking } from './lived-in.ts'
import { openHub, type TestHub, type TestTenant } from './open-store.ts'

let hub: TestHub
let tenant: TestTenant
let lived: Lived
beforeAll(async () => {
  hub = await openHub()
})
beforeEach(async () => {
  tenant = await hub.addTenant()
  lived = await liveIn(tenant)
})
afterAll(() => hub.close())

const { now } = looking

/** The guest has left and the device has let go of the code at `at`. */
async function leave(at: Instant): Promise<void> {
  const { booking, device, code, message } = lived
  const held = { status: 'held', reason: { code: 'booking-over', text: 'Over.', remedy: 'Nothing.' } } as const
  const ended: Code = { ...code, want: 'absent', endCause: 'over', evidence: 'planned' }
  await tenant.store.saveStay(
    looking.at('booking', booking.id),
    { bookingId: booking.id, plan: held, update: [ended] },
    { now: at },
  )
  const [ending] = (await tenant.store.loadDevice(device))?.codes ?? []
  if (!ending) throw new Error('the code is gone too early')
  const update: Code[] = [{ ...ending, evidence: 'confirmed' }]
  await tenant.store.saveDevice(looking.at('device', device), { deviceId: device, update }, { now: at })
  const told = (await tenant.store.loadStay(booking.id, at))?.messages ?? []
  const accepted = told.map((one) => (one.id === message.id ? { ...one, state: 'accepted' as const } : one))
  await tenant.store.saveMessages(
    looking.at('messages', booking.id),
    { bookingId: booking.id, update: accepted },
    { now: at },
  )
}

const one = async <Row extends object>(text: string): Promise<Row | undefined> =>
  (await hub.owner.query<Row>(text, [tenant.tenantId])).rows[0]

describe('purge', () => {
  it('erases events after the tenant’s retention time', async () => {
    const count = async () =>
      Number((await one<{ n: string }>('select count(*) as n from event where tenant_id = $1'))?.n)
    await purge(hub.pool, plus(now, 90 * 86_400_000))
    expect(await count()).toBe(1)
    await purge(hub.pool, plus(now, 90 * 86_400_000 + 1))
    expect(await count()).toBe(0)
  })

  it('leaves everything of a stay that is not over', async () => {
    await purge(hub.pool, plus(now, 80 * 86_400_000))
    expect((await tenant.store.loadStay(lived.booking.id, now))?.codes[0]?.pin).toBe(lived.code.pin)
  })

  it('erases the plain PIN a day after the device let go of it, wherever it was written, and keeps its fingerprint', async () => {
    await leave(now)
    const day = plus(now, limits.pinAfterRevoked)
    await purge(hub.pool, plus(day, -1))
    expect((await tenant.store.loadStay(lived.booking.id, now))?.lastPins).toEqual([lived.code.pin])
    await purge(hub.pool, day)
    const row = await one<Record<string, string | null>>(
      `select k.pin_sealed, k.pin_fingerprint, b.last_pin_sealed, m.told_sealed, m.version_sealed, m.text_sealed
       from code k join booking b using (tenant_id) join message m using (tenant_id) where tenant_id = $1`,
    )
    expect(row).toEqual({
      pin_sealed: null,
      pin_fingerprint: tenant.secrets.fingerprint(lived.device, lived.code.pin),
      last_pin_sealed: null,
      told_sealed: null,
      version_sealed: null,
      text_sealed: null,
    })
    const view = await tenant.store.loadStay(lived.booking.id, now)
    expect(view?.lastPins).toBeUndefined()
    expect(view?.messages).toEqual([
      expect.objectContaining({ state: 'accepted', told: expect.objectContaining({ doors: [] }) }),
    ])
  })

  it('forgets webhooks and what came of them after the tenant’s own time, in small batches', async () => {
    await tenant.rooms.setSettings({ retentionDays: 3 })
    for (const [index, at] of [now, now, now, plus(now, 2 * 86_400_000)].entries())
      await hub.owner.query(
        `insert into webhook_delivery (tenant_id, id, connection_id, adapter, received_at, delivery_key, status, last_at, size, body_hash)
         values ($1, gen_random_uuid(), $2, 'test', $3, $4, 'accepted', $3, 1, 'x')`,
        [tenant.tenantId, lived.source, at, `key-${index}`],
      )
    await purge(hub.pool, plus(now, 3 * 86_400_000 + 1), { batch: 2 })
    expect(await one('select count(*)::int as n from webhook_delivery where tenant_id = $1')).toEqual({ n: 1 })
    expect(await one('select count(*)::int as n from fetch_outcome where tenant_id = $1')).toEqual({ n: 0 })
  })

  it('keeps what changed of a code as long as it may be asked about, and no longer', async () => {
    const kept = async () => (await tenant.store.codeHistory(lived.code.id)).length
    await purge(hub.pool, plus(now, limits.auditKept))
    expect(await kept()).toBe(1)
    await purge(hub.pool, plus(now, limits.auditKept + 1))
    expect(await kept()).toBe(0)
  })

  it('keeps a refused PIN out of use for the cool-down, and no longer', async () => {
    const rest = async () =>
      (await one<{ n: number }>('select count(*)::int as n from pin_refusal where tenant_id = $1'))?.n
    await purge(hub.pool, plus(now, limits.pinCoolDown - 1))
    expect(await rest()).toBe(1)
    await purge(hub.pool, plus(now, limits.pinCoolDown))
    expect(await rest()).toBe(0)
  })
})
