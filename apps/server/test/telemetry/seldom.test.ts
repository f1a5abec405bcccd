import { expect, it } from 'vitest'
import { seldom } from '../../src/telemetry/seldom.ts'

it('tells the first at once and then how many there were, now and then', () => {
  let now = 0
  const told: string[] = []
  const tell = seldom<string>(
    5000,
    (value, times) => told.push(`${value} ${times}`),
    () => now,
  )
  for (now of [0, 100, 4999, 5000, 5001, 20_000]) tell(`at ${now}`)
  expect(told).toEqual(['at 0 1', 'at 5000 3', 'at 20000 2'])
})
