/**
 * Plants one bug of the bank after the other and sees whether it is noticed: `npm run simulate -- --mutants`. `--only 1,17`
 * for some of them, `--runs` and `--seconds` for how long random runs are tried, `--json` for one line at the end. Ends
 * with 1 when a bug was not noticed.
 */
import { parseArgs } from 'node:util'
import { bugBank, listed, notYet } from './bank.ts'
import { seek } from './prove.ts'

const { values } = parseArgs({
  options: {
    mutants: { type: 'boolean' },
    json: { type: 'boolean', default: false },
    only: { type: 'string' },
    runs: { type: 'string', default: '20000' },
    seconds: { type: 'string', default: '120' },
  },
})
const limits = { runs: Number(values.runs), seconds: Number(values.seconds) }
const chosen = values.only?.split(',').map(Number)
const bugs = chosen ? bugBank.filter(({ id }) => chosen.includes(id)) : bugBank
const mutants = []
for (const [index, bug] of bugs.entries()) {
  const { id, name } = bug
  const started = performance.now()
  const proven = await seek(bug, limits)
  mutants.push({ id, name, ...proven })
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  const verdict = proven.caught ? 'caught  ' : 'SURVIVED'
  process.stderr.write(`${index + 1}/${bugs.length} ${verdict} ${id} ${name} (${seconds} s)\n    ${proven.by}\n`)
}
const caught = mutants.filter((mutant) => mutant.caught).length
const needed = mutants.flatMap(({ runsNeeded }) => runsNeeded ?? []).sort((a, b) => a - b)
const medianRuns = needed[Math.floor(needed.length / 2)]
const result = {
  planted: mutants.length,
  caught,
  bySimulation: needed.length,
  medianRuns,
  listed,
  notYet: [...notYet.keys()],
  mutants,
}
process.stdout.write(
  values.json
    ? `${JSON.stringify(result)}\n`
    : `${caught} of ${mutants.length} planted bugs were caught, ${needed.length} of them by the simulated world (median run ${medianRuns ?? '–'}).\n`,
)
process.exitCode = caught === mutants.length ? 0 : 1
