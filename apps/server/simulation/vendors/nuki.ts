import nuki from '@stayward/lock-nuki'
import { initialState, type NukiState, nukiVendor } from '@stayward/lock-nuki/testing'
import { heldCodes, type LockPart, markedBy } from './parts.ts'
import type { DoorsOfLock } from './the-keys.ts'

/** A Nuki Web account with a lock and a Keypad 2 at each of these doors. */
export function nukiPart({ doors, zone, now, syncDelay }: DoorsOfLock): LockPart {
  const initial = initialState(now())
  const [model] = initial.locks
  if (!model) throw new RangeError('the fake has no lock to copy')
  const smartlockId = (door: number) => 17_900_000_001 + door
  const deviceId = (door: number) => String(smartlockId(door))
  const locks = doors.map((door) => {
    return {
      ...structuredClone(model),
      smartlockId: smartlockId(door),
      name: `Door ${door}`,
      zone,
      codes: [],
      device: [],
    }
  })
  const state: NukiState = { ...initial, locks }
  const fake = nukiVendor({ state, now, fastest: 500, slowest: Math.min(syncDelay, 8000) })
  return {
    adapter: nuki,
    config: fake.config,
    fake,
    deviceId,
    listed: (door) =>
      fake.lock(deviceId(door)).codes.map(({ id, name, code, enabled }) => ({
        ...markedBy(name),
        ref: id,
        label: name,
        pin: String(code),
        enabled,
        from: null,
        until: null,
      })),
    held: (door) => {
      const codes = fake.codesOn(deviceId(door))
      const held = fake.lock(deviceId(door)).device.filter(({ enabled }) => enabled)
      return heldCodes(
        codes,
        held.map(({ id }) => id),
      )
    },
    add: (door, { pin, label }) => void fake.addForeignCode(deviceId(door), { pin, label }),
    edit: (door, { ref, enabled, until }) =>
      fake.editByHand(deviceId(door), ref, (code) => {
        code.enabled = enabled
        if (until !== null) code.allowedUntilDate = new Date(until).toISOString()
      }),
    remove: (door, ref) => {
      const lock = fake.lock(deviceId(door))
      lock.codes = lock.codes.filter(({ id }) => id !== ref)
      lock.device = lock.device.filter(({ id }) => id !== ref)
    },
    setOnline: (door, online) => fake.setOnline(deviceId(door), online),
  }
}
