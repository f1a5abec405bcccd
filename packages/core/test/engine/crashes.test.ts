import { describe, expect, it } from 'vitest'
import { expectTold, heardOn, play, scenes } from './plot.ts'
import { openAlerts } from './truth.ts'
import { makeWorld } from './world.ts'

describe('a hub that dies', () => {
  it('goes on where it was, whichever call it dies before or after', { timeout: 60_000 }, async () => {
    const sunny = await makeWorld()
    const ends = [0]
    const whole = await play(sunny, { enough: () => ends.push(sunny.hub.calls.length) < 0 })
    const told = ['door-code', 'change', 'change', 'withdrawal', 'door-code']
    expect(heardOn(sunny, whole.ref)).toEqual({ sms: told, inbox: told })
    expect(sunny.store.state.alerts).toEqual([])
    const longest = Math.max(...scenes.map((_, scene) => (ends[scene + 1] ?? 0) - (ends[scene] ?? 0)))

    const failed: string[] = []
    let deaths = 0
    for (let call = 0; call < longest; call++) {
      const world = await makeWorld()
      try {
        // It dies once in every scene, at its n-th call, and has recovered before the next one begins.
        const played = await play(world, { during: () => void (world.hub.crashAt = world.hub.calls.length + call) })
        deaths += world.hub.crashes
        expectTold(world, played)
        expect(openAlerts(world).filter((kind) => kind !== 'message')).toEqual([])
      } catch (error) {
        failed.push(`call ${call} of each scene: ${error instanceof Error ? error.message : 'no error'}`)
      }
    }
    expect(failed).toEqual([])
    expect(deaths).toBeGreaterThanOrEqual(sunny.hub.calls.length)
  })
})
