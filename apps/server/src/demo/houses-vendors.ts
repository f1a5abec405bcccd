import { createServer, type AddressInfo } from 'node:net'
import { beds24Vendor, type Beds24Vendor, emptyBeds24 } from '@stayward/booking-beds24/testing'
import { emptyHospitable, type HospitableVendor, hospitableVendor } from '@stayward/booking-hospitable/testing'
import { deviceAddress, type TwoNVendor, twoNVendor } from '@stayward/intercom-2n/testing'
import { initialState as nukiState, type NukiVendor, nukiVendor } from '@stayward/lock-nuki/testing'
import { type SmtpVendor, smtpVendor } from '@stayward/notify-smtp/testing'
import { type WhatsAppVendor, whatsAppVendor } from '@stayward/notify-whatsapp/testing'
import { at, type HouseName, type Houses } from './houses.ts'
import { demoPace, serve } from './vendors.ts'

/** The vendors of the two houses beside the story's; each a server on loopback, Nuki one for both houses. */
export interface HousesVendors {
  readonly hospitable: HospitableVendor
  readonly beds24: Beds24Vendor
  /** Each house's own account and locks. */
  readonly nuki: Readonly<Record<HouseName, NukiVendor>>
  readonly gate: TwoNVendor
  readonly whatsApp: WhatsAppVendor
  readonly mail: SmtpVendor
  /** From a vendor's origin to where it listens. */
  readonly origins: ReadonlyMap<string, string>
  /** From now on webhooks go to this hub. Beds24's stay away: what is booked there is found by asking. */
  announceTo(hub: string, houses: Houses): void
  stop(): Promise<void>
}

export interface HousesVendorsOptions {
  /** Everything that a house's vendors are told: for looking whether it is that house's alone. */
  readonly hear?: (house: HouseName, said: string) => void
}

export async function startHousesVendors({
  hear = () => undefined,
}: HousesVendorsOptions = {}): Promise<HousesVendors> {
  const hospitable = hospitableVendor({ state: emptyHospitable(), webhookLatency: 2000, pace: demoPace })
  hospitable.rename(at.lakeside.flat, 'Lake flat')
  hospitable.rename(at.lakeside.garden, 'Lake garden')
  const beds24 = beds24Vendor({ state: emptyBeds24(Date.now()), pace: demoPace })
  // The demo asks fifty times as often as an account may.
  beds24.state.credits.most *= demoPace
  const delays = { fastest: 500 / demoPace, slowest: 8000 / demoPace }
  const lakeside = nukiVendor(delays)
  const { tokens, ...hill } = nukiState(Date.now())
  const scopes = Object.values(tokens)[0] ?? []
  const hillside = nukiVendor({
    ...delays,
    state: { ...hill, accountId: 40_002, tokens: { [at.hillside.nukiToken]: scopes } },
  })
  const gate = twoNVendor()
  const whatsApp = whatsAppVendor({ statusDelay: 2000 / demoPace })
  const mail = smtpVendor()

  const nukiFor = (request: Request) =>
    request.headers.get('authorization')?.endsWith(at.hillside.nukiToken) ? 'hillside' : 'lakeside'
  const nuki = { lakeside, hillside }
  const web: readonly [origin: string, house: (request: Request) => HouseName, answer: Answer][] = [
    ['https://public.api.hospitable.com', () => 'lakeside', (request) => hospitable.respond(request)],
    ['https://api.beds24.com', () => 'hillside', (request) => beds24.respond(request)],
    ['https://api.nuki.io', nukiFor, (request) => nuki[nukiFor(request)].respond(request)],
    [`https://${deviceAddress}`, () => 'lakeside', (request) => gate.respond(request)],
    ['https://graph.facebook.com', () => 'lakeside', (request) => whatsApp.respond(request)],
  ]
  const origins = new Map<string, string>()
  const stops: (() => Promise<unknown>)[] = []
  for (const [origin, house, answer] of web) {
    const respond = async (request: Request) => {
      const { method, url, headers } = request
      hear(house(request), `${method} ${url} ${JSON.stringify([...headers])} ${await request.clone().text()}`)
      return await answer(request)
    }
    const { server, port } = await serve({ respond, origin, port: undefined, save: () => undefined })
    origins.set(origin, `http://127.0.0.1:${port}`)
    stops.push(() => new Promise((done) => server.close(done).closeAllConnections()))
  }
  const mailbox = createServer((socket) => {
    socket.on('data', (bytes) => hear('lakeside', bytes.toString()))
    mail.accept(socket)
  })
  await new Promise<void>((ready) => mailbox.listen(0, '127.0.0.1', ready))
  const { port } = mailbox.address() as AddressInfo // listening on TCP, so it is an address
  origins.set(`smtp://${at.lakeside.mailServer}:587`, `smtp://127.0.0.1:${port}`)
  stops.push(async () => mailbox.close())

  return {
    hospitable,
    beds24,
    nuki,
    gate,
    whatsApp,
    mail,
    origins,
    announceTo: (hub, houses) => {
      const post = startPost({ hospitable, whatsApp }, hub, houses.lakeside.tokens)
      stops.push(async () => post.stop())
    },
    stop: async () => {
      for (const stop of stops.toReversed()) await stop()
    },
  }
}

type Answer = (request: Request) => Promise<Response>

/** Carries the webhooks of Lakeside's vendors to the hub; what it does not take, Hospitable sends again. */
function startPost(
  { hospitable, whatsApp }: Pick<HousesVendors, 'hospitable' | 'whatsApp'>,
  hub: string,
  tokens: Readonly<Record<string, string>>,
): { stop(): void } {
  const send = async (adapter: string, connection: string, body: string, headers: Readonly<Record<string, string>>) => {
    const address = `${hub}/api/webhooks/${adapter}/t/lakeside/${tokens[connection] ?? ''}`
    try {
      const answer = await fetch(address, { method: 'POST', headers, body, signal: AbortSignal.timeout(5000) })
      await answer.arrayBuffer()
      return answer.status
    } catch {
      return 503 // the hub is not up, or stops
    }
  }
  const deliver = async () => {
    for (const delivery of hospitable.dueWebhooks())
      hospitable.answered(delivery, await send('hospitable', 'hospitable', delivery.body, delivery.headers))
    for (const { body, headers } of whatsApp.dueWebhooks()) await send('whatsapp', 'chat', body, headers)
  }
  let last = Promise.resolve()
  const timer = setInterval(() => {
    last = last.then(deliver)
  }, 20)
  return { stop: () => clearInterval(timer) }
}
