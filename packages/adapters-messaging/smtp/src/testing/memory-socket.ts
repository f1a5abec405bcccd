import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import type { Delay } from '@stayward/core/adapter'

/** One end of a connection that no network carries, with the little that a mail program and a mail server ask of a socket. */
export interface MemoryEnd {
  readonly socket: Socket
  /** The other side says something; `null` is the end of it. */
  hear(bytes: Uint8Array | null): void
}

/** `delay` lets its silence end: without one it is as patient as whoever holds it. */
export function memoryEnd(says: (bytes: Buffer) => void, delay?: Delay): MemoryEnd {
  const end = new Duplex({
    allowHalfOpen: false,
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      listen()
      says(chunk)
      done()
    },
  })
  const quiet = () => end
  let silence = 0
  let callOff = () => {}
  /** From now on it counts as silent, once its owner has said for how long it may be. */
  const listen = () => {
    callOff()
    if (delay && silence > 0 && !end.destroyed) callOff = delay(silence, () => void end.emit('timeout'))
  }
  const setTimeout = (milliseconds: number) => {
    silence = milliseconds
    listen()
    return end
  }
  end.once('close', () => callOff())
  const traits = {
    remoteAddress: '127.0.0.1',
    remotePort: 25,
    localAddress: '127.0.0.1',
    localPort: 25,
    readyState: 'open',
  }
  Object.assign(end, traits, { setTimeout, setKeepAlive: quiet, setNoDelay: quiet })
  return {
    socket: end as unknown as Socket, // has what both sides use of one
    hear: (bytes) => {
      listen()
      if (!end.destroyed && !end.readableEnded) end.push(bytes)
    },
  }
}
