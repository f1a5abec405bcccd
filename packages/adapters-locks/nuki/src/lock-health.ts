import type { Device, DeviceState } from '@stayward/core/adapter'
import { type Lock, lockType, serverState } from './nuki-shapes.ts'
import { adminPinWrong, noKeypad, notPaired, offline } from './refusals.ts'

/** Codes a keypad holds, by its generation; figures differ by one or two (docs/vendors/nuki.md, "How many"). */
export function capacityOf({ config }: Lock): number {
  return config?.keypad2Paired ? 200 : 100
}

/** Nuki Web says that there is none. Unsaid is not "none": then Nuki itself refuses the code. */
function lacksKeypad({ config }: Lock): boolean {
  if (config?.keypadPaired || config?.keypad2Paired) return false
  return config?.keypadPaired === false || config?.keypad2Paired === false
}

function isUnpaired(lock: Lock): boolean {
  return lock.serverState >= serverState.unregistered && lock.serverState <= serverState.authInvalid
}

/** Throws unless what is sent now reaches the lock: Nuki answers 204 for a lock that is offline, and forgets it. */
export function assertReachable(lock: Lock): void {
  if (isUnpaired(lock)) throw notPaired()
  if (lock.serverState !== serverState.ok) throw offline()
}

/** Throws unless the lock can be given codes now. */
export function assertTakesCodes(lock: Lock): void {
  assertReachable(lock)
  if (lock.adminPinState) throw adminPinWrong()
}

export function assertHasKeypad(lock: Lock): void {
  if (lacksKeypad(lock)) throw noKeypad()
}

export function stateOf(lock: Lock): DeviceState {
  // Codes are still listed for a lock that was paired anew, and prove nothing: a person has to hear of it.
  if (isUnpaired(lock)) throw notPaired()
  const { state } = lock
  const low = state?.batteryCritical === true || state?.keypadBatteryCritical === true
  const known = typeof state?.batteryCritical === 'boolean' || low
  const percent = state?.batteryCharge
  return {
    online: lock.serverState === serverState.ok,
    ...(known ? { battery: { low, ...(percent == null ? {} : { percent: Math.round(percent) }) } } : {}),
  }
}

/** What has to be known of a lock before a guest depends on it. */
function troublesOf(lock: Lock, codes?: number): readonly string[] {
  const capacity = capacityOf(lock)
  return [
    ...(isUnpaired(lock) ? ['needs attention in Nuki Web'] : []),
    ...(!isUnpaired(lock) && lock.serverState !== serverState.ok ? ['is offline'] : []),
    ...(lock.adminPinState ? ['waits for its admin PIN in Nuki Web'] : []),
    ...(lacksKeypad(lock) ? ['has no Keypad'] : []),
    ...(lock.state?.batteryCritical ? ['has a low battery'] : []),
    ...(lock.state?.keypadBatteryCritical ? ['has a Keypad with a low battery'] : []),
    ...(codes !== undefined && codes >= capacity * 0.9
      ? [`holds ${codes} codes of about ${capacity}: delete old ones in Nuki Web, also those that are over`]
      : []),
  ]
}

export function deviceOf(lock: Lock): Device {
  const troubles = troublesOf(lock)
  return {
    id: lock.smartlockId,
    name: nameOf(lock),
    ...(troubles.length === 0 ? {} : { note: `This lock ${troubles.join(', and ')}.` }),
  }
}

/** Of all locks, what a person should see to; a lock without a Keypad may be there for other reasons. */
export function warningOf(locks: readonly Lock[], codesOn: (lock: Lock) => number): string | undefined {
  const lines = locks
    .filter((lock) => !lacksKeypad(lock))
    .flatMap((lock) => troublesOf(lock, codesOn(lock)).map((trouble) => `${nameOf(lock)} ${trouble}`))
  if (lines.length === 0) return undefined
  const more = lines.length > 5 ? `; and ${lines.length - 5} more` : ''
  return `${lines.slice(0, 5).join('; ')}${more}.`
}

const nameOf = ({ name, smartlockId }: Lock) => name?.trim() || `Lock ${smartlockId}`

/**
 * What opens the door: unlatching, because a door with a knob outside stays shut when it is only unlocked. A Box knows
 * only 1; an Opener calls the same 3 "open".
 */
export function openingAction({ type }: Lock): number {
  return type === lockType.box ? 1 : 3
}
