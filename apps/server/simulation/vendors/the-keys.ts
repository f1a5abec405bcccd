import theKeys from '@stayward/lock-the-keys'
import { type FakeLock, initialState, theKeysVendor, type TheKeysState } from '@stayward/lock-the-keys/testing'
import { heldCodes, type LockPart, markedBy, type Now } from './parts.ts'

export interface DoorsOfLock {
  readonly doors: readonly number[]
  readonly zone: string
  readonly now: Now
  /** Milliseconds from a change until a device that is online has it. */
  readonly syncDelay: number
}

/** A The Keys account with a lock, a keypad and a gateway at each of these doors. */
export function theKeysPart({ doors, zone, now, syncDelay }: DoorsOfLock): LockPart {
  const state: TheKeysState = {
    ...initialState(now()),
    shares: [],
    locks: doors.map((door) => lockAt(door, zone, now())),
  }
  const fake = theKeysVendor({ state, now, syncDelay })
  const deviceId = (door: number) => `${7100 + door}/${keypadOf(door)}`
  const shares = (door: number) => state.shares.filter((share) => share.id_accessoire === keypadOf(door))
  const device = (door: number) => state.locks.find(({ id }) => id === 7100 + door)?.device ?? []
  return {
    adapter: theKeys,
    config: { ...fake.config, zone },
    fake,
    deviceId,
    held: (door) => {
      const codes = fake.codesOn(deviceId(door))
      const rights = device(door).filter(({ actif, id_accessoire }) => actif && id_accessoire === keypadOf(door))
      return heldCodes(
        codes,
        rights.map(({ id }) => String(id)),
      )
    },
    listed: (door) =>
      shares(door).map(({ id, nom, code, actif, description }) => ({
        ...markedBy(description),
        ref: String(id),
        label: nom,
        pin: code,
        enabled: actif,
        from: null,
        until: null,
      })),
    add: (door, { pin, label }) => void fake.addForeignCode(deviceId(door), { pin, label }),
    edit: (_door, { ref, enabled, until }) =>
      fake.editByHand(ref, (share) => {
        share.actif = enabled
        if (until !== null) share.date_fin = new Date(until).toISOString().slice(0, 10)
      }),
    remove: (_door, ref) => fake.deleteByHand(ref),
    setOnline: (door, online) => {
      fake.setOnline(deviceId(door), online)
      // It fetches as it comes back: nobody hears of a gateway before its lock has.
      if (online) fake.phoneVisits(String(7100 + door))
    },
  }
}

const keypadOf = (door: number) => `Kp${door}xQ2Za`

function lockAt(door: number, timezone: string, now: number): FakeLock {
  const box = (id: number, id_accessoire: string, nom: string, type: 1 | 2, info: 'live' | null) => ({
    id,
    id_accessoire,
    nom,
    type,
    listed: true,
    info,
  })
  return {
    id: 7100 + door,
    id_serrure: String(130_000 + door),
    nom: `Door ${door}`,
    timezone,
    battery: 7420,
    accessories: [
      box(9000 + door, `Gw${door}mT1xB`, 'Gateway', 1, 'live'),
      box(9500 + door, keypadOf(door), 'Keypad', 2, null),
    ],
    gateway: { online: true, seenAt: now },
    changedAt: null,
    device: [],
  }
}
