import { createHmac, randomUUID } from 'node:crypto'
import { describeTenantStore, memoryHouse, MemoryQueue, MemoryStore, type OpenedStore } from '@stayward/core/testing'

const fingerprints = {
  fingerprint: (deviceId: string, pin: string) =>
    createHmac('sha256', 'test').update(`${deviceId}\0${pin}`).digest('hex'),
}

async function open(): Promise<OpenedStore> {
  const tenantId = randomUUID()
  const queue = new MemoryQueue()
  const store = new MemoryStore({ tenantId, queue, fingerprints, newId: randomUUID })
  const { state } = store
  const takeMarks = async () => {
    const now = '9999-01-01T00:00:00.000Z' as Parameters<typeof queue.claim>[2] // has the shape; later than every test
    const claims = await queue.claim(1000, [], now)
    await queue.finish(claims, now)
    return claims.map(({ kind, key }) => `${kind}:${key}`).sort()
  }
  return {
    store,
    house: memoryHouse(state, randomUUID),
    fingerprints,
    hear: async (channel, facts) => store.hear(channel, facts),
    takeMarks,
    timers: async () =>
      new Map(
        queue.keys().flatMap(({ kind, key, timerAt }) => (timerAt ? [[`${kind}:${key}`, timerAt] as const] : [])),
      ),
    timeline: async (bookingId) => state.timeline.filter((line) => line.bookingId === bookingId),
    events: async () => state.events,
    openAlerts: async () => state.alerts.filter(({ closedAt }) => closedAt === undefined),
    close: async () => undefined,
  }
}

describeTenantStore({ open })
