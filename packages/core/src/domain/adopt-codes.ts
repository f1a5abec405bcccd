import type { Code, ObservedWindow } from './code.ts'
import type { AccessWindow, Grant } from './grant.ts'
import { between, type Instant } from './instant.ts'
import { isDeviceDoor } from './property.ts'

/** A code under a mark of ours that no stay knows, as its device was last read. */
export interface Stray {
  readonly deviceId: string
  readonly vendorRef: string
  readonly mark: string
  readonly pin: string
  readonly window?: ObservedWindow
  /**
   * Absent where there is none: until when another booking with the days of the stay that asks, of whatever flat, has led
   * through this door. Now, or when it was cancelled.
   */
  readonly daysSharedUntil?: Instant
}

export interface AdoptInput {
  readonly grant: Grant
  /** Of this stay. */
  readonly codes: readonly Code[]
  /** The PINs to take up again, if none of the stay's codes is wanted any more. */
  readonly lastPins?: readonly string[]
  readonly strays: readonly Stray[]
  /** Another booking of the flat has, or had in the lost time, a night in common: a stray may be its guest's. */
  readonly sharesNights: boolean
  /** When the lost time began. */
  readonly lostFrom: Instant
}

/** The coarsest steps in which devices keep a window, milliseconds. */
const step = 3_600_000

/**
 * Which strays are this stay's own codes, by device. A code is recognised by its door and window together, and by the PIN
 * that all doors of a stay have in common: one PIN has to stand out, else nothing is adopted, because a guest's PIN
 * given to another guest is worse than a code made anew. It stands out where nobody else with these days goes through.
 */
export function adoptable(input: AdoptInput): ReadonlyMap<string, Stray> {
  const { grant, codes, lastPins = [], strays, sharesNights, lostFrom } = input
  const held = new Set(codes.filter(({ want }) => want === 'present').map(({ deviceId }) => deviceId))
  const missing = new Set(
    grant.path.filter(isDeviceDoor).flatMap(({ entry }) => (held.has(entry.deviceId) ? [] : [entry.deviceId])),
  )
  const own = new Set([...codes.map(({ pin }) => pin), ...lastPins])
  const fitting = strays.filter(
    ({ deviceId, window, pin }) =>
      missing.has(deviceId) && (window === undefined ? own.has(pin) : fits(window, grant.window)),
  )
  const byLength = Map.groupBy(fitting, ({ pin }) => pin.length)
  const pins = [...byLength.values()].flatMap((some) => outstanding(some, own, sharesNights ? undefined : lostFrom))
  const adopted = new Map<string, Stray>()
  for (const stray of fitting) if (pins.includes(stray.pin)) adopted.set(stray.deviceId, stray)
  return adopted
}

/** The one PIN that is on more of these devices than any other; the stay's own one before all, and without `from` alone. */
function outstanding(strays: readonly Stray[], own: ReadonlySet<string>, from: Instant | undefined): string[] {
  const known = strays.find(({ pin }) => own.has(pin))
  if (known) return [known.pin]
  if (from === undefined) return []
  const doors = Map.groupBy(strays, ({ pin }) => pin)
  const [first, second] = Array.from(doors, ([pin, at]) => [pin, at.length] as const).sort((a, b) => b[1] - a[1])
  if (!first || first[1] === second?.[1]) return []
  const isOnly = ({ daysSharedUntil: until }: Stray) => until === undefined || until <= from
  return strays.some((stray) => stray.pin === first[0] && isOnly(stray)) ? [first[0]] : []
}

/** Begins and ends as this stay does, as coarsely as devices keep it. */
function fits(window: ObservedWindow, { from, until }: AccessWindow): boolean {
  if (window.from === null || window.until === null) return false
  const early = between(window.from, from)
  const late = between(until, window.until)
  return early >= 0 && early < step && late >= 0 && late < step
}
