import { instantOf, millisecondsOf } from '../../../domain/instant.ts'
import type { ObservedCode } from '../../../domain/code.ts'
import type { KeypadCapabilities } from '../../../ports/capabilities.ts'
import type { CodeToWrite, WriteReceipt } from '../../../ports/keypad.ts'
import { AdapterError } from '../../../ports/adapter-error.ts'
import type { LockProvider } from '../../../ports/lock-provider.ts'
import { hour, type LockPlot } from '../plot.ts'
import type { Outcome, OutcomeClass } from '../outcomes.ts'
import type { Random } from '../random.ts'
import type { Process, Schedule } from '../schedule.ts'
import type { Entry, EntryWords, SimulatedKeypad } from './keypad.ts'
import type { Weather } from './weather.ts'

export function keypadCapabilities(plot: LockPlot): KeypadCapabilities {
  return {
    pin: { lengths: [plot.pinLength], digits: plot.digits ?? '0123456789' },
    labelMaxLength: 20,
    windowStep: plot.windowStep,
    canUpdate: plot.canUpdate,
    readsPin: plot.readsPin,
    readsWindow: plot.readsWindow,
    writesAreVisible: plot.showsWithin === 0 ? 'now' : 'later',
    readBack: plot.readBack,
    readsState: true,
    readsActivity: false,
    opens: false,
    ...(plot.showsWithin === 0 ? {} : { showsWithin: plot.showsWithin }),
    ...(plot.capacity === undefined ? {} : { capacity: plot.capacity }),
  }
}

export interface LockKit {
  readonly schedule: Schedule
  readonly weather: Weather
  readonly random: Random
}

/** An account with keypads, as one hub process reaches it. */
export function lockProvider(
  where: string,
  keypads: ReadonlyMap<string, SimulatedKeypad>,
  process: Process,
  { schedule, weather, random }: LockKit,
): LockProvider {
  const keypad = (id: string) => {
    const found = keypads.get(id)
    if (!found) throw new AdapterError('gone', `There is no device ${id}.`, { remedy: 'See the account.' })
    return found
  }
  return {
    specVersion: 'v1',
    readAccount: (call) =>
      weather.perform(process, { where, operation: 'readAccount', about: '', call }, () => ({ id: 'account-1' })),
    listDevices: async () => [...keypads.values()].map(({ id }) => ({ id, name: id })),
    readCodes: (id, call) =>
      weather.perform(process, { where, operation: 'readCodes', about: id, call }, (_, name, age) => {
        const device = keypad(id)
        device.reach()
        const entries = device.listing(name === 'stale' ? age : 0)
        const shown = name === 'empty' ? [] : name === 'partial' ? entries.slice(1) : entries
        return shown.map((entry) => observed(device, entry))
      }),
    readState: (id, call) =>
      weather.perform(process, { where, operation: 'readState', about: id, call }, () => {
        const device = keypad(id)
        return { online: device.isOnline, lastSeen: instantOf(device.lastSeen) }
      }),
    writeCode: (id, code, call) =>
      weather.perform(process, { where, operation: 'writeCode', about: `${id} ${code.mark}`, call }, (outcome, name) =>
        written(keypad(id), code, outcome, name, { schedule, random }),
      ),
    removeCode: (id, ref, call) =>
      weather.perform(process, { where, operation: 'removeCode', about: `${id} ${ref}`, call }, ({ effect }) => {
        const device = keypad(id)
        device.reach()
        device.watcher.removeAsked(device, ref)
        if (effect === 'late') schedule.at(schedule.now + random.from(60_000, 3 * hour), () => device.remove(ref))
        else device.remove(ref)
        return { status: device.plot.readBack === 'device' ? 'gone' : 'accepted' } as const
      }),
  }
}

const refusals: Partial<Record<OutcomeClass, Extract<WriteReceipt, { status: 'refused' }>['reason']>> = {
  'refused-conflict': 'pin-taken',
  'refused-format': 'pin-not-allowed',
  'refused-full': 'no-capacity',
}

function written(
  device: SimulatedKeypad,
  { mark, label, pin, window, vendorRef }: CodeToWrite,
  { effect }: Outcome,
  name: OutcomeClass,
  { schedule, random }: Pick<LockKit, 'schedule' | 'random'>,
): WriteReceipt {
  device.reach()
  const words: EntryWords = { mark, label, pin, from: millisecondsOf(window.from), until: millisecondsOf(window.until) }
  device.watcher.writeAsked(device, words, vendorRef)
  const reason = refusals[name] ?? device.refusalOf(words, vendorRef)
  if (reason) return { status: 'refused', reason }
  const status = device.plot.readBack === 'device' ? 'confirmed' : 'accepted'
  const answer = (ref: string): WriteReceipt => ({ status, vendorRef: ref })
  switch (effect) {
    case 'silent': {
      const { readBack, readsPin, readsWindow } = device.plot
      // Nobody can see through a vendor that says yes to a change which it hides.
      if (vendorRef !== undefined && !(readsPin && readsWindow)) return answer(device.write(words, vendorRef))
      if (readBack === 'device' || readBack === 'heartbeat') return { status: 'accepted' }
      return answer(device.write(words, vendorRef, 'never synced'))
    }
    case 'late':
      schedule.at(schedule.now + random.from(60_000, 3 * hour), () => {
        const gone = vendorRef !== undefined && !device.cloud.has(vendorRef)
        if (!gone && !device.refusalOf(words, vendorRef)) device.write(words, vendorRef, 'late')
      })
      return { status: 'accepted', ...(vendorRef === undefined ? {} : { vendorRef }) }
    case 'double':
      if (vendorRef === undefined && !device.plot.refusesTaken) device.write(words, undefined)
      return answer(device.write(words, vendorRef))
    case 'altered':
      return answer(
        device.write(device.plot.readsWindow ? { ...words, from: (words.from ?? 0) + hour } : words, vendorRef),
      )
    case 'done':
    case 'none':
      return answer(device.write(words, vendorRef))
  }
}

function observed(device: SimulatedKeypad, entry: Entry): ObservedCode {
  const { readBack, readsPin, readsWindow } = device.plot
  const { ref, mark, label, pin, enabled } = entry
  const at = (bound: number | null) => (bound === null ? null : instantOf(bound))
  return {
    vendorRef: ref,
    label,
    enabled,
    ...(mark === undefined ? {} : { mark }),
    ...(readsPin ? { pin } : {}),
    ...(readsWindow ? { window: { from: at(entry.from), until: at(entry.until) } } : {}),
    ...(readBack === 'synced' ? { synced: device.isSynced(entry) } : {}),
  }
}
