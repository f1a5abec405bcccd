/**
 * Plays the canonical scenarios in all their variations: `npm run simulate -- --scenarios`. `--only 3,7` for some,
 * `--kinds crash,stale` for some kinds, `--stride N` for each N-th variation, `--pairs N` for so many pairs of deaths per scenario, `--replay 3/crash/0-17` for one
 * of them line by line, `--json` for one line at the end. Ends with 1 when something was found.
 */
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import {
  playNamed,
  playScenario,
  type ScenarioOptions,
  type ScenarioReport,
  scenarios,
  variationKinds,
} from '@stayward/core/testing'
import { mergedScenarios, readableScenarios } from './readable-scenarios.ts'
import { lineOf } from './workers.ts'

const { values } = parseArgs({
  options: {
    scenarios: { type: 'boolean' },
    only: { type: 'string' },
    kinds: { type: 'string' },
    stride: { type: 'string', default: '1' },
    pairs: { type: 'string', default: '0' },
    workers: { type: 'string', default: '1' },
    share: { type: 'string', default: '0' },
    replay: { type: 'string' },
    report: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
})
const only = values.only?.split(',').map(Number)
const kinds = variationKinds.filter((kind) => values.kinds?.split(',').includes(kind) ?? true)
const chosen = scenarios.filter(({ number }) => only?.includes(number) ?? true)
const [stride, pairs, workers, share] = [values.stride, values.pairs, values.workers, values.share].map(Number) as [
  number,
  number,
  number,
  number,
] // four texts make four numbers

async function replay(name: string): Promise<never> {
  const log = (at: number, line: string) => process.stdout.write(`${new Date(at).toISOString()} ${line}\n`)
  const run = await playNamed(name, { log })
  if (!run) process.stderr.write(`There is no variation ${name} today.\n`)
  for (const { id, at, text } of run?.violations ?? [])
    process.stdout.write(`✗ ${new Date(at).toISOString()} ${id}: ${text}\n`)
  process.exit(run === undefined ? 2 : run.violations.length > 0 ? 1 : 0)
}

async function playAll(): Promise<readonly ScenarioReport[]> {
  const reports: ScenarioReport[] = []
  let told = Date.now()
  let count = 0
  for (const scenario of chosen) {
    const onPlayed: NonNullable<ScenarioOptions['onPlayed']> = ({ name }, { violations: [first] }) => {
      count += 1
      if (first) process.stderr.write(`${name}, ${first.id}: ${first.text}\n`)
      if (Date.now() - told < 10_000) return
      told = Date.now()
      process.stderr.write(`scenario ${scenario.number}, ${count} variations so far\n`)
    }
    reports.push(await playScenario({ scenario, kinds, stride, pairs, share: { index: share, of: workers }, onPlayed }))
  }
  return reports
}

/** Each worker plays its share of the variations of every scenario. */
async function inWorkers(): Promise<readonly ScenarioReport[]> {
  const shared = ['--stride', `${stride}`, '--pairs', `${pairs}`, '--workers', `${workers}`, '--report']
  const some = ['only', 'kinds'] as const
  const narrowed = some.flatMap((name) => (values[name] === undefined ? [] : [`--${name}`, values[name]]))
  const lines = await Promise.all(
    Array.from({ length: workers }, (_, index) =>
      lineOf(fileURLToPath(import.meta.url), [...shared, ...narrowed, '--share', `${index}`]),
    ),
  )
  return mergedScenarios(lines.map((line) => JSON.parse(line) as ScenarioReport[])) // as written below for --report
}

if (values.replay !== undefined) await replay(values.replay)
const began = performance.now()
const reports = workers > 1 && !values.report ? await inWorkers() : await playAll()
if (values.report) process.stdout.write(JSON.stringify(reports))
else {
  const seconds = Number(((performance.now() - began) / 1000).toFixed(1))
  const violations = reports.flatMap((report) => report.violations)
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ seconds, scenarios: reports, violations: violations.length })}\n`
      : readableScenarios(reports, seconds),
  )
  process.exitCode = violations.length > 0 ? 1 : 0
}
