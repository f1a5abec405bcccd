import { millisecondsOf } from '../../../domain/instant.ts'
import type { DeviceChanges, Effects } from '../../../ports/stores.ts'
import type { Judge } from '../judge.ts'
import { minute } from '../plot.ts'
import type { Truth } from '../truth.ts'

/** H1: what is called confirmed is so on the device itself, and what is called gone is gone from it. */
export function evidenceJudge(truth: Truth): Judge {
  function judge({ deviceId, update = [] }: DeviceChanges): void {
    const keypad = truth.keypads.find((one) => one !== undefined && truth.deviceIds.get(one.id) === deviceId)
    if (!keypad || keypad.plot.readBack === 'cloud') return
    // A vendor whose answers lie, and a hand at the lock a moment ago, are not the hub's to know.
    if (!truth.health.isCalm(truth.now, keypad.where) || truth.now < keypad.touchedAt + 5 * minute) return
    for (const { mark, pin, want, evidence, writtenAt } of update) {
      if (evidence !== 'confirmed' || writtenAt === undefined) continue
      const held = [...keypad.held.values()].some(
        (entry) => entry.mark === mark && (want === 'absent' || entry.pin === pin),
      )
      truth.check('H1', held === (want === 'present'), () => {
        return want === 'present'
          ? `${keypad.id}: a code counts as confirmed that the device does not hold.`
          : `${keypad.id}: a code counts as gone that the device still holds.`
      })
    }
  }
  return {
    stored: (name, args) => {
      if (name !== 'saveDevice') return
      const [, changes, { now }] = args as [unknown, DeviceChanges, Effects] // as the port says
      // What a copy of the store had written before it came to count is told now, and says nothing of now.
      if (truth.now < millisecondsOf(now) + minute) judge(changes)
    },
  }
}
