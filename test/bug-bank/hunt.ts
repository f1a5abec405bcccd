/**
 * Plays random runs of the simulated world until one of them breaks an invariant, and says which. Run with `preload.ts`,
 * which plants the bug before the engine is loaded. `--from` is the first seed.
 */
import { parseArgs } from 'node:util'
import { simulate } from '../../packages/core/src/testing/simulation/index.ts'
import type { Hunted } from './prove.ts'

const { values } = parseArgs({
  options: {
    from: { type: 'string', default: '1' },
    runs: { type: 'string', default: '20000' },
    seconds: { type: 'string', default: '600' },
  },
})
const [from, runs] = [Number(values.from), Number(values.runs)]
const end = performance.now() + Number(values.seconds) * 1000

async function violationOf(seed: number): Promise<string | undefined> {
  try {
    const [first] = (await simulate({ seed })).violations
    return first?.id
  } catch (error) {
    return error instanceof Error ? error.name : 'something that is no error was thrown'
  }
}

let hunted: Hunted = { runs: 0 }
while (hunted.violation === undefined && hunted.runs < runs && performance.now() < end) {
  const seed = from + hunted.runs
  const violation = await violationOf(seed)
  hunted = { runs: hunted.runs + 1, ...(violation === undefined ? {} : { violation, seed }) }
}
process.stdout.write(`${JSON.stringify(hunted)}\n`)
