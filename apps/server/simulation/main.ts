import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { campaign, type CampaignReport, operations, classesOf, profileNames, sometimes } from '@stayward/core/testing'
import { startSimulatedDatabase } from './simulated-database.ts'
import { readable } from './readable.ts'
import { drawVendorPlot } from './vendors/draw.ts'
import { fakeVendors } from './vendors/vendors.ts'
import { sharesOf, withWorkers } from './workers.ts'

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    profile: { type: 'string', default: 'default' },
    workers: { type: 'string', default: '1' },
    store: { type: 'string', default: 'memory' },
    resume: { type: 'string' },
    report: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
})
/** The real adapters in front of their vendors' fakes: known here alone, because core knows no vendor. */
const vendorsProfile = 'vendors'
const names = [...profileNames, vendorsProfile] as const
const profile = names.find((name) => name === values.profile)
const [runs, seed, workers] = [Number(values.runs), Number(values.seed), Number(values.workers)]
const isStore =
  values.store === 'memory' ||
  (values.store === 'postgres' &&
    workers === 1 &&
    profile !== 'amnesia' &&
    profile !== 'twins' &&
    profile !== vendorsProfile)
if (profile === undefined || !isStore || !Number.isInteger(runs) || !Number.isInteger(seed) || !(workers >= 1)) {
  process.stderr.write(
    `Usage: simulate [--runs N] [--seed N] [--profile ${names.join('|')}] [--workers N] [--resume FILE] [--store memory|postgres] [--json]\n` +
      'With the PostgreSQL stores one worker plays, and no database is put back or copied (profiles amnesia, twins), and vendors are simulated ones.\n',
  )
  process.exit(2)
}

const processorTime = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
const { resume } = values
const before =
  resume !== undefined && existsSync(resume) ? (JSON.parse(readFileSync(resume, 'utf8')) as CampaignReport) : undefined // as written below
if (before && before.nextSeed - before.runs !== seed) {
  process.stderr.write(`${resume} holds another campaign: it began with seed ${before.nextSeed - before.runs}.\n`)
  process.exit(2)
}
let stopping = false
process.on('SIGINT', () => {
  stopping = true
})
const database = values.store === 'postgres' ? await startSimulatedDatabase() : undefined
let told = Date.now()
let found = before?.violations.length ?? 0
const alone = () =>
  campaign({
    seed,
    runs,
    ...(profile === vendorsProfile ? { draw: drawVendorPlot, vendors: fakeVendors } : { profile }),
    // With PostgreSQL most of the time is not this process's.
    clock: database ? () => performance.now() : processorTime,
    ...(database ? { stores: database.open } : {}),
    enough: () => stopping,
    ...(before ? { before } : {}),
    onRun: (so) => {
      for (const { seed: at, id, text } of so.violations.slice(found))
        process.stderr.write(`seed ${at}, ${id}: ${text}\n`)
      if (Date.now() - told < 10_000 && so.violations.length === found) return
      told = Date.now()
      found = so.violations.length
      process.stderr.write(`${so.runs} of ${runs} runs, ${found} violations\n`)
      if (resume !== undefined) writeFileSync(resume, JSON.stringify(so))
    },
  })
const report =
  workers > 1
    ? await withWorkers({
        shares: sharesOf({ seed, runs }, workers),
        program: fileURLToPath(import.meta.url),
        more: ['--profile', profile],
        ...(resume === undefined ? {} : { resume }),
      })
    : await alone()
await database?.close()
if (resume !== undefined && workers === 1) writeFileSync(resume, JSON.stringify(report))
if (values.report) {
  process.stdout.write(JSON.stringify(report))
  process.exit(0)
}

const seconds = report.milliseconds / 1000
const applicable = operations.reduce((count, operation) => count + classesOf[operation].length + 1, 0)
const result = {
  runs: report.runs,
  profile,
  store: values.store,
  runsPerSecond: Number((report.runs / seconds).toFixed(1)),
  eventsPerSecond: Math.round(report.events / seconds),
  simulatedDays: Number(report.simulatedDays.toFixed(1)),
  faults: report.faults,
  callClasses: { covered: Object.keys(report.calls).length, of: applicable },
  calls: report.calls,
  sometimes: report.sometimes,
  never: sometimes.filter((what) => !report.sometimes[what]),
  invariants: report.invariants,
  replayedEqually: report.replayed,
  violations: report.violations.map((violation) => ({ ...violation, profile })),
}
process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : readable(result))
process.exit(report.violations.length > 0 ? 1 : 0)
