import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@stayward/core'
import { pino } from 'pino'
import { loadAdapters } from '../adapters/load-adapters.ts'
import { openDatabase } from '../compose/database.ts'
import { startHub } from '../compose/hub.ts'
import { createStarted } from '../compose/started.ts'
import { readSettings } from '../settings/settings.ts'
import { createLog } from '../telemetry/log.ts'
import { connectDemo, playDemo, prepareDemo } from './demo.ts'
import { furnishHouses } from './houses.ts'
import { playHouses } from './houses-story.ts'
import { startHousesVendors } from './houses-vendors.ts'
import type { Effect } from './story.ts'

/**
 * `npm run demo`: plays the story once in a place of its own, with two more tenants living beside it, leaves nothing behind,
 * and says how it went. `--json`: one object per effect, and the result as the last line.
 */
async function main(json: boolean): Promise<number> {
  const tell = (line: object, text: string) => process.stdout.write(json ? `${JSON.stringify(line)}\n` : `${text}\n`)
  const log = createLog({ level: 'error', destination: pino.destination(2) })
  const started = createStarted()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => void started.stop().then(() => process.exit(1)))
  let failure: unknown
  let took = 0
  let effects = 0
  try {
    const { dataDir } = await started.bring(ownPlace)
    const reading = readSettings({ STAYWARD_DATA_DIR: dataDir, STAYWARD_PORT: '0' })
    if (!('settings' in reading)) throw new Error(reading.problems.join(' '))
    const { settings } = reading
    const { adapters } = await loadAdapters(settings)
    const database = await started.bring(() => openDatabase(settings))
    const demo = await started.bring(() => prepareDemo(settings, database))
    const vendors = await started.bring(() => startHousesVendors())
    const houses = await furnishHouses({ ...database, clock: systemClock })
    const tenants = {
      ...demo.tenant,
      tenantIds: [...demo.tenant.tenantIds, ...Object.values(houses).map(({ tenantId }) => tenantId)],
      origins: new Map([...demo.tenant.origins, ...vendors.origins]),
    }
    const hub = await started.bring(() => startHub({ settings, database, adapters, log, demo: tenants }))
    await connectDemo(demo, hub, database)
    vendors.announceTo(hub.url, houses)
    const show = (effect: Effect) => {
      effects += 1
      tell(effect, `${effect.step.padEnd(10)} ${effect.text}`)
    }
    const began = performance.now()
    const plays = await Promise.allSettled([
      playDemo(demo, hub, show),
      playHouses({ vendors, houses, hub: hub.url, tell: show }),
    ])
    for (const play of plays) if (play.status === 'rejected') throw play.reason
    took = Math.round(performance.now() - began)
  } catch (error) {
    failure = error
  }
  await started.stop()
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

async function ownPlace() {
  const dataDir = mkdtempSync(join(tmpdir(), 'stayward-demo-'))
  return { dataDir, stop: async () => rmSync(dataDir, { recursive: true, force: true }) }
}

process.exitCode = await main(process.argv.includes('--json'))
