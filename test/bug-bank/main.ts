/**
 * Plants one bug of the bank after the other and sees whether it is noticed. `--only 1,17` for some of them, `--json` for
 * one line at the end. Ends with 1 when a bug was not noticed.
 */
import { parseArgs } from 'node:util'
import { bugBank, listed, notYet } from './bank.ts'
import { prove } from './prove.ts'

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, only: { type: 'string' } },
})
const chosen = values.only?.split(',').map(Number)
const bugs = chosen ? bugBank.filter(({ id }) => chosen.includes(id)) : bugBank
const mutants = []
for (const [index, bug] of bugs.entries()) {
  const { id, name } = bug
  const started = performance.now()
  const { caught, by } = await prove(bug)
  mutants.push({ id, name, caught, by })
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  process.stderr.write(
    `${index + 1}/${bugs.length} ${caught ? 'caught  ' : 'SURVIVED'} ${id} ${name} (${seconds} s)\n    by ${by}\n`,
  )
}
const caught = mutants.filter((mutant) => mutant.caught).length
if (values.json)
  process.stdout.write(
    `${JSON.stringify({ planted: mutants.length, caught, listed, notYet: [...notYet.keys()], mutants })}\n`,
  )
else process.stdout.write(`${caught} of ${mutants.length} planted bugs were caught.\n`)
process.exitCode = caught === mutants.length ? 0 : 1
