import { resolve } from 'node:path'
import { loadAdapters } from './adapters/load-adapters.ts'
import { type Database, openDatabase } from './compose/database.ts'
import { startHub } from './compose/hub.ts'
import { createStarted, type Started, Stopped } from './compose/started.ts'
import {
  connectDemo,
  type Demo,
  isPlayed,
  keepUnannounced,
  playDemo,
  prepareDemo,
  wantsDemo,
  writeTryFile,
} from './demo/demo.ts'
import { demoPace } from './demo/vendors.ts'
import { codeOf, isDatabaseAway } from './persistence/database-away.ts'
import { refuseUnsafeLogin } from './persistence/logins.ts'
import { readSettings, type Settings } from './settings/settings.ts'
import { createLog, type Log } from './telemetry/log.ts'

/** `npm start`: the hub, and on a fresh machine its demo, until it is told to stop. */
async function main(): Promise<void> {
  const reading = readSettings(process.env)
  if (!('settings' in reading)) return refuse(reading.problems)
  const { settings } = reading
  const { adapters, problems } = await loadAdapters(settings)
  if (problems.length > 0) return refuse(problems)

  const started = createStarted()
  stopOnSignal(started)
  try {
    const database = await started.bring(() => openDatabase(settings))
    await refuseUnsafeLogin(database.appUrl)
    const demo = (await wantsDemo(settings, database))
      ? await started.bring(() => prepareDemo(settings, database))
      : undefined
    if (demo) {
      say(
        `Demo: every vendor is invented and answers on this machine; their delays and the nudge spacing are divided by ${demoPace}.`,
      )
    }
    const log = createLog({ level: settings.logLevel ?? (demo ? 'warn' : 'info') })
    announce(settings, database, log, demo !== undefined)
    const hub = await started.bring(() =>
      startHub({ settings, database, adapters, log, ...(demo ? { demo: demo.tenant } : {}) }),
    )
    say(`Stayward listens on ${hub.url}.`)
    if (demo) await tellDemo(demo, hub.url, settings, database)
  } catch (error) {
    if (error instanceof Stopped || started.stopping) return // it was told to stop, and what failed had been stopped
    await started.stop()
    throw error
  }
}

/** What an operator has to know of a start, one sentence each. */
function announce(settings: Settings, database: Database, log: Log, demo: boolean): void {
  const { masterKeyPath, masterKeyMade, embeddedDir, notDurable } = database
  if (masterKeyPath !== undefined)
    say(
      `Master key: ${resolve(masterKeyPath)}${masterKeyMade ? ', made just now' : ''}. Back it up together with the database: without it every PIN and secret is lost.`,
    )
  if (embeddedDir !== undefined) say(`Database: the embedded PostgreSQL in ${resolve(embeddedDir)}.`)
  if (notDurable.length > 0)
    log.warn(
      `PostgreSQL runs with ${notDurable.join(', ')} off: a power cut could lose deliveries that were acknowledged. Turn ${notDurable.length > 1 ? 'them' : 'it'} on.`,
    )
  for (const [origin, target] of settings.vendorOrigins) say(`Rehearsal: ${origin} is answered by ${target}.`)
  if (!demo && settings.publicUrl === undefined)
    log.warn(
      'STAYWARD_PUBLIC_URL is not set: vendors need an address on the internet to send webhooks to. Until then only the poll finds changes.',
    )
}

async function tellDemo(demo: Demo, url: string, settings: Settings, database: Database): Promise<void> {
  await connectDemo(demo, { url }, database)
  const { world } = demo.file
  if (!world.keyShown) {
    say(`API key of the demo tenant, shown this once: ${world.apiKey ?? ''}`)
    world.keyShown = true
    demo.file.save()
  }
  if (!isPlayed(demo)) {
    say('')
    const took = await playDemo(demo, { url }, ({ step, text }) => say(`${step.padEnd(10)} ${text}`))
    say(`\nThe story went well, in ${(took / 1000).toFixed(1)} s. The hub keeps running; Ctrl-C stops it.`)
  }
  keepUnannounced(demo, Date.now())
  const env = writeTryFile(demo, { url }, settings)
  say(`
Booking ${world.unannounced ?? ''} arrives tomorrow and nobody has announced it. Announce it from a second terminal:

  curl -i '${world.addresses?.smoobu ?? ''}' \\
    -H 'content-type: application/json' -d '{"action":"newReservation","user":${world.smoobu.account.id},"data":{"id":${world.unannounced ?? ''}}}'

The same with names instead of values is in README.md; the values are in ${env}.`)
}

/** From the first moment on: what a start had brought up by then is not left behind. */
function stopOnSignal(started: Started): void {
  const stop = async () => {
    if (started.stopping) return
    say('Stopping …')
    const late = setTimeout(() => process.exit(1), 60_000)
    late.unref()
    await started.stop()
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop())
}

function refuse(problems: readonly string[]): void {
  for (const problem of problems) process.stderr.write(`${problem}\n`)
  process.stderr.write('Stayward has not started.\n')
  process.exitCode = 1
}

const sqlState = /^\d[0-9A-Z]{4}$/

/** Our own errors are sentences. What a database or a socket says is none, and could quote an address with its password. */
function sentenceOf(error: unknown): string {
  const code = codeOf(error)
  if (isDatabaseAway(error) || (code !== undefined && sqlState.test(code)))
    return `The database does not answer as it should (${code ?? 'connection lost'}): is it running, and are address, login and password in DATABASE_URL right?`
  return error instanceof Error ? error.message : String(error)
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

try {
  await main()
} catch (error) {
  // A failing start says one sentence; the trace is for those who ask for it.
  refuse([sentenceOf(error)])
  if (process.env['STAYWARD_LOG_LEVEL'] === 'debug') console.error(error)
  process.exit(1)
}
