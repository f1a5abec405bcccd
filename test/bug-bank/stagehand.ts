/**
 * Plays the canonical scenarios until one of them fails, and says which: all of them as they are, then a thin sample of
 * their variations. Run with `preload.ts`, which plants the bug before the engine is loaded. `--replay` plays one by name.
 */
import { parseArgs } from 'node:util'
import { playNamed, playScenario, scenarios } from '../../packages/core/src/testing/simulation/index.ts'
import type { Staged } from './prove.ts'

/** Primes, so that every kind of variation is met; the first leaves the plain story alone. */
const strides = [1_000_003, 499]

const { values } = parseArgs({ options: { replay: { type: 'string' } } })

async function playAll(): Promise<Staged> {
  let runs = 0
  let found: Staged | undefined
  for (const stride of strides)
    for (const scenario of scenarios) {
      try {
        await playScenario({
          scenario,
          stride,
          enough: () => found !== undefined,
          onPlayed: ({ name }, { violations: [first] }) => {
            runs += 1
            if (first) found ??= { runs, violation: first.id, name }
          },
        })
      } catch (error) {
        found ??= { runs: runs + 1, violation: nameOf(error), name: String(scenario.number) }
      }
      if (found) return found
    }
  return { runs }
}

async function replay(name: string): Promise<Staged> {
  try {
    const run = await playNamed(name)
    const [first] = run?.violations ?? []
    return { runs: 1, name, ...(first ? { violation: first.id } : {}) }
  } catch (error) {
    return { runs: 1, name, violation: nameOf(error) }
  }
}

const nameOf = (error: unknown) => (error instanceof Error ? error.name : 'something that is no error was thrown')

process.stdout.write(`${JSON.stringify(values.replay === undefined ? await playAll() : await replay(values.replay))}\n`)
