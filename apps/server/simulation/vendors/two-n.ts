import intercom from '@stayward/intercom-2n'
import { goodAccount, twoNVendor } from '@stayward/intercom-2n/testing'
import { heldCodes, type LockPart, markedBy } from './parts.ts'
import type { DoorsOfLock } from './the-keys.ts'

/** A 2N device at the one door of this connection. */
export function twoNPart({ doors: [own = 0], now }: DoorsOfLock): LockPart {
  const fake = twoNVendor({ now })
  const { state } = fake
  state.users = []
  state.serialNumber = `54-0842-${String(1000 + own)}`
  state.deviceName = `Door ${own}`
  const live = () => state.users.filter(({ deleted }) => !deleted)
  const accessOf = (user: Record<string, unknown>) => user['access'] as Record<string, unknown> // of the device's template
  const deviceId = () => state.serialNumber
  return {
    adapter: intercom,
    config: { address: `192.168.1.${40 + own}`, ...goodAccount },
    fake,
    deviceId,
    listed: () =>
      live().map((user) => ({
        ...markedBy(user['owner'], user['name']),
        ref: user.uuid,
        label: String(user['name']),
        pin: String(accessOf(user)['pin']),
        enabled: true,
        from: null,
        until: Number(accessOf(user)['validTo']) * 1000 || null,
      })),
    held: () =>
      heldCodes(
        fake.codesOn(deviceId()),
        live().map(({ uuid }) => uuid),
      ),
    add: (_door, { pin, label }) => void fake.addForeignCode(deviceId(), { pin, label }),
    edit: (_door, { ref, enabled, until }) =>
      fake.editByHand(ref, (user) => {
        const end = enabled ? until : now() - 60_000 // an entry has no switch, only dates
        accessOf(user)['validTo'] = String(Math.floor((end ?? 0) / 1000))
      }),
    remove: (_door, ref) =>
      fake.editByHand(ref, (user) => {
        user.deleted = true
      }),
    setOnline: (_door, online) => fake.setOnline(deviceId(), online),
  }
}
