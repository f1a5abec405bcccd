import { openDatabase } from '../compose/database.ts'
import { readSettings } from '../settings/settings.ts'
import { prepareDemo, wantsDemo } from './demo.ts'

/** Makes the demo's tenant and its vendors anew; the next start plays the story again. Real tenants keep it away. */
async function main(): Promise<string | undefined> {
  const reading = readSettings(process.env)
  if (!('settings' in reading)) return reading.problems.join('\n')
  const { settings } = reading
  const { host, port } = settings
  const running = await fetch(`http://${host}:${port}/livez`, { signal: AbortSignal.timeout(2000) }).then(
    () => true,
    () => false,
  )
  if (running) return 'The hub is running: stop it first, then forget the demo, then start it again.'
  const database = await openDatabase(settings)
  try {
    if (!(await wantsDemo(settings, database)))
      return 'This hub plays no demo: it has a tenant of its own, or STAYWARD_DEMO or DATABASE_URL say so.'
    const demo = await prepareDemo(settings, database, { again: true })
    await demo.stop()
    return undefined
  } finally {
    await database.stop()
  }
}

const trouble = await main()
if (trouble !== undefined) process.stderr.write(`${trouble}\n`)
process.exitCode = trouble === undefined ? 0 : 1
