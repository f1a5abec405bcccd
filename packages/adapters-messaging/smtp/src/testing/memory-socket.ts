import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'

/** One end of a connection that no network carries, with the little that a mail program and a mail server ask of a socket. */
export interface MemoryEnd {
  readonly socket: Socket
  /** The other side says something; `null` is the end of it. */
  hear(bytes: Uint8Array | null): void
}

export function memoryEnd(says: (bytes: Buffer) => void): MemoryEnd {
  const end = new Duplex({
    allowHalfOpen: false,
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      says(chunk)
      done()
    },
  })
  const quiet = () => end
  const traits = {
    remoteAddress: '127.0.0.1',
    remotePort: 25,
    localAddress: '127.0.0.1',
    localPort: 25,
    readyState: 'open',
  }
  Object.assign(end, traits, { setTimeout: quiet, setKeepAlive: quiet, setNoDelay: quiet })
  return {
    socket: end as unknown as Socket, // has what both sides use of one
    hear: (bytes) => {
      if (!end.destroyed && !end.readableEnded) end.push(bytes)
    },
  }
}
