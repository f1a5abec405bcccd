import {
  type AccessWindow,
  type CodeToWrite,
  type Instant,
  instantOf,
  markIn,
  millisecondsOf,
  type ObservedCode,
  type ObservedWindow,
  type PinRules,
} from '@stayward/core/adapter'
import type { KeypadShare } from './the-keys-shapes.ts'
import { firstInstantOf, lastInstantOf, type WallTime, wallTimeAt } from './wall-clock.ts'
import { wallTimeIn } from './wall-time-fields.ts'

/** Four digits are all that was ever seen in use (docs/vendors/the-keys.md, "PINs"). */
export const pinRules: PinRules = { lengths: [4], digits: '0123456789' }

/** The longest name is not known; this is well below what a text column usually holds. */
export const labelMaxLength = 50

/** `nom` of a code without a label: people see in the app who made it. */
const nameless = 'Stayward'

/**
 * In the hour that the clock shows twice, a wall time stands for two instants. Reading takes the wider window, so only a
 * code that meant the other one says so, behind its mark. Everywhere else the words mean nothing.
 */
const [fromLater, untilEarlier] = ['from=later', 'until=earlier']

/**
 * A code as the cloud's form wants it, every field, always: what an update leaves out is cleared, and a cleared date
 * makes a guest's code a permanent one. `notification_enabled` is left out on purpose, because left out is off.
 */
export function formOf({ mark, label, pin, window }: CodeToWrite, zone: string): string {
  const { from, until, words } = wallWindowOf(window, zone)
  const fields = {
    nom: Array.from(label).slice(0, labelMaxLength).join('').trim() || nameless,
    actif: '1',
    date_debut: from.date,
    date_fin: until.date,
    ...timeFields('heure_debut', from),
    ...timeFields('heure_fin', until),
    code: pin,
    description: [mark, ...words].join(' '),
  }
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(fields)) form.append(`partage_accessoire${bracketed(name)}`, value)
  return form.toString()
}

/** A code as the cloud lists it, in our words. The window is absent when any part of it cannot be read. */
export function observedOf(share: KeypadShare, zone: string): ObservedCode {
  const mark = markIn(share.description)
  const label = mark !== undefined && share.name === nameless ? '' : share.name
  const window = windowOf(share, zone, mark === undefined ? '' : (share.description ?? ''))
  return {
    vendorRef: share.id,
    label,
    ...(mark === undefined ? {} : { mark }),
    ...(share.pin === undefined ? {} : { pin: share.pin }),
    ...(share.enabled === undefined ? {} : { enabled: share.enabled }),
    ...(window === undefined ? {} : { window }),
  }
}

/** Starts are rounded down and ends up: the cloud knows no seconds. */
function wallWindowOf({ from, until }: AccessWindow, zone: string) {
  const minute = 60_000
  const start = instantOf(Math.floor(millisecondsOf(from) / minute) * minute)
  const end = instantOf(Math.ceil(millisecondsOf(until) / minute) * minute)
  const wall = { from: wallTimeAt(start, zone), until: wallTimeAt(end, zone) }
  const words: string[] = []
  if (firstInstantOf(wall.from, zone) !== start) words.push(fromLater)
  if (lastInstantOf(wall.until, zone) !== end) words.push(untilEarlier)
  return { ...wall, words }
}

function windowOf(share: KeypadShare, zone: string, description: string): ObservedWindow | undefined {
  const words = description.split(/\s+/)
  const from = wallTimeIn(share.fromDate, share.fromTime)
  const until = wallTimeIn(share.untilDate, share.untilTime)
  if (from === undefined || until === undefined) return undefined
  return {
    from: boundOf(from, zone, words.includes(fromLater) ? lastInstantOf : firstInstantOf),
    until: boundOf(until, zone, words.includes(untilEarlier) ? firstInstantOf : lastInstantOf),
  }
}

function boundOf(wall: WallTime | null, zone: string, read: (wall: WallTime, zone: string) => Instant): Instant | null {
  return wall === null ? null : read(wall, zone)
}

/** Hours and minutes go out without leading zeros: `15` and `0`. */
function timeFields(name: string, { minutes }: WallTime): Record<string, string> {
  return { [`${name}.hour`]: String(Math.floor(minutes / 60)), [`${name}.minute`]: String(minutes % 60) }
}

/** `heure_fin.hour` becomes `[heure_fin][hour]`. */
function bracketed(name: string): string {
  return name
    .split('.')
    .map((part) => `[${part}]`)
    .join('')
}
