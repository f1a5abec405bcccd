import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import pg from 'pg'
import { durabilityOf } from '../src/persistence/durability.ts'
import { startEmbeddedPostgres } from '../src/persistence/embedded-postgres.ts'
import { migrate } from '../src/persistence/migrate.ts'
import { type MasterKeys, parseMasterKeys } from '../src/secrets/master-keys.ts'

export interface BenchDatabase {
  /** Owns the schema. */
  readonly ownerUrl: string
  /** What the hub runs as. */
  readonly appUrl: string
  readonly masters: MasterKeys
  /** How hard PostgreSQL tries not to forget, for the report. */
  readonly settings: Readonly<Record<string, string>>
  /** The server's first process. */
  readonly pid: number
  stop(): Promise<void>
}

/** A key for benches alone; a child process parses it again. */
export const benchMasterKey = `bench:${Buffer.alloc(32, 7).toString('base64')}`

/**
 * A PostgreSQL of its own, as durable as the hub's, on the disk that holds the repository: a bench on a file system in
 * memory would measure nothing. It is gone afterwards.
 */
export async function startBenchDatabase(): Promise<BenchDatabase> {
  const parent = resolve(import.meta.dirname, '../../../.stayward')
  mkdirSync(parent, { recursive: true, mode: 0o711 })
  const dir = mkdtempSync(join(parent, 'bench-'))
  const server = await startEmbeddedPostgres({ dir: join(dir, 'postgres') })
  const stop = async () => {
    await server.stop()
    rmSync(dir, { recursive: true, force: true })
  }
  try {
    const masters = parseMasterKeys(benchMasterKey, 'the benches')
    const { appUrl } = await migrate({ ownerUrl: server.url, masters })
    const settings = await settingsAt(appUrl)
    return { ownerUrl: server.url, appUrl, masters, settings, pid: server.pid, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function settingsAt(url: string): Promise<Readonly<Record<string, string>>> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    const weak = await durabilityOf(client)
    if (weak.length > 0)
      throw new Error(`PostgreSQL runs with ${weak.join(', ')} off: these figures would mean nothing.`)
    const names = ['server_version', 'fsync', 'synchronous_commit', 'full_page_writes', 'shared_buffers']
    const { rows } = await client.query<{ name: string; setting: string }>(
      'select name, setting from pg_settings where name = any ($1) order by name',
      [names],
    )
    return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))
  } finally {
    await client.end()
  }
}
