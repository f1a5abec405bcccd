import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Listening {
  readonly port: number
  /** Takes no new connections, lets requests under way end for up to `grace` milliseconds, then closes the rest. */
  stop(grace?: number): Promise<void>
}

/** Listens with limits against senders that trickle. Rejects with one sentence when the port cannot be had. */
export function listen(
  app: RequestListener,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<Listening> {
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 65_000 }, app)
  return new Promise((ready, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      fail(new Error(sentence(error, host, port), { cause: error })),
    )
    server.listen(port, host, () => {
      const address = server.address() as AddressInfo // a TCP server that listens has one
      ready({ port: address.port, stop: (grace = 10_000) => stop(server, grace) })
    })
  })
}

function sentence({ code }: NodeJS.ErrnoException, host: string, port: number): string {
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is in use: stop the other program, or set STAYWARD_PORT to another port.`
    case 'EACCES':
      return `Port ${port} on ${host} is not allowed for this user: set STAYWARD_PORT to a port above 1023.`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `This machine has no address "${host}": set STAYWARD_HOST to 127.0.0.1, 0.0.0.0 or one of its addresses.`
    default:
      return `The hub cannot listen on ${host}, port ${port} (${code ?? 'unknown error'}).`
  }
}

function stop(server: Server, grace: number): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(() => server.closeAllConnections(), grace)
    server.close(() => {
      clearTimeout(timer)
      done()
    })
    server.closeIdleConnections()
  })
}
