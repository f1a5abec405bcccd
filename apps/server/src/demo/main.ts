import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { loadAdapters } from '../adapters/load-adapters.ts'
import { openDatabase } from '../compose/database.ts'
import { startHub } from '../compose/hub.ts'
import { readSettings } from '../settings/settings.ts'
import { createLog } from '../telemetry/log.ts'
import { connectDemo, playDemo, prepareDemo } from './demo.ts'

/**
 * `npm run demo`: plays the story once in a place of its own, leaves nothing behind, and says how it went. `--json`: one
 * object per effect, and the result as the last line.
 */
async function main(json: boolean): Promise<number> {
  const dataDir = mkdtempSync(join(tmpdir(), 'stayward-demo-'))
  const reading = readSettings({ STAYWARD_DATA_DIR: dataDir, STAYWARD_PORT: '0' })
  if (!('settings' in reading)) throw new Error(reading.problems.join(' '))
  const { settings } = reading
  const tell = (line: object, text: string) => process.stdout.write(json ? `${JSON.stringify(line)}\n` : `${text}\n`)
  const log = createLog({ level: 'error', destination: pino.destination(2) })
  const stops: (() => Promise<void>)[] = []
  let failure: unknown
  let took = 0
  let effects = 0
  try {
    const database = await openDatabase(settings)
    stops.push(database.stop)
    const demo = await prepareDemo(settings, database)
    stops.push(demo.stop)
    const hub = await startHub({
      settings,
      database,
      adapters: (await loadAdapters([])).adapters,
      log,
      demo: demo.tenant,
    })
    stops.push(hub.stop)
    await connectDemo(demo, hub, database)
    took = await playDemo(demo, hub, (effect) => {
      effects += 1
      tell(effect, `${effect.step.padEnd(10)} ${effect.text}`)
    })
  } catch (error) {
    failure = error
  }
  for (const stop of stops.reverse()) await stop()
  rmSync(dataDir, { recursive: true, force: true })
  if (failure === undefined) {
    tell(
      { ok: true, effects, milliseconds: took },
      `The story went well: ${effects} effects in ${(took / 1000).toFixed(1)} s.`,
    )
    return 0
  }
  const reason = failure instanceof Error ? failure.message : 'unknown'
  tell({ ok: false, effects, reason }, `The story went wrong: ${reason}`)
  return 1
}

process.exitCode = await main(process.argv.includes('--json'))
