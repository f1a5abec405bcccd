import { type Code, isPinRefused } from '../domain/code.ts'
import type { Instant } from '../domain/instant.ts'
import { countPins, pinSpace, type PinRules } from '../domain/pin.ts'
import type { AccessPlan } from '../domain/plan-access.ts'
import { isDeviceDoor } from '../domain/property.ts'
import { type PinPlace, sharePins, suits } from '../domain/share-pins.ts'
import { AdapterError } from '../ports/adapter-error.ts'
import { draw } from '../ports/entropy.ts'
import type { StayView } from '../ports/stores.ts'
import type { Engine } from './engine.ts'

export interface Allotment {
  /** The PIN of this stay by device; only devices that need one now, or another one. */
  readonly pins: ReadonlyMap<string, string>
  /** Whether a new PIN was drawn. */
  readonly fresh: boolean
  /** Why a door gets none. */
  readonly problem?: { readonly text: string; readonly remedy: string }
  /** A connection that cannot be opened now: what its devices take is not known, so they wait. */
  readonly failure?: { readonly connectionId: string; readonly error: AdapterError }
}

/** The PIN of a code that was made by hand and is the stay's since this look. */
export interface Leading {
  readonly pin: string
  readonly now: Instant
}

/** Other doors of a stay that has not begun take its PIN as well; two codes made by hand each keep their own. */
function follows({ codes }: StayView, place: PinPlace, { pin, now }: Leading): boolean {
  const code = codes.find((one) => one.deviceId === place.deviceId && isInUse(one))
  if (place.holds === undefined || place.holds === pin) return false
  return code !== undefined && code.window.from > now && suits(place, pin)
}

/** A device that refused this many PINs is not asked again: something else is wrong with it. */
const mostRefusals = 5

/**
 * One PIN for the whole path, or the fewest that its devices allow. The stay keeps the PIN it has; a new one is drawn only
 * for a stay without one, or when a device on the path cannot take it (rule 5).
 */
export async function allotPins(
  engine: Engine,
  view: StayView,
  access: AccessPlan,
  leading?: Leading,
): Promise<Allotment> {
  if (access.create.length === 0 && access.repin.length === 0 && leading === undefined)
    return { pins: new Map(), fresh: false }
  const { rules, failure } = await rulesOf(engine, view)
  const refusing = view.codes.filter(({ id }) => access.repin.includes(id))
  const worn = refusing.filter(({ deviceId, refusals }) => rules.has(deviceId) && refusals >= mostRefusals)
  const problems = worn.map(({ deviceId }) => wornOut(doorOf(view, deviceId)))
  for (const { deviceId } of worn) rules.delete(deviceId)
  const needing = new Set([...access.create, ...refusing].map(({ deviceId }) => deviceId))
  const all = Array.from(rules, ([deviceId, rule]) => placeOf(engine, view, { deviceId, rules: rule, needing }))
  const following = leading === undefined ? [] : all.filter((place) => follows(view, place, leading))
  const places = all.map((place) => (leading && following.includes(place) ? { ...place, holds: leading.pin } : place))
  const shared = sharePins({ places, known: pinsOf(view), draw: (below) => draw(engine.entropy, below) })
  problems.push(...shared.without.map((place) => usedUp(doorOf(view, place.deviceId), place)))
  const { fresh } = shared
  const pins = new Map([...following.map(({ deviceId }) => [deviceId, leading?.pin ?? ''] as const), ...shared.pins])
  return {
    pins,
    fresh,
    ...(problems.length > 0 ? { problem: together(problems) } : {}),
    ...(failure ? { failure } : {}),
  }
}

type Problem = NonNullable<Allotment['problem']>

function doorOf({ path, devices }: StayView, deviceId: string): string {
  const door = path.find((one) => isDeviceDoor(one) && one.entry.deviceId === deviceId)
  return door?.name ?? devices.find(({ id }) => id === deviceId)?.name ?? 'A door'
}

