import type { Look } from '../../../ports/work-queue.ts'
import type { HubProcess } from '../hub-process.ts'
import type { Judge } from '../judge.ts'
import { minute } from '../plot.ts'
import { alertsIn } from '../store-site.ts'
import type { Truth } from '../truth.ts'

/** T5: a process whose clock and the database's disagree takes nothing from a guest and tells nobody; a person hears of it. */
export function clockJudge(truth: Truth): Judge {
  /** Who has which look. */
  const processes = new Map<number, HubProcess>()
  const isTaking = (operation: string) =>
    operation === 'removeCode' || operation === 'send' || operation === 'messageGuest'
  return {
    claimed: (process, { fence }) => processes.set(fence, process),
    callStarted: ({ operation, call }) => {
      const { fence, kind } = call as Look // the engine hands its look over as the call
      if (!isTaking(operation) || kind === 'alarms') return
      truth.check('T5', processes.get(fence)?.clockDoubt() === undefined, () => {
        return `${operation} is begun by a process that does not know what time it is.`
      })
    },
    stored: (name, args, answer) => {
      const { raise = [] } = alertsIn(name, args, answer)
      if (raise.some(({ kind }) => kind === 'clock')) truth.happened('something waited for a clock to be set right')
    },
    ended: () => {
      if (truth.health.calmFrom(truth.now, 'hub') > truth.now - 40 * minute) return
      const left = [...truth.alerts.keys()].filter((key) => key.startsWith('clock '))
      truth.check(
        'T5',
        left.length === 0,
        () => `The clocks agree, and an alert says that they do not: ${left.join()}.`,
      )
    },
  }
}
