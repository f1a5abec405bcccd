import type { DeviceView, StayView } from '../../../ports/stores.ts'
import { MemoryQueue } from '../../memory/memory-queue.ts'
import type { Judge } from '../judge.ts'
import { day, hour } from '../plot.ts'
import type { World } from '../world.ts'
import { windowOf } from '../world/stays.ts'

/** What one third of a long run cost. */
interface Third {
  readonly calls: Map<string, number>
  /** The most that one load brought, by its name. */
  readonly loads: Map<string, number>
}

/** E12: what a hub does, loads and holds open does not grow with the stays that are over. */
export function boundedJudge({ truth, queue, plot }: World): Judge {
  const thirds = [0, 1, 2].map((): Third => ({ calls: new Map(), loads: new Map() }))
  const third = () => thirds[Math.min(2, Math.floor((3 * (truth.now - plot.start)) / (plot.calmFrom - plot.start)))]

  function loaded(name: string, rows: number): void {
    const loads = third()?.loads
    loads?.set(name, Math.max(loads.get(name) ?? 0, rows))
  }

  function judgeGrowth(): void {
    const [first, , last] = thirds
    for (const [name, calls] of last?.calls ?? []) {
      const before = first?.calls.get(name) ?? 0
      truth.check(
        'E12',
        calls <= 1.4 * before + 20,
        () => `${name}: ${calls} times in the last third, ${before} in the first.`,
      )
    }
    for (const [name, rows] of last?.loads ?? []) {
      const before = first?.loads.get(name) ?? 0
      truth.check(
        'E12',
        rows <= before + 2,
        () => `${name} brings up to ${rows} rows in the last third, ${before} in the first.`,
      )
    }
  }

  /** Stays that something may still be done for; a day after its end one is left alone. */
  function judgeLeft(): void {
    const over = new Set<string>()
    for (const { ref, now } of truth.bookings.stays.values())
      if (windowOf(now.facts, plot.house).until < truth.now - day) over.add(ref)
    const isOver = (text: string) => [...truth.refs].some(([id, ref]) => over.has(ref) && text.includes(id))
    const keys = queue instanceof MemoryQueue ? queue.keys() : []
    const idle = keys.filter(({ key }) => isOver(key)).map(({ kind }) => kind)
    truth.check('E12', idle.length === 0, () => `The queue holds keys of stays that are over: ${idle.join(', ')}.`)
    const alerts = [...truth.alerts.keys()].filter(isOver)
    truth.check('E12', alerts.length === 0, () => `Alerts about stays that are over are open: ${alerts.join(', ')}.`)
    for (const keypad of truth.keypads)
      for (const { mark, until } of keypad?.held.values() ?? []) {
        const stay = truth.owners.get(mark ?? '')?.stay
        const isLeft = stay !== undefined && over.has(stay.ref) && (until ?? truth.now) < truth.now - hour
        truth.check('E12', !isLeft, () => `${keypad?.id} still holds a code of ${stay?.ref}.`)
      }
  }

  return {
    callEnded: ({ operation }) => {
      const calls = third()?.calls
      calls?.set(operation, (calls.get(operation) ?? 0) + 1)
    },
    stored: (name, _args, answer) => {
      if (name === 'loadDevice' && answer) loaded('loadDevice codes', (answer as DeviceView).codes.length) // as the port says
      if (name !== 'loadStay' || !answer) return
      const { codes, messages } = answer as StayView // as the port says
      loaded('loadStay codes', codes.length)
      loaded('loadStay messages', messages.length)
    },
    ended: () => {
      judgeGrowth()
      judgeLeft()
    },
  }
}
