import { choosePin, obeys, type PinRules } from '../domain/pin.ts'
import type { AccessPlan } from '../domain/plan-access.ts'
import { isDeviceDoor } from '../domain/property.ts'
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

/** A device that refused this many PINs is not asked again: something else is wrong with it. */
const mostRefusals = 5

/**
 * One PIN for the whole path. The stay keeps the PIN it has; a new one is drawn only for a stay without one, or when a
 * device on the path cannot take it (rule 5). Where no PIN suits all devices, each that needs one gets its own.
 */
export async function allotPins(engine: Engine, view: StayView, access: AccessPlan): Promise<Allotment> {
  if (access.create.length === 0 && access.repin.length === 0) return { pins: new Map(), fresh: false }
  const { rules, failure } = await rulesOf(engine, view)
  const refusing = view.codes.filter(({ id }) => access.repin.includes(id))
  const worn = refusing.filter(({ refusals }) => refusals >= mostRefusals).map(({ deviceId }) => deviceId)
  for (const deviceId of worn) rules.delete(deviceId)
  const needing = [...access.create, ...refusing].map(({ deviceId }) => deviceId).filter((id) => rules.has(id))
  const allotted =
    needing.length === 0 ? { pins: new Map<string, string>(), fresh: false } : choose(engine, view, rules, needing)
  const problem = worn.length > 0 ? wornOut : undefined
  return { ...allotted, ...(problem ? { problem } : {}), ...(failure ? { failure } : {}) }
}

const wornOut = {
  text: `A door has refused ${mostRefusals} PINs in a row, so the hub has stopped trying.`,
  remedy: "Look into the lock's app: is it full, or does it refuse codes of this length?",
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

function choose(
  engine: Engine,
  view: StayView,
  rules: ReadonlyMap<string, PinRules>,
  needing: readonly string[],
): Allotment {
  const suits = (pin: string, deviceId: string) => {
    const rule = rules.get(deviceId)
    return rule !== undefined && obeys(pin, rule) && !isTaken(engine, view, deviceId, pin)
  }
  const own = pinsOf(view)
  const current = own.find((pin) => needing.every((deviceId) => suits(pin, deviceId)))
  if (current !== undefined) return { pins: new Map(needing.map((deviceId) => [deviceId, current])), fresh: false }

  const drawn = (deviceIds: readonly string[]) =>
    choosePin({
      rules: deviceIds.flatMap((deviceId) => rules.get(deviceId) ?? []),
      taken: (pin) => deviceIds.some((deviceId) => isTaken(engine, view, deviceId, pin)),
      draw: (below) => draw(engine.entropy, below),
    })
  const all = [...rules.keys()]
  const common = drawn(all)
  if (common.status === 'chosen') return { pins: new Map(all.map((deviceId) => [deviceId, common.pin])), fresh: true }

  const pins = new Map<string, string>()
  let problem: Allotment['problem']
  for (const deviceId of needing) {
    const kept = own.find((pin) => suits(pin, deviceId))
    const choice = kept === undefined ? drawn([deviceId]) : ({ status: 'chosen', pin: kept } as const)
    if (choice.status === 'chosen') pins.set(deviceId, choice.pin)
    else problem = { text: choice.text, remedy: 'Remove old codes from the lock, or let it take longer PINs.' }
  }
  return { pins, fresh: true, ...(problem ? { problem } : {}) }
}

/** The PINs this stay has or had, the ones in use first. One that a device has refused is in nobody's use. */
function pinsOf({ codes, lastPin }: StayView): string[] {
  const unrefused = codes.filter(({ refusal }) => refusal !== 'pin-taken' && refusal !== 'pin-not-allowed')
  const [present, ended] = [
    unrefused.filter(({ want }) => want === 'present'),
    unrefused.filter(({ want }) => want === 'absent'),
  ]
  return [...new Set([...present, ...ended].map(({ pin }) => pin).concat(lastPin ?? []))]
}

function isTaken({ fingerprints }: Engine, { takenPins }: StayView, deviceId: string, pin: string): boolean {
  const taken = takenPins.get(deviceId)
  return taken !== undefined && taken.size > 0 && taken.has(fingerprints.fingerprint(deviceId, pin))
}
