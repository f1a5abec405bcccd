import type { Command } from 'commander'
import { startHub } from '../compose/hub.ts'
import type { Database } from '../compose/database.ts'
import { refuseUnsafeLogin } from '../persistence/logins.ts'
import type { Settings } from '../settings/settings.ts'
import { createLog } from '../telemetry/log.ts'
import { acting, type Cli, leaf } from './cli.ts'
import type { Outcome, Output } from './output.ts'
import { Refusal } from './refusal.ts'
import { adaptersOf, databaseOf, settingsOf } from './session.ts'

export function hubCommands(program: Command, cli: Cli): void {
  leaf(program, 'serve', 'answer webhooks and the API, and leave the work at doors to "work" processes')
    .addHelpText('after', both)
    .action(acting(cli, () => runHub(cli, 'serve')))
  leaf(program, 'work', 'look at bookings and doors, and answer only health and metrics')
    .addHelpText('after', both)
    .action(acting(cli, () => runHub(cli, 'work')))
  leaf(program, 'migrate', 'bring the database to this version and make the login that the hub runs as')
    .addHelpText('after', '\nStarting the hub does the same by itself. This is for those who want to do it first.')
    .action(acting(cli, () => migrateOnly(cli)))
}

const both = `
"npm start" does both in one process, which is right for most houses. Any number of "serve" and "work" processes may run
on one PostgreSQL (DATABASE_URL); give each its own STAYWARD_PORT on one machine.`

async function runHub({ io, out }: Cli, role: 'serve' | 'work'): Promise<Outcome> {
  const settings = settingsOf(io.env)
  const adapters = await adaptersOf(settings)
  const database = await databaseOf(settings)
  try {
    await safeLogin(database)
    announce(out, settings, database)
    const log = createLog({ level: settings.logLevel ?? 'info' })
    const stopRequested = io.stopRequested()
    const hub = await startHub({ settings, database, adapters, log, role }).catch((error: unknown) => {
      throw error instanceof Error ? new Refusal([{ text: error.message }], 1, error) : error
    })
    out.event({ event: 'listening', role, url: hub.url })
    out.say(role === 'serve' ? `Stayward serves at ${hub.url}` : `Stayward works; health and metrics at ${hub.url}`)
    await stopRequested
    out.say('Stopping; what is under way comes to its end …')
    await hub.stop()
    return { stopped: true }
  } finally {
    await database.stop()
  }
}

async function migrateOnly({ io, out }: Cli): Promise<Outcome> {
  const settings = settingsOf(io.env)
  const database = await databaseOf(settings)
  try {
    await safeLogin(database)
    const { applied } = database
    out.say(
      applied.length === 0
        ? 'The database is at this version already.'
        : `The database is at this version now: ${applied.length} ${applied.length === 1 ? 'step' : 'steps'} taken.`,
    )
    sayKey(out, database)
    return { applied }
  } finally {
    await database.stop()
  }
}

async function safeLogin({ appUrl }: Database): Promise<void> {
  await refuseUnsafeLogin(appUrl).catch((error: unknown) => {
    throw error instanceof Error ? new Refusal([{ text: error.message }], 1, error) : error
  })
}

function announce(out: Output, settings: Settings, database: Database): void {
  sayKey(out, database)
  if (database.notDurable.length > 0)
    out.note(
      `PostgreSQL runs with ${database.notDurable.join(', ')} off: a power cut can lose what was acknowledged. Switch them on.`,
    )
  for (const [vendor, stand] of settings.vendorOrigins)
    out.note(`${vendor} is answered by ${stand} (STAYWARD_VENDOR_ORIGINS).`)
}

function sayKey(out: Output, { masterKeyPath, masterKeyMade }: Database): void {
  if (masterKeyPath === undefined) return
  out.say(
    `The master key ${masterKeyMade ? 'was made and ' : ''}lies in ${masterKeyPath}. Back it up together with the database: without it every PIN and secret is lost.`,
  )
}
