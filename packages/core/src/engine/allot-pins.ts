import { choosePin, obeys, type PinRules } from '../domain/pin.ts'
import type { AccessPlan } from '../domain/plan-access.ts'
import { isDeviceDoor } from '../domain/property.ts'
import { draw } from '../ports/entropy.ts'
import type { StayView } from '../ports/stores.ts'
import type { Engine } from './engine.ts'

export interface Allotment {
  /** The PIN of this stay by device; only devices that need one now. */
  readonly pins: ReadonlyMap<string, string>
  /** Whether a new PIN was drawn. */
  readonly fresh: boolean
  /** Why a door gets none. */
  readonly problem?: { readonly text: string; readonly remedy: string }
}

/** A device that refused this many PINs is not asked again: something else is wrong with it. */
const mostRefusals = 5

/**
 * One PIN for the whole path. The stay keeps the PIN it has; a new one is drawn only for a stay without one, or when a
 * device on the path cannot take it (rule 5). Where no PIN suits all devices, each gets its own.
 */
export async function allotPins(engine: Engine, view: StayView, access: AccessPlan): Promise<Allotment> {
  const { path, codes, lastPin } = view
  if (access.create.length === 0 && access.repin.length === 0) return { pins: new Map(), fresh: false }
  const deviceIds = [...new Set(path.filter(isDeviceDoor).map((door) => door.entry.deviceId))]
  const rules = new Map<string, PinRules>()
  for (const deviceId of deviceIds) {
    const device = view.devices.find(({ id }) => id === deviceId)
    if (device) rules.set(deviceId, (await engine.providers.keypad(device.connectionId)).capabilities.pin)
  }
  const worn = codes.filter(({ refusals }) => refusals >= mostRefusals)
  if (access.repin.some((id) => worn.some((code) => code.id === id)))
    return {
      pins: new Map(),
      fresh: false,
      problem: {
        text: `A door has refused ${mostRefusals} PINs in a row, so the hub has stopped trying.`,
        remedy: "Look into the lock's app: is it full, or does it refuse codes of this length?",
      },
    }

  const present =
    codes.find((code) => code.want === 'present' && code.refusal === undefined) ??
    codes.find((code) => code.refusal === undefined)
  const current = access.repin.length > 0 ? undefined : (present?.pin ?? lastPin)
  const needing = access.create.map(({ deviceId }) => deviceId)
  const suits = (pin: string, deviceId: string) => {
    const rule = rules.get(deviceId)
    return rule !== undefined && obeys(pin, rule) && !isTaken(engine, view, deviceId, pin)
  }
  if (current !== undefined && needing.every((deviceId) => suits(current, deviceId)))
    return { pins: new Map(needing.map((deviceId) => [deviceId, current])), fresh: false }
  return drawPins(engine, view, rules)
}

function drawPins(engine: Engine, view: StayView, rules: ReadonlyMap<string, PinRules>): Allotment {
  const choose = (deviceIds: readonly string[]) =>
    choosePin({
      rules: deviceIds.flatMap((deviceId) => rules.get(deviceId) ?? []),
      taken: (pin) => deviceIds.some((deviceId) => isTaken(engine, view, deviceId, pin)),
      draw: (below) => draw(engine.entropy, below),
    })
  const all = [...rules.keys()]
  const common = choose(all)
  if (common.status === 'chosen') return { pins: new Map(all.map((deviceId) => [deviceId, common.pin])), fresh: true }
  const single = all.map((deviceId) => ({ deviceId, choice: choose([deviceId]) }))
  const pins = new Map(
    single.flatMap(({ deviceId, choice }) => (choice.status === 'chosen' ? [[deviceId, choice.pin] as const] : [])),
  )
  const failed = single.find(({ choice }) => choice.status === 'impossible')?.choice
  if (failed?.status !== 'impossible') return { pins, fresh: true }
  return {
    pins,
    fresh: true,
    problem: { text: failed.text, remedy: 'Remove old codes from the lock, or let it take longer PINs.' },
  }
}

function isTaken({ fingerprints }: Engine, { takenPins }: StayView, deviceId: string, pin: string): boolean {
  const taken = takenPins.get(deviceId)
  return taken !== undefined && taken.size > 0 && taken.has(fingerprints.fingerprint(deviceId, pin))
}
