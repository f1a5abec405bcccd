import { campaign, playScenario, scenarios } from '@stayward/core/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postgresStores } from '../../simulation/postgres-stores.ts'
import { freshDatabase, testMasters } from '../fresh-database.ts'

let stores: Awaited<ReturnType<typeof postgresStores>>
beforeAll(async () => {
  stores = await postgresStores({ ...(await freshDatabase()), masters: testMasters })
})
afterAll(() => stores.close())

describe('the simulated world on PostgreSQL', () => {
  it('finds nothing wrong in random runs', async () => {
    const clock = () => performance.now()
    const { violations, runs, invariants } = await campaign({ seed: 1, runs: 5, clock, stores: stores.open })
    expect(violations).toEqual([])
    expect(runs).toBe(5)
    expect(invariants['A1']).toBeGreaterThan(0)
  }, 120_000)

  it.each(scenarios.filter(({ number }) => [2, 10, 11].includes(number)))(
    'plays scenario $number: $title',
    async (scenario) => {
      const { violations, played } = await playScenario({ scenario, stride: 1_000_003 }, { stores: stores.open })
      expect(violations).toEqual([])
      expect(played).toEqual({ plain: 1 })
    },
    60_000,
  )
})
