import { createServer, type IncomingMessage } from 'node:http'
import { systemClock } from '@stayward/core'
import { memoryBookings, type MemoryBookingVendor, memoryLock, type MemoryKeypadVendor } from '@stayward/core/testing'
import type { BenchConnection, BenchHouse } from './bench-house.ts'
import { listenAnywhere } from './listen-anywhere.ts'

/** One call of the hub at a vendor. */
export interface VendorCall {
  /** The path's last part. */
  readonly operation: string
  readonly body: string
  /** When its first byte came, milliseconds that never jump. */
  readonly at: number
}

/** Vendors without latency: in memory, behind HTTP on loopback. */
export interface BenchVendors {
  readonly bookings: MemoryBookingVendor
  readonly locks: MemoryKeypadVendor
  readonly origins: readonly (readonly [string, string])[]
  stop(): Promise<void>
}

/** The connections that go with them; each tenant has an account of its own. */
export const memoryConnections: readonly BenchConnection[] = [
  { name: 'bookings', adapter: memoryBookings().adapter.id, port: 'booking', config: (slug) => ({ token: slug }) },
  { name: 'locks', adapter: memoryLock().adapter.id, port: 'lock', config: (slug) => ({ token: slug }) },
]

/** Starts them with an account for every tenant and everything its house has. */
export async function startVendors(
  { tenants, unitRefs, vendorId }: BenchHouse,
  onCall: (call: VendorCall) => void = () => undefined,
): Promise<BenchVendors> {
  const bookings = memoryBookings().vendor(systemClock)
  const locks = memoryLock().vendor(systemClock)
  for (const { slug } of tenants) {
    bookings.addAccount(slug, slug)
    locks.addAccount(slug, slug)
    for (const [index, ref] of unitRefs.entries()) {
      bookings.addUnit(ref, { account: slug })
      locks.addDevice(vendorId(slug, index), slug)
    }
  }
  const servers = await Promise.all([answer(bookings, onCall), answer(locks, onCall)])
  const [first, second] = servers
  return {
    bookings,
    locks,
    origins: [
      ['https://memory-bookings.example', first.url],
      ['https://memory-lock.example', second.url],
    ],
    stop: async () => {
      await Promise.all(servers.map(({ stop }) => stop()))
    },
  }
}

/** Answers with what a fake says, over HTTP. */
export async function answer(
  fake: { respond(request: Request): Promise<Response> },
  onCall: (call: VendorCall) => void,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const server = createServer((req, res) => {
    const at = performance.now()
    respond(fake, req, (body) => onCall({ operation: req.url?.split('/').at(-1) ?? '', body, at })).then(
      async (answered) => {
        res.writeHead(answered.status, Object.fromEntries(answered.headers))
        res.end(Buffer.from(await answered.arrayBuffer()))
      },
      () => res.writeHead(500).end(),
    )
  })
  const url = await listenAnywhere(server)
  const stop = () =>
    new Promise<void>((done) => {
      server.close(() => done())
      server.closeAllConnections()
    })
  return { url, stop }
}

async function respond(
  fake: { respond(request: Request): Promise<Response> },
  req: IncomingMessage,
  said: (body: string) => void,
): Promise<Response> {
  const chunks: Buffer[] = []
  for await (const chunk of req) chunks.push(chunk as Buffer) // no encoding is set, so chunks are bytes
  const body = Buffer.concat(chunks)
  said(body.toString())
  const headers = new Headers()
  for (const [name, value] of Object.entries(req.headers)) if (typeof value === 'string') headers.set(name, value)
  const { method = 'GET', url = '/' } = req
  return await fake.respond(
    new Request(`https://fake.example${url}`, { method, headers, ...(body.length > 0 ? { body } : {}) }),
  )
}
