import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { OpenStores } from '@stayward/core/testing'
import { startEmbeddedPostgres } from '../src/persistence/embedded-postgres.ts'
import { migrate } from '../src/persistence/migrate.ts'
import { parseMasterKeys } from '../src/secrets/master-keys.ts'
import { postgresStores } from './postgres-stores.ts'

/** A PostgreSQL for one campaign; nothing of it is left. */
export async function startSimulatedDatabase(): Promise<{
  readonly open: OpenStores
  readonly close: () => Promise<void>
}> {
  const dir = mkdtempSync(join(tmpdir(), 'stayward-simulation-'))
  const server = await startEmbeddedPostgres({ dir: join(dir, 'postgres'), fast: true })
  const stop = async () => {
    await server.stop()
    rmSync(dir, { recursive: true, force: true })
  }
  try {
    const masters = parseMasterKeys(`simulation:${Buffer.alloc(32, 13).toString('base64')}`, 'the simulation')
    const { appUrl } = await migrate({ ownerUrl: server.url, masters })
    const { open, close } = await postgresStores({ ownerUrl: server.url, appUrl, masters })
    return {
      open,
      close: async () => {
        await close()
        await stop()
      },
    }
  } catch (error) {
    await stop()
    throw error
  }
}
