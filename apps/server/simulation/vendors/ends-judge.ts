import { type Judge, type SimulatedKeypad, type Truth, windowOf } from '@stayward/core/testing'

/**
 * A2, A3: whatever of ours a device holds has an end there, and lets nobody in outside of what the stay has been at some time;
 * so no code outlives its guest if no hub ever wakes again. E11: it is held once. E6: no call waits for ever.
 */
export function endsJudge(truth: Truth, stuck: () => string | undefined): Judge {
  const { house } = truth.plot

  function judge(keypad: SimulatedKeypad): void {
    const step = keypad.plot.windowStep
    for (const { mark, from, until } of keypad.held.values()) {
      const stay = truth.owners.get(mark ?? '')?.stay
      if (!stay) continue
      const windows = stay.versions.map(({ facts }) => windowOf(facts, house))
      const first = Math.min(...windows.map((window) => window.from)) - step
      const last = Math.max(...windows.map((window) => window.until)) + step
      truth.check('A3', until !== null && until <= last && (from ?? 0) >= first, () => {
        const ends = until === null ? 'has no end' : `is good from ${from} until ${until}`
        return `${keypad.id}: the code of ${stay.ref} ${ends}.`
      })
    }
  }

  function judgeDoubles(keypad: SimulatedKeypad): void {
    if (!truth.health.isCalm(truth.now, keypad.where, `door-${keypad.door}`)) return
    const pins = [...keypad.held.values()].flatMap(({ mark, pin }) => (mark === undefined ? [] : [pin]))
    truth.check('E11', new Set(pins).size === pins.length, () => `${keypad.id} holds one code of ours twice.`)
  }

  return {
    doorChanged: judge,
    ended: () => {
      truth.check('E6', stuck() === undefined, () => `A call has never ended: ${stuck()}.`)
      for (const keypad of truth.keypads) if (keypad) judgeDoubles(keypad)
    },
  }
}
