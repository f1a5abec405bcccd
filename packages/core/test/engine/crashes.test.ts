import { describe, expect, it } from 'vitest'
import type { MemoryLockOptions } from '../../src/testing/index.ts'
import { expectTold, heardOn, play, scenes } from './plot.ts'
import { openAlerts } from './truth.ts'
import { makeWorld } from './world.ts'

/**
 * Doors that show at once what they hold, at every call; and, at the calls about doors, a cloud whose list lags behind, so
 * that a second write would not meet the first.
 */
const locks: readonly (readonly [MemoryLockOptions, RegExp])[] = [
  [{}, /./],
  [{ readBack: 'heartbeat', showsAfter: 40_000, refusesTakenPins: false }, / (?:lock\.|store\.(?:load|save)Device)/],
]

describe.each(locks)('a hub that dies, at locks with %o', (lock, sites) => {
  it('goes on where it was, whichever call it dies before or after', { timeout: 60_000 }, async () => {
    const sunny = await makeWorld({ lock })
    const ends = [0]
    const whole = await play(sunny, { enough: () => ends.push(sunny.hub.calls.length) < 0 })
    const told = ['door-code', 'change', 'change', 'withdrawal', 'door-code']
    expect(heardOn(sunny, whole.ref)).toEqual({ sms: told, inbox: told })
    expect(sunny.store.state.alerts).toEqual([])
    const callsIn = scenes.map((_, scene) => (ends[scene + 1] ?? 0) - (ends[scene] ?? 0))

    const failed: string[] = []
    /** Plays a stay in which the hub dies at the n-th call of each of these scenes; what it did not live to is returned. */
    const dying = async (call: number, at: readonly number[]): Promise<number[]> => {
      const world = await makeWorld({ lock })
      const survived: number[] = []
      const settle = (scene: number) => {
        if (at.includes(scene) && world.hub.calls[world.hub.crashAt ?? -1] === undefined) survived.push(scene)
        world.hub.crashAt = undefined
      }
      try {
        const played = await play(world, {
          during: (scene) => {
            if (at.includes(scene)) world.hub.crashAt = world.hub.calls.length + call
          },
          enough: (scene) => {
            settle(scene)
            return false
          },
        })
        expectTold(world, played)
        expect(openAlerts(world).filter((kind) => kind !== 'message')).toEqual([])
      } catch (error) {
        failed.push(`call ${call} of scenes ${at.join()}: ${error instanceof Error ? error.message : 'no error'}`)
      }
      return survived
    }
    for (let call = 0; call < Math.max(...callsIn); call++) {
      const reached = scenes.flatMap((_, scene) => {
        const place = (ends[scene] ?? 0) + call
        const site = call < (callsIn[scene] ?? 0) ? (sunny.hub.calls[place] ?? '') : ''
        // Between two calls of one look nothing happens: to die before the second is to die after the first.
        const isAgain = site.startsWith('before ') && !sunny.hub.firsts.has(place)
        return sites.test(site) && !isAgain ? [scene] : []
      })
      if (reached.length === 0) continue
      for (const scene of await dying(call, reached)) expect(await dying(call, [scene])).toEqual([])
    }
    expect(failed).toEqual([])
  })
})
