import { describe, expect, it } from 'vitest'
import { drawWeek } from '../../src/testing/simulation/draw-week.ts'
import { drawYears } from '../../src/testing/simulation/draw-years.ts'
import { campaign, type ProfileName, simulate } from '../../src/testing/index.ts'

/** Processor time, so that a busy machine plays as much as an idle one. */
const clock = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

describe('the simulated world', () => {
  it.each([
    ['sunny', 8],
    ['dst', 4],
    ['dead-hub', 4],
    ['amnesia', 6],
    ['twins', 6],
    ['blackout', 6],
    ['core-calm', 4],
    ['harsh', 8],
    ['alerts', 21],
    ['default', 24],
  ] satisfies [ProfileName, number][])(
    'finds nothing wrong in %s, %i runs',
    async (profile, runs) => {
      const { violations, invariants } = await campaign({ seed: 6, runs, profile, clock })
      expect(violations.map(({ seed, id, story, text }) => `${seed} ${id}: ${text}\n${story}`)).toEqual([])
      expect(invariants['A1']).toBeGreaterThan(0)
    },
    120_000,
  )

  it('does, loads and holds no more as days go by', async () => {
    const { violations, checked } = await simulate({ seed: 6, plot: drawYears(6, 80) })
    expect(violations).toEqual([])
    expect(checked.get('E12')).toBeGreaterThan(0)
  }, 60_000)

  it.each([
    ['poison', 'E7'],
    ['neighbour', 'I3'],
    ['forger', 'D6'],
  ] satisfies [ProfileName, string][])(
    'lets nobody feel what is none of theirs: %s',
    async (profile, id) => {
      const { violations, invariants } = await campaign({ seed: 6, runs: 3, profile, clock })
      expect(violations.map((one) => `${one.seed} ${one.id}: ${one.story}\n${one.text}`)).toEqual([])
      expect(invariants[id]).toBeGreaterThan(0)
    },
    120_000,
  )

  it('asks vendors no more often in a week without faults than what happens there needs', async () => {
    const { violations, checked } = await simulate({ seed: 6, plot: drawWeek(6, 60) })
    expect(violations).toEqual([])
    expect(checked.get('E4')).toBeGreaterThan(6)
  }, 60_000)

  it('plays the same seed in the same way, and another one in another', async () => {
    const [one, again, other] = [
      await simulate({ seed: 42 }),
      await simulate({ seed: 42 }),
      await simulate({ seed: 43 }),
    ]
    expect(again.trace).toBe(one.trace)
    expect(again.events).toBe(one.events)
    expect(other.trace).not.toBe(one.trace)
  })
})
