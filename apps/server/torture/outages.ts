import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../src/persistence/embedded-postgres.ts'

/** A time in which hubs could not rely on the database, milliseconds since 1970. */
export interface Outage {
  /** Absent: all of them. */
  readonly slot?: number
  readonly from: number
  to: number
}

export interface Outages {
  readonly outages: readonly Outage[]
  readonly stops: () => number
  readonly connectionsKilled: () => number
  /** Ends one hub process's connections: some of them, or all. */
  cut(slot: number, random: () => number): Promise<void>
  /** Stops the server, in order or as a crash would, and starts it again after `away` ms. */
  stopFor(away: number, how: 'in order' | 'crash'): Promise<void>
  end(): Promise<void>
}

/** Under this name each hub process logs in, so that its connections can be found. */
export const nameOf = (slot: number): string => `torture-${slot}`

/** Takes the database away, in every way it goes away in service. */
export function outagesOf(dir: string, first: EmbeddedPostgres): Outages {
  const outages: Outage[] = []
  let server = first
  let stops = 0
  let killed = 0
  return {
    outages,
    stops: () => stops,
    connectionsKilled: () => killed,
    async cut(slot, random) {
      const client = new pg.Client(server.url)
      await client.connect()
      try {
        const from = Date.now()
        const share = random() < 0.3 ? 1 : 0.4
        const { rowCount } = await client.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
           where application_name = $1 and pid <> pg_backend_pid() and random() <= $2`,
          [nameOf(slot), share],
        )
        killed += rowCount ?? 0
        outages.push({ slot, from, to: Date.now() })
      } finally {
        await client.end()
      }
    },
    async stopFor(away, how) {
      const outage = { from: Date.now(), to: Number.POSITIVE_INFINITY }
      outages.push(outage)
      stops++
      if (how === 'crash') process.kill(server.pid, 'SIGQUIT')
      await server.stop()
      await sleep(away)
      server = await startEmbeddedPostgres({ dir, port: server.port })
      outage.to = Date.now()
    },
    end: () => server.stop(),
  }
}
