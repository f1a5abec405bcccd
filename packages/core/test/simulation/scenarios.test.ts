import { describe, expect, it } from 'vitest'
import { playNamed, playScenario, scenarios } from '../../src/testing/index.ts'

/** A prime, so that all kinds of variations are among those played. All of them: `npm run simulate -- --scenarios`. */
const stride = 811

describe('the canonical scenarios', () => {
  it('are twelve', () => {
    expect(scenarios.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
  })

  it.each(scenarios)(
    '$number: $title',
    async (scenario) => {
      const { played, violations } = await playScenario({ scenario, stride, pairs: 1 })
      expect(violations.map(({ name, id, text, story }) => `${name} ${id}: ${text}\n${story}`)).toEqual([])
      expect(played).toMatchObject({ plain: 1, pair: 1 })
    },
    60_000,
  )

  it('play by name as they are found, and say which names there are not', async () => {
    const [one, again] = [await playNamed('2/crash/0-17'), await playNamed('2/crash/0-17')]
    expect(one?.trace).toBe(again?.trace)
    expect(one?.trace).not.toBe((await playNamed('2'))?.trace)
    expect(await playNamed('2/crash/0-100000')).toBeUndefined()
    expect(await playNamed('13')).toBeUndefined()
  })

  it('notice an end that is not theirs', async () => {
    const [first] = scenarios
    if (!first) throw new TypeError('there is a first scenario')
    const wrong = { ...first, expects: [{ at: first.plot.end, stay: 'S1', is: 'in' } as const] }
    const { violations } = await playScenario({ scenario: wrong, stride: 100_000 })
    expect(violations).toMatchObject([{ name: '1', id: 'END' }])
  })
})