function wornOut(door: string): Problem {
  return {
    text: `${door} has refused ${mostRefusals} PINs in a row, so the hub has stopped trying.`,
    remedy: "Look into the lock's app: is it full, or does it refuse codes of this length?",
  }
}

function usedUp(door: string, { rules, taken }: PinPlace): Problem {
  const { all, taken: gone } = countPins(rules, taken)
  if (all === 0)
    return {
      text: `${door} takes no PIN that is safe: its rules leave none that is not easily guessed.`,
      remedy: "Set the lock to longer PINs in its app, or report the adapter's rules.",
    }
  return {
    text: `${door} has no PIN left: ${gone.toLocaleString('en')} of ${all.toLocaleString('en')} safe PINs of ${rules.lengths.join(' or ')} digits are in use there, or were until lately.`,
    remedy: 'Remove old codes from the lock, or let it take longer PINs.',
  }
}

function together([first, ...others]: readonly Problem[]): Problem {
  const all = [...(first ? [first] : []), ...others]
  return {
    text: all.map(({ text }) => text).join(' '),
    remedy: [...new Set(all.map(({ remedy }) => remedy))].join(' '),
  }
}

/** What each device of the path takes. One connection in trouble does not keep the other doors from their codes. */
async function rulesOf({ providers }: Engine, { path, devices }: StayView) {
  const rules = new Map<string, PinRules>()
  let failure: Allotment['failure']
  for (const deviceId of new Set(path.filter(isDeviceDoor).map((door) => door.entry.deviceId))) {
    const device = devices.find(({ id }) => id === deviceId)
    if (!device) continue
    try {
      rules.set(deviceId, (await providers.keypad(device.connectionId)).capabilities.pin)
    } catch (error) {
      if (!AdapterError.is(error)) throw error
      failure ??= { connectionId: device.connectionId, error }
    }
  }
  return { rules, failure }
}

function placeOf(
  { fingerprints }: Engine,
  { codes, takenPins }: StayView,
  {
    deviceId,
    rules,
    needing,
  }: { readonly deviceId: string; readonly rules: PinRules; readonly needing: ReadonlySet<string> },
): PinPlace {
  const here = takenPins.get(deviceId)
  // The cool-down is 90 days, or a tenth of the device's PINs in the order of use where that is less.
  const cooling = new Set(here?.cooling.slice(0, Math.floor(pinSpace(rules) / 10)))
  const isNobodys = (here === undefined || here.held.size === 0) && cooling.size === 0
  const own = needing.has(deviceId) ? undefined : codes.find((code) => code.deviceId === deviceId && isInUse(code))
  return {
    deviceId,
    rules,
    taken: (pin) => {
      if (isNobodys) return false
      const print = fingerprints.fingerprint(deviceId, pin)
      return here?.held.has(print) === true || cooling.has(print)
    },
    ...(own ? { holds: own.pin } : {}),
    ...(own?.adopts === undefined ? {} : { keeps: true }),
  }
}

const isInUse = (code: Code) => code.want === 'present' && !isPinRefused(code)

/** The PINs this stay has or had, the newest in use first. One that a device has refused is in nobody's use. */
function pinsOf({ codes, lastPins = [] }: StayView): string[] {
  const inUse = codes.filter(isInUse).map(({ pin }) => pin)
  const ended = codes.filter((code) => code.want === 'absent' && !isPinRefused(code)).map(({ pin }) => pin)
  return [...new Set([...inUse, ...lastPins, ...ended])]
}

/** Should all codes of a stay end, the PINs that it takes up again: those that its guest has from a person come first. */
export function pinsToRemember(codes: readonly Code[]): readonly string[] {
  const newestFirst = codes.filter(isInUse).toReversed()
  const fromPerson = newestFirst.filter(({ adopts }) => adopts !== undefined)
  return [...new Set([...fromPerson, ...newestFirst].map(({ pin }) => pin))]
}
