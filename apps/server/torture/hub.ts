// The hub as `npm start` and `stayward serve | work` run it, but for vendors whose delays are divided, as the demo's are.
import { flushCompileCache } from 'node:module'
import { loadAdapters } from '../src/adapters/load-adapters.ts'
import { openDatabase } from '../src/compose/database.ts'
import { startHub } from '../src/compose/hub.ts'
import { createStarted } from '../src/compose/started.ts'
import { isDatabaseAway } from '../src/persistence/database-away.ts'
import { refuseUnsafeLogin } from '../src/persistence/logins.ts'
import { readSettings } from '../src/settings/settings.ts'
import { createLog } from '../src/telemetry/log.ts'

export type Role = 'serve' | 'work' | 'both'

/** What it is started with, as JSON. */
export interface HubGiven {
  readonly role: Role
  readonly tenantId: string
  readonly origins: readonly (readonly [string, string])[]
  readonly divisor: number
}

/** What a start says that meets no database; whoever runs the hub starts it again. */
const databaseAway = 'The database does not answer.'

const { role, tenantId, origins, divisor } = JSON.parse(process.argv[2] ?? '{}') as HubGiven // fleet.ts wrote it
const reading = readSettings(process.env)
if (!('settings' in reading)) throw new Error(reading.problems.join(' '))
const { settings } = reading
const { adapters } = await loadAdapters(settings)
const started = createStarted()
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => void started.stop().then(() => process.exit(0)))

async function run(): Promise<void> {
  const database = await started.bring(() => openDatabase(settings))
  await refuseUnsafeLogin(database.appUrl)
  const hub = await started.bring(() =>
    startHub({
      settings,
      database,
      adapters,
      log: createLog({ level: 'warn' }),
      demo: { tenantIds: [tenantId], origins: new Map(origins), divisor },
      ...(role === 'both' ? {} : { role }),
    }),
  )
  flushCompileCache() // a killed process writes none
  process.stdout.write(`Stayward listens on ${hub.url}.\n`)
}

try {
  await run()
} catch (error) {
  if (!started.stopping) {
    process.stderr.write(isDatabaseAway(error) ? `${databaseAway}\n` : `${String(error)}\n`)
    await started.stop()
    process.exit(1)
  }
}
