import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type SmoobuVendor, smoobuVendor } from '@stayward/booking-smoobu/testing'
import type { VendorFake } from '@stayward/core/testing'
import { type TheKeysVendor, theKeysVendor } from '@stayward/lock-the-keys/testing'
import { type SmsFactorVendor, smsFactorVendor } from '@stayward/notify-smsfactor/testing'
import type { DemoWorld, VendorName, WorldFile } from './world-file.ts'

/** Real vendors take their time; the demo's take this fraction of it. */
export const demoPace = 50

/** Where each vendor is on the open internet. */
const origins: Readonly<Record<VendorName, string>> = {
  smoobu: 'https://login.smoobu.com',
  theKeys: 'https://api.the-keys.fr',
  smsFactor: 'https://api.smsfactor.com',
}

/** The demo's three vendors, each a real HTTP server on loopback. */
export interface DemoVendors {
  readonly smoobu: SmoobuVendor
  readonly theKeys: TheKeysVendor
  readonly smsFactor: SmsFactorVendor
  /** From a vendor's origin to where it listens. */
  readonly origins: ReadonlyMap<string, string>
  /** The same for every entrance; `origins` is the first of them. */
  readonly entrances: readonly ReadonlyMap<string, string>[]
  stop(): Promise<void>
}

/**
 * Stands between the hub and a vendor, for playing what goes wrong on the way. A rejection breaks the connection off.
 * `entrance` is the number of the one that the caller came through.
 */
export type Between = (
  vendor: VendorName,
  request: Request,
  answer: (request: Request) => Promise<Response>,
  entrance: number,
) => Promise<Response>

export interface VendorsOptions {
  readonly now?: () => number
  readonly between?: Between
  /** How many addresses each vendor answers at, so that its callers can be told apart; 1 when absent. */
  readonly entrances?: number
}

export async function startVendors(
  file: WorldFile,
  { now = Date.now, between, entrances = 1 }: VendorsOptions = {},
): Promise<DemoVendors> {
  const { world, save } = file
  const smoobu = smoobuVendor({ state: world.smoobu, now, webhookLatency: 2000 / demoPace })
  const theKeys = theKeysVendor({
    state: world.theKeys,
    now,
    syncDelay: 10_000 / demoPace,
    heartbeatEvery: 5000 / demoPace,
  })
  const smsFactor = smsFactorVendor({
    state: world.smsFactor,
    now,
    webhooks: true,
    reportDelay: 4000 / demoPace,
    listingLag: 20_000 / demoPace,
  })
  const fakes: Readonly<Record<VendorName, VendorFake>> = { smoobu, theKeys, smsFactor }

  const servers: Server[] = []
  const reached = Array.from({ length: entrances }, () => new Map<string, string>())
  for (const name of ['smoobu', 'theKeys', 'smsFactor'] as const) {
    const answer = (request: Request) => fakes[name].respond(request)
    for (const [entrance, addresses] of reached.entries()) {
      const respond = between ? (request: Request) => between(name, request, answer, entrance) : answer
      const wish = entrance === 0 ? world.ports[name] : undefined
      const { server, port } = await serve({ respond, origin: origins[name], port: wish, save })
      servers.push(server)
      if (entrance === 0) world.ports[name] = port
      addresses.set(origins[name], `http://127.0.0.1:${port}`)
    }
  }
  save()
  const post = startPost(file, fakes)
  return {
    smoobu,
    theKeys,
    smsFactor,
    origins: reached[0] ?? new Map(),
    entrances: reached,
    stop: async () => {
      post.stop()
      await Promise.all(servers.map((server) => new Promise((done) => server.close(done).closeAllConnections())))
      save()
    },
  }
}

export interface Served {
  readonly respond: (request: Request) => Promise<Response>
  readonly origin: string
  readonly port: number | undefined
  readonly save: () => void
}

/** A vendor on loopback; a port that somebody else has taken is given up for a free one. */
export async function serve({ respond, origin, port, save }: Served) {
  const server = createServer((request, response) => {
    answerOf(respond, origin, request).then(
      async (answer) => {
        save() // what the vendor says it has done outlives this process
        response
          .writeHead(answer.status, Object.fromEntries(answer.headers))
          .end(Buffer.from(await answer.arrayBuffer()))
      },
      () => {
        save()
        response.destroy()
      },
    )
  })
  await new Promise<void>((ready, fail) => {
    // A port that somebody else has taken since is given up for a free one.
    server.once('error', () => server.removeAllListeners('error').once('error', fail).listen(0, '127.0.0.1', ready))
    server.listen(port ?? 0, '127.0.0.1', ready)
  })
  return { server, port: (server.address() as AddressInfo).port } // listening on TCP, so it is an address
}

async function answerOf(respond: Served['respond'], origin: string, request: IncomingMessage): Promise<Response> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer) // no encoding is set, so chunks are bytes
  const body = Buffer.concat(chunks)
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers)) if (typeof value === 'string') headers.set(name, value)
  const { method = 'GET', url = '/' } = request
  return await respond(new Request(`${origin}${url}`, { method, headers, ...(body.length > 0 ? { body } : {}) }))
}

/** Carries webhooks to the hub. What was taken from a vendor stays in the outbox until the hub has answered. */
function startPost({ world, save }: WorldFile, fakes: Readonly<Record<VendorName, VendorFake>>): { stop(): void } {
  let busy = false
  const deliver = async () => {
    if (busy || !world.addresses) return
    busy = true
    try {
      for (const vendor of ['smoobu', 'smsFactor'] as const)
        for (const { headers, body } of fakes[vendor].dueWebhooks()) world.outbox.push({ vendor, headers, body })
      for (const letter of world.outbox.slice()) {
        save()
        if (!(await send(world, letter))) break
        world.outbox.splice(world.outbox.indexOf(letter), 1)
        save()
      }
    } finally {
      busy = false
    }
  }
  const timer = setInterval(() => void deliver(), 20)
  return { stop: () => clearInterval(timer) }
}

async function send(
  { addresses }: DemoWorld,
  { vendor, headers, body }: DemoWorld['outbox'][number],
): Promise<boolean> {
  const address = vendor === 'smoobu' ? addresses?.smoobu : addresses?.smsfactor
  if (address === undefined) return false
  try {
    const answer = await fetch(address, { method: 'POST', headers, body, signal: AbortSignal.timeout(5000) })
    await answer.arrayBuffer()
    return answer.status < 500
  } catch {
    return false // the hub is not up; the letter stays
  }
}
