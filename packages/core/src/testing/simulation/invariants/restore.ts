import type { Look } from '../../../ports/work-queue.ts'
import type { Judge } from '../judge.ts'
import { isWrite } from '../outcomes.ts'
import type { Truth } from '../truth.ts'

/** R1: while nobody has confirmed that the store was set back, nothing leaves a hub but calls to its operator. */
export function restoreJudge(truth: Truth): Judge {
  const { scenes } = truth.plot
  return {
    callStarted: ({ where, operation, call }) => {
      if (!isWrite(operation)) return
      const held = scenes.some((scene) => scene.do === 'set-back' && scene.at <= truth.now && truth.now < scene.until)
      if (!held) return
      const { kind } = call as Look // the engine hands its look over as the call
      truth.check('R1', kind === 'alarms', () => `${operation} leaves for ${where} although nobody has confirmed.`)
    },
  }
}
