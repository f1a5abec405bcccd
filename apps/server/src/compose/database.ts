import { join } from 'node:path'
import { durabilityOf } from '../persistence/durability.ts'
import { startEmbeddedPostgres } from '../persistence/embedded-postgres.ts'
import { migrate } from '../persistence/migrate.ts'
import { withConnection } from '../persistence/with-client.ts'
import { loadMasterKeys, type MasterKeys } from '../secrets/master-keys.ts'
import type { Settings } from '../settings/settings.ts'

/** The database, migrated, with what the hub logs in as; the owner's login is closed again by now. */
export interface Database {
  readonly appUrl: string
  readonly masters: MasterKeys
  /** The file that holds the master keys; absent when the environment holds them. */
  readonly masterKeyPath?: string
  readonly masterKeyMade: boolean
  /** Where the embedded server keeps its data; absent when the operator gave a database. */
  readonly embeddedDir?: string
  readonly applied: readonly string[]
  /** Settings of PostgreSQL that would lose acknowledged deliveries in a power cut. */
  readonly notDurable: readonly string[]
  /** Where hubs of this data directory remember outside the database how far it had come. */
  readonly memoryPath: string
  stop(): Promise<void>
}

/** Starts or finds PostgreSQL, brings the schema to this version, and says what the hub connects with. */
export async function openDatabase(settings: Settings): Promise<Database> {
  const { dataDir, databaseUrl, appDatabaseUrl, masterKeys, masterKeysFile } = settings
  const master = loadMasterKeys({
    dataDir,
    ...(masterKeys === undefined ? {} : { text: masterKeys }),
    ...(masterKeysFile === undefined ? {} : { file: masterKeysFile }),
  })
  const embedded =
    databaseUrl === undefined ? await startEmbeddedPostgres({ dir: join(dataDir, 'postgres') }) : undefined
  try {
    const ownerUrl = databaseUrl ?? embedded?.url ?? ''
    const { appUrl, applied } = await migrate({ ownerUrl, appUrl: appDatabaseUrl, masters: master.keys })
    return {
      appUrl,
      masters: master.keys,
      ...(master.path === undefined ? {} : { masterKeyPath: master.path }),
      masterKeyMade: master.made,
      ...(embedded ? { embeddedDir: join(dataDir, 'postgres') } : {}),
      applied,
      memoryPath: join(dataDir, 'memory.json'),
      notDurable: await durabilityAt(appUrl),
      stop: async () => await embedded?.stop(),
    }
  } catch (error) {
    await embedded?.stop()
    throw error
  }
}

async function durabilityAt(url: string): Promise<readonly string[]> {
  return await withConnection({ connectionString: url }, durabilityOf)
}
