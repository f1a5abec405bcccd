import { expect, it } from 'vitest'
import { jittered } from '../../src/engine/import-bookings.ts'
import { seededEntropy } from '../../src/testing/kits/open-subject.ts'

it('spreads polls and sweeps over a tenth to either side, and no further', () => {
  const entropy = seededEntropy(11)
  const waits = Array.from({ length: 4000 }, () => jittered({ entropy }, 600_000))
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(540_000)
  expect(Math.max(...waits)).toBeLessThanOrEqual(660_000)
  for (let from = 540_000; from < 660_000; from += 12_000) {
    const here = waits.filter((wait) => wait >= from && wait < from + 12_000).length
    expect(here, `from ${from}`).toBeGreaterThan(250) // of 400
  }
})
