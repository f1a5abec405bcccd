import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { type Dial, guardLine, type Notifier, systemClock, systemEntropy, type Turns } from '@stayward/core/adapter'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { afterEach } from 'vitest'
import smtp, { type SmtpConfig } from '../src/adapter.ts'
import { type ReadMail, readMail } from '../src/testing/index.ts'
import { certificateFor } from './certificate.ts'
import { configOf } from './open.ts'

/** A mail server that listens on this machine, with real sockets and real encryption. */
export interface RealServer {
  readonly port: number
  readonly mails: (ReadMail & { readonly raw: string })[]
  /** Envelopes as they were said, and whether they were encrypted. */
  readonly envelopes: { readonly from: string; readonly to: readonly string[]; readonly secure: boolean }[]
  /** Users that signed in. */
  readonly users: string[]
  /** How often somebody connected. */
  connections(): number
  /** Breaks every connection, as a network does. */
  breakOff(): void
}

const name = 'mail.example.test'
export const certificate = certificateFor(name)
const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** `onKept`: after a letter was kept, instead of saying so. */
export async function realServer(
  options: SMTPServerOptions = {},
  { onKept }: { readonly onKept?: (server: RealServer) => void } = {},
): Promise<RealServer> {
  const sockets = new Set<Socket>()
  const mails: RealServer['mails'] = []
  const envelopes: RealServer['envelopes'] = []
  const users: string[] = []
  let connections = 0
  const server = new SMTPServer({
    name,
    key: certificate.key,
    cert: certificate.cert,
    disableReverseLookup: true,
    closeTimeout: 10,
    logger: false,
    onAuth: ({ username = '', password }, _session, done) => {
      users.push(username)
      if (password === 'plum-lantern-93') done(null, { user: username })
      else done(refusal(535, '5.7.8 Authentication credentials invalid'))
    },
    onData: (stream, { envelope, secure }, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const raw = Buffer.concat(chunks).toString('utf8')
        if (stream.sizeExceeded) return done(refusal(552, '5.3.4 Message too big'))
        mails.push({ ...readMail(raw), raw })
        const from = envelope.mailFrom ? envelope.mailFrom.address : ''
        envelopes.push({ from, to: envelope.rcptTo.map(({ address }) => address), secure })
        if (onKept) onKept(real)
        else done(null, '2.0.0 Ok: queued as 4F1A2B')
      })
    },
    ...options,
  })
  server.on('error', () => undefined) // the other side breaks off in some of the tests
  const behind = await listening(server.listen(0, '127.0.0.1'))
  // The network between: sockets that are encrypted must not be torn from below by whoever holds them.
  const network = createServer((near) => {
    connections += 1
    const far = connect(behind, '127.0.0.1')
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => other.destroy())
      socket.on('close', () => other.destroy())
      socket.pipe(other)
    }
  }).listen(0, '127.0.0.1')
  const real: RealServer = {
    port: await listening(network),
    mails,
    envelopes,
    users,
    connections: () => connections,
    breakOff: () => {
      for (const socket of sockets) socket.destroy()
    },
  }
  closing.push(() => {
    real.breakOff()
    network.close()
    return new Promise<void>((done) => server.close(done))
  })
  return real
}

/** A listener that does with a connection what no mail server does. */
export async function oddServer(talk: (socket: Socket) => void): Promise<{ readonly port: number }> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    talk(socket)
  }).listen(0, '127.0.0.1')
  closing.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { port: await listening(server) }
}

async function listening(server: Server): Promise<number> {
  if (!server.listening) await once(server, 'listening')
  return (server.address() as AddressInfo).port // listening on TCP, so it is an address
}

/** Dials this port, whatever the configuration says, as the server does for a network that was opened to a connection. */
export function dialTo(port: number, isPrivate = true): Dial {
  return async (signal) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => undefined)
    await once(socket, 'connect', { signal })
    return { socket, isPrivate }
  }
}

export const always: Turns = { take: async (signal) => signal.throwIfAborted(), ended: async () => {} }

/** The adapter in front of a listener; `starttls` with a certificate that the configuration knows unless it says otherwise. */
export function openAt(port: number, more: Record<string, unknown> = {}, dial = dialTo(port)): Notifier {
  const wished = { security: 'starttls', certificateAuthority: certificate.cert, ...more }
  const config: SmtpConfig = configOf(wished)
  const provider = smtp.open({
    config,
    fetch: () => Promise.reject(new Error('mail needs none')),
    line: guardLine(dial, always),
    clock: systemClock,
    entropy: systemEntropy,
  })
  closing.unshift(async () => await provider.close?.())
  return provider
}

export function refusal(responseCode: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode })
}
