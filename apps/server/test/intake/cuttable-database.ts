import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

export interface CuttableDatabase {
  /** The same database, through here. */
  readonly url: string
  /** Ends every connection and refuses new ones, as a database that is down. */
  cut(): void
  isCut(): boolean
  /** Takes everything and answers nothing, as a machine that froze. */
  silence(): void
  restore(): void
  stop(): Promise<void>
}

/** A way to a database that can be blocked; `answers`: it is cut by itself when the database has sent that many packets. */
export function startCuttableDatabase(url: string, { answers = Infinity } = {}): Promise<CuttableDatabase> {
  const target = new URL(url)
  const open = new Set<Socket>()
  let state: 'open' | 'cut' | 'silent' = 'open'
  let answered = 0
  const server = createServer((socket) => {
    if (state === 'cut') {
      socket.destroy()
      return
    }
    const database = connect(Number(target.port), target.hostname)
    for (const [from, to] of [
      [socket, database],
      [database, socket],
    ] as const) {
      open.add(from)
      from.on('error', () => to.destroy())
      from.on('close', () => {
        open.delete(from)
        to.destroy()
      })
      from.on('data', (data) => {
        if (from === database && (answered += 1) > answers) cut()
        if (state !== 'silent') to.write(data)
      })
    }
  })
  const endAll = (): void => {
    for (const socket of open) socket.destroy()
  }
  const cut = (): void => {
    state = 'cut'
    endAll()
  }
  return new Promise((ready) => {
    server.listen(0, '127.0.0.1', () => {
      const here = new URL(url)
      here.host = `127.0.0.1:${(server.address() as AddressInfo).port}` // a TCP server that listens has one
      ready({
        url: here.href,
        cut,
        isCut: () => state === 'cut',
        silence() {
          state = 'silent'
        },
        restore() {
          // What was said into the silence is gone; such connections end, as they do when a machine comes back.
          if (state === 'silent') endAll()
          state = 'open'
        },
        stop: () =>
          new Promise((done) => {
            endAll()
            server.close(() => done())
          }),
      })
    })
  })
}
