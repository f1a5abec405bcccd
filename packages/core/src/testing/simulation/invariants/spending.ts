import type { Effects } from '../../../ports/stores.ts'
import type { Judge } from '../judge.ts'
import type { Operation } from '../outcomes.ts'
import { day } from '../plot.ts'
import type { World } from '../world.ts'
import { doorsOf } from '../world/stays.ts'

/** Per change of a booking (its making is one) and door of its way. */
const perDoor: Partial<Record<Operation, number>> = { writeCode: 1.2, removeCode: 2.5 }
/** Per change of a booking. */
const perChange: Partial<Record<Operation, number>> = { readBooking: 1, send: 1.1, lookUp: 3.5 }

/**
 * What a week without faults costs at vendors: as often as the host's rhythm says, and a few calls for each thing that
 * happens. Nobody is called for any of it (H3).
 */
export function spendingJudge({ truth, plot }: World): Judge {
  const { house, start, end } = plot
  const { poll, sweepNear, probe } = house.rhythm
  const calls = new Map<Operation, number>()
  /** Readings of one device, by its id. */
  const readings = new Map<string, number>()
  const codesAt = new Map<string, number>()
  const called: string[] = []

  function judgeDevices(): void {
    const sweeps = (end - start) / (0.9 * sweepNear)
    for (const keypad of truth.keypads) {
      if (!keypad) continue
      // A code is read before and after it is written, when it is to be proven, and as often when it goes.
      const most = sweeps + 8 * (codesAt.get(keypad.id) ?? 0) + 10
      const count = readings.get(keypad.id) ?? 0
      truth.check(
        'E4',
        count <= most,
        () => `${keypad.id} was read ${count} times in a week; ${Math.round(most)} would do.`,
      )
    }
  }

  function judgeCalls(): void {
    const stays = [...truth.bookings.stays.values()]
    const changes = stays.reduce((sum, { versions }) => sum + versions.length, 0)
    const doors = stays.reduce((sum, { versions, now }) => sum + versions.length * doorsOf(now.facts, house).length, 0)
    const pages = Math.ceil(stays.length / house.source.page) + 1
    const span = end - start
    const connections = 2 + house.locks.length
    const bounds: Partial<Record<Operation, number>> = {
      readAccount: connections * (span / (0.9 * probe) + 2),
      // What a poll lists has changed since the last one; a sweep lists everything.
      listBookings: span / (0.9 * poll) + pages * ((4 * span) / day + 2) + changes / house.source.page,
      ...Object.fromEntries(Object.entries(perChange).map(([name, each]) => [name, each * changes + 10])),
      ...Object.fromEntries(Object.entries(perDoor).map(([name, each]) => [name, each * doors + 10])),
    }
    for (const [operation, most = 0] of Object.entries(bounds)) {
      const count = calls.get(operation as Operation) ?? 0 // its own keys
      truth.check(
        'E4',
        count <= most,
        () => `${operation} was called ${count} times in a week; ${Math.round(most)} would do.`,
      )
    }
  }

  return {
    callEnded: ({ operation, about }) => {
      calls.set(operation, (calls.get(operation) ?? 0) + 1)
      if (operation === 'readCodes') readings.set(about, (readings.get(about) ?? 0) + 1)
    },
    writeAsked: ({ id }) => codesAt.set(id, (codesAt.get(id) ?? 0) + 1),
    stored: (name, args) => {
      if (!name.startsWith('save')) return
      const { raise = [] } = args.at(-1) as Effects // the last word of every save
      for (const { kind, loud, text } of raise) if (loud === 'page') called.push(`${kind}: ${text}`)
    },
    ended: () => {
      judgeDevices()
      judgeCalls()
      truth.check(
        'H3',
        called.length === 0,
        () => `Nothing was wrong, and a person was called: ${called.slice(0, 3).join(' ')}`,
      )
    },
  }
}
