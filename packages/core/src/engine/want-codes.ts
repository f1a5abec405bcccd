import { type Code, isPinRefused } from '../domain/code.ts'
import { driftAfter } from '../domain/drift.ts'
import type { AccessWindow } from '../domain/grant.ts'
import { plus } from '../domain/instant.ts'
import { limits } from '../domain/limits.ts'
import { choosePin, type PinRules } from '../domain/pin.ts'
import { draw, uuidOf } from '../ports/entropy.ts'
import { newMark } from './code-marks.ts'
import type { Engine } from './engine.ts'

/** One device, the stays that open it, and every code that was ever made for them and is not proven gone. */
export interface Wanted {
  readonly device: { readonly id: string; readonly connectionId: string; readonly pin: PinRules }
  /** By booking. A booking that is not in here has ended, and that is proven. */
  readonly windows: ReadonlyMap<string, AccessWindow>
  readonly codes: readonly Code[]
}

/**
 * The codes of one device that have to be another way than they are: made three days ahead, moved, ended, or given another
 * PIN where the device refused theirs. To be stored before `settleDevice` brings them to the device. For teams that have
 * one door a booking and decide themselves who is let in; the hub's own `settleBooking` keeps a whole path on one PIN, asks
 * the brake and waits for proof. Throws `RangeError` when the device has no PIN left.
 */
export function wantCodes({ clock, entropy }: Pick<Engine, 'clock' | 'entropy'>, wanted: Wanted): readonly Code[] {
  const { device, windows, codes } = wanted
  const now = clock.now()
  const pins = new Set(codes.map(({ pin }) => pin))
  const pinFor = (): string => {
    const choice = choosePin({
      rules: [device.pin],
      taken: (pin) => pins.has(pin),
      draw: (below) => draw(entropy, below),
    })
    if (choice.status !== 'chosen') throw new RangeError(choice.text)
    pins.add(choice.pin)
    return choice.pin
  }
  const present = codes.filter(({ want }) => want === 'present')
  const isDue = ({ from, until }: AccessWindow) => until > now && plus(from, -limits.pushAhead) <= now
  const made = [...windows]
    .filter(([bookingId, window]) => isDue(window) && !present.some((code) => code.bookingId === bookingId))
    .map(
      ([bookingId, window]): Code => ({
        id: uuidOf(entropy),
        bookingId,
        deviceId: device.id,
        mark: newMark(device.connectionId, entropy),
        label: 'Guest',
        pin: pinFor(),
        window,
        want: 'present',
        evidence: 'planned',
        wantedSince: now,
        refusals: 0,
      }),
    )
  const changed = present.flatMap((code): Code[] => {
    const window = windows.get(code.bookingId)
    const { refusal: _refusal, provenAt: _proof, restored: _restored, drift, ...rest } = code
    const left = driftAfter(drift, ['window'])
    const anew = { ...rest, evidence: 'planned', wantedSince: now } as const
    if (!window || window.until <= now) return [{ ...anew, want: 'absent', endCause: window ? 'over' : 'cancelled' }]
    if (isPinRefused(code)) return [{ ...anew, window, pin: pinFor() }]
    const isSame = window.from === code.window.from && window.until === code.window.until
    return isSame ? [] : [{ ...anew, window, ...(left ? { drift: left } : {}) }]
  })
  return [...made, ...changed]
}
