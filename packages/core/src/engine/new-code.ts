import type { Code } from '../domain/code.ts'
import type { AccessWindow } from '../domain/grant.ts'
import { uuidOf } from '../ports/entropy.ts'
import type { StayView } from '../ports/stores.ts'
import { newMark } from './code-marks.ts'
import type { Engine } from './engine.ts'

/** A code of this stay that has not left the hub. */
export function newCode(
  { entropy, clock }: Engine,
  { booking, policy, devices }: StayView,
  { deviceId, window, pin }: { deviceId: string; window: AccessWindow; pin: string },
): Code {
  const connectionId = devices.find(({ id }) => id === deviceId)?.connectionId ?? ''
  return {
    id: uuidOf(entropy),
    bookingId: booking.id,
    deviceId,
    mark: newMark(connectionId, entropy),
    label: (policy.namesOnDevices && booking.guest.firstName) || 'Guest',
    pin,
    window,
    want: 'present',
    evidence: 'planned',
    wantedSince: clock.now(),
    refusals: 0,
  }
}
