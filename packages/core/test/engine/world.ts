import * as z from 'zod'
import { createHmac } from 'node:crypto'
import { type Instant, plus } from '../../src/domain/instant.ts'
import { uuidOf } from '../../src/ports/entropy.ts'
import {
  memoryBookings,
  type MemoryBookingsOptions,
  memoryHouse,
  memoryIntercom,
  memoryLock,
  type MemoryLockOptions,
  memoryNotifier,
  type MemoryNotifierOptions,
  MemoryQueue,
  MemoryStore,
  seededEntropy,
  testClock,
} from '../../src/testing/index.ts'
import { furnish } from './house.ts'
import { Hub } from './hub.ts'
import { type Connection, connect } from './vendors.ts'

// Schemas compiled for speed cost more than they save in worlds that live for a few milliseconds.
z.config({ jitless: true })

export const minutes = (count: number) => count * 60_000
export const hours = (count: number) => count * 3_600_000
export const days = (count: number) => count * 86_400_000

export interface WorldOptions {
  readonly seed?: number
  readonly lock?: MemoryLockOptions
  /** An intercom of another vendor at the street door; the lock vendor is there too when absent. */
  readonly gate?: MemoryLockOptions
  readonly source?: MemoryBookingsOptions
  readonly sms?: MemoryNotifierOptions
  readonly tellAt?: 'accepted' | 'confirmed'
}

/** Everything outside the hub, the hub itself, and one clock that moves only when told. Starts on 1 July 2026, 08:00 UTC. */
export type World = Awaited<ReturnType<typeof makeWorld>>

export async function makeWorld({ seed = 7, tellAt = 'confirmed', ...options }: WorldOptions = {}) {
  const clock = testClock('2026-07-01T08:00:00.000Z' as Instant) // has the shape
  const dice = diceOf(seed + 1)
  const fingerprint = (deviceId: string, pin: string) =>
    createHmac('sha256', 'key of the tests').update(`${deviceId} ${pin}`).digest('hex')
  const entropy = seededEntropy(seed)
  const queue = new MemoryQueue({ random: dice })
  const newId = () => uuidOf(entropy)
  const store = new MemoryStore({ tenantId: 'tenant', queue, fingerprints: { fingerprint }, newId })
  const house = memoryHouse(store.state, newId)

  const bookings = memoryBookings(options.source)
  const source = bookings.vendor(clock)
  for (const ref of Object.keys(source.state.bookings)) delete source.state.bookings[ref]
  const locks = memoryLock(options.lock)
  const lock = locks.vendor(clock)
  for (const id of ['street-lock', 'loft-lock', 'studio-lock']) lock.addDevice(id)
  const gates = memoryIntercom({ id: 'memory-gate', ...options.gate })
  const gate = gates.vendor(clock)
  gate.addDevice('street-lock')
  const texts = memoryNotifier(options.sms)
  const sms = texts.vendor(clock)

  const ids = {
    source: await house.addConnection({ name: 'Bookings', port: 'booking' }),
    lock: await house.addConnection({ name: 'Locks', port: 'lock' }),
    gate: await house.addConnection({ name: 'Intercom', port: 'intercom' }),
    sms: await house.addConnection({ name: 'SMS', port: 'notifier' }),
  }
  // The accounts are known from the set-up's test.
  for (const [id, connection] of store.state.connections)
    store.state.connections.set(id, { ...connection, account: 'account-1' })
  const wires = {
    source: connect('source', bookings, source, clock),
    lock: connect('lock', locks, lock, clock),
    gate: connect('gate', gates, gate, clock),
    sms: connect('sms', texts, sms, clock),
  }
  const connections = new Map<string, Connection>(
    (['source', 'lock', 'gate', 'sms'] as const).map((name) => [ids[name], wires[name]]),
  )
  const rooms = await furnish(house, {
    source: ids.source,
    lock: ids.lock,
    tellAt,
    ...(options.gate ? { gate: ids.gate } : {}),
  })
  await house.setPolicy({ channels: [{ kind: 'notifier', connectionId: ids.sms }, { kind: 'inbox' }] })

  const hub = new Hub({ clock, queue, store, connections, fingerprints: { fingerprint }, entropy, dice })
  const world = {
    clock,
    store,
    queue,
    house,
    ids,
    ...rooms,
    source,
    lock,
    gate,
    sms,
    hub,
    wire: {
      source: wires.source.wire,
      lock: wires.lock.wire,
      gate: wires.gate.wire,
      sms: wires.sms.wire,
    },
    /** Whether webhooks of the booking system and of the messages get through. */
    listening: true,
    /** Hands over what the vendors' webhooks have to say by now. */
    hear: () => {
      for (const { body } of source.dueWebhooks()) {
        const { booking } = JSON.parse(body) as { booking: string } // the memory vendor's own shape
        if (world.listening) hub.nudge(`${ids.source}/${booking}`)
      }
      for (const { body } of sms.dueWebhooks()) {
        const { key } = JSON.parse(body) as { key: string } // as above
        if (world.listening) hub.nudge(`${ids.sms}/${key}`)
      }
    },
    /** Looks until nothing is due now. */
    run: async () => {
      for (let round = 0; round < 500; round++) {
        world.hear()
        const worked = await hub.round()
        if (hub.bugs.length > 0) throw hub.bugs[0]
        if (!worked) return
      }
      throw new Error('the hub does not come to rest')
    },
    /** Lets time pass, and the hub do everything at its time. */
    advance: async (milliseconds: number) => {
      const end = plus(clock.now(), milliseconds)
      for (;;) {
        await world.run()
        const next = [queue.nextDue() ?? end, plus(clock.now(), 60_000), end].sort()[0] ?? end
        if (clock.now() >= end) return
        clock.advance(Math.max(1, Date.parse(next) - Date.parse(clock.now())))
      }
    },
    /** Nobody looks for so long, then the hub catches up. */
    leap: async (milliseconds: number) => {
      clock.advance(milliseconds)
      await world.run()
    },
    /** Starts the poll of the booking system. */
    poll: () => hub.nudge(ids.source, 'connection'),
  }
  return world
}

export function diceOf(seed: number): () => number {
  const entropy = seededEntropy(seed)
  return () => {
    const [a = 0, b = 0, c = 0] = entropy.bytes(3)
    return ((a << 16) | (b << 8) | c) / 2 ** 24
  }
}
