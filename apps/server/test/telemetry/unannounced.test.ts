import { type Instant, plus, systemClock } from '@stayward/core'
import { expect, it } from 'vitest'
import { createReadModel } from '../../src/persistence/read-models.ts'
import { readUnannounced } from '../../src/telemetry/unannounced.ts'
import { looking } from '../persistence/lived-in.ts'
import { openHub } from '../persistence/open-store.ts'

it('counts the changes that asking found and no webhook had announced, by connection', async () => {
  const hub = await openHub()
  try {
    const { tenantId, store, rooms, secrets } = await hub.addTenant()
    const put = { name: 'Bookings', port: 'booking', adapter: 'test-booking', config: { key: 'x' } } as const
    const { id: connectionId } = await rooms.putConnection(put)
    const began = systemClock.now()
    const later = (hours: number) => plus(began, hours * 3_600_000)
    const find = (ref: string, cause: 'webhook' | 'poll' | 'sweep', now: Instant) =>
      store.saveBookings(
        looking.at('connection', connectionId),
        { connectionId, bookings: [{ ref, state: 'confirmed', guest: {} }], cause },
        { now },
      )
    const pointAt = (ref: string, now: Instant) =>
      store.saveFetch(
        looking.at('fetch', `${connectionId}/${ref}`),
        { connectionId, ref, outcome: 'unchanged', text: '' },
        { now },
      )
    await find('first-import', 'sweep', later(0.1))
    await find('by-webhook', 'webhook', later(2))
    await find('by-poll', 'poll', later(2))
    await find('by-sweep', 'sweep', later(3))
    await find('poll-before-webhook', 'poll', later(4))
    await pointAt('poll-before-webhook', plus(later(4), 60_000))
    await find('webhook-long-ago', 'poll', later(6))
    await pointAt('webhook-long-ago', later(2))

    const expected = { adapter: 'test-booking', connection: connectionId, count: 3 }
    expect(await readUnannounced(hub.pool, systemClock)()).toEqual([expected])
    const model = createReadModel({ orm: hub.orm, secretsOf: async () => secrets })
    expect(await model.connections(tenantId)).toMatchObject([{ name: 'Bookings', unannounced: 3 }])
    const tomorrow = { now: () => plus(began, 30 * 3_600_000) }
    expect(await readUnannounced(hub.pool, tomorrow)()).toEqual([])
    const neighbour = await hub.addTenant()
    const other = createReadModel({ orm: hub.orm, secretsOf: async () => neighbour.secrets })
    expect(await other.connections(neighbour.tenantId)).toEqual([])
  } finally {
    await hub.close()
  }
})
