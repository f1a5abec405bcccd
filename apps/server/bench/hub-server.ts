import type { AnyAdapter } from '@stayward/core'
import { memoryBookings, memoryLock } from '@stayward/core/testing'
import smoobu from '@stayward/booking-smoobu'
import pg from 'pg'
import { startHub } from '../src/compose/hub.ts'
import { parseMasterKeys } from '../src/secrets/master-keys.ts'
import type { Settings } from '../src/settings/settings.ts'
import { createLog } from '../src/telemetry/log.ts'
import { benchMasterKey } from './bench-database.ts'
import { given, serve } from './child-process.ts'
import { type ProfileSummary, startProfile } from './profile.ts'

/** What the hub of a bench is started with. */
export interface HubGiven {
  readonly appUrl: string
  /** Both when absent. */
  readonly role?: 'serve' | 'work'
  /** Vendors' origins and where they are answered. */
  readonly origins?: readonly (readonly [string, string])[]
}

export interface HubReady {
  readonly url: string
}

export type HubQuestion = 'use' | 'profile' | 'profiled'

/** What the process has used since its start. */
export interface HubUse {
  /** Seconds of processor time. */
  readonly processor: number
  readonly rssBytes: number
  /** Statements sent to PostgreSQL, `begin` and `commit` among them. */
  readonly statements: number
  /** Milliseconds that never jump. */
  readonly at: number
}

/**
 * The hub as it is in service, in a process of its own. It trusts one proxy, so that the webhooks of a bench come from many
 * senders like those of the world, and the rate limits stay as they are.
 */
const { appUrl, role, origins = [] } = given() as HubGiven
let statements = 0
const { query } = pg.Client.prototype
Object.assign(pg.Client.prototype, {
  query(this: pg.Client, ...given: unknown[]): unknown {
    statements += statementsIn(given[0])
    return Reflect.apply(query, this, given)
  },
})
/** A text without parameters may hold several. */
function statementsIn(asked: unknown): number {
  return typeof asked === 'string' ? asked.split(';').filter((part) => part.trim() !== '').length : 1
}
const settings: Settings = {
  dataDir: '.',
  host: '127.0.0.1',
  port: 0,
  trustProxy: 1,
  adapters: [],
  vendorOrigins: new Map(origins),
  privateNetworks: new Map(),
  logLevel: 'error',
  tracing: false,
}
// Each adapter is only ever given what its own schema parsed.
const adapters = [smoobu, memoryBookings().adapter, memoryLock().adapter] as unknown as readonly AnyAdapter[]
const hub = await startHub({
  settings,
  database: { appUrl, masters: parseMasterKeys(benchMasterKey, 'the benches') },
  adapters: new Map(adapters.map((adapter) => [adapter.id, adapter])),
  log: createLog({ level: 'error', destination: { write: (line) => void process.stderr.write(line) } }),
  ...(role === undefined ? {} : { role }),
})

let stopProfile: (() => Promise<ProfileSummary>) | undefined
async function answer(question: HubQuestion): Promise<HubUse | ProfileSummary | null> {
  switch (question) {
    case 'use': {
      const { user, system } = process.cpuUsage()
      const { rss } = process.memoryUsage()
      return { processor: (user + system) / 1e6, rssBytes: rss, statements, at: performance.now() }
    }
    case 'profile':
      stopProfile = await startProfile()
      return null
    case 'profiled':
      return (await stopProfile?.()) ?? null
  }
}
await serve({ url: hub.url } satisfies HubReady, answer, () => hub.stop())
