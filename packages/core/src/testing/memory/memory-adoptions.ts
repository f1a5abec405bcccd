import type { Adoption, AdoptionRefusal } from '../../domain/hand-made.ts'
import { handMadeId, refusesAdoption } from '../../domain/hand-made.ts'
import { isDeviceDoor } from '../../domain/property.ts'
import { askedAdoptionEffects } from '../../engine/adoption-words.ts'
import type { Fingerprints } from '../../ports/secrets.ts'
import type {
  AdoptionWish,
  DeviceChanges,
  DeviceView,
  Effects,
  ForeignCode,
  ListedHandMade,
} from '../../ports/stores.ts'
import { bookingOf, type MemoryState, type StoredDevice, unitOf } from './memory-state.ts'

const keyOf = ({ deviceId, vendorRef }: Pick<Adoption, 'deviceId' | 'vendorRef'>) => `${deviceId}/${vendorRef}`

const idOf = ({ fingerprint }: Fingerprints, { id }: StoredDevice, code: ForeignCode) =>
  handMadeId(fingerprint, id, code)

export function handMadeCodes(state: MemoryState, fingerprints: Fingerprints): ListedHandMade[] {
  return [...state.devices.values()].flatMap((device) => {
    const door = [...state.doors.values()].find((one) => isDeviceDoor(one) && one.entry.deviceId === device.id)
    return device.foreign
      .filter(({ kind }) => kind === 'foreign')
      .map((code) => {
        const waitsFor = state.adoptions.get(keyOf({ deviceId: device.id, ...code }))?.bookingId
        return {
          id: idOf(fingerprints, device, code),
          deviceId: device.id,
          door: door?.name ?? device.name,
          label: code.label,
          ...(code.from === undefined ? {} : { from: code.from }),
          ...(code.until === undefined ? {} : { until: code.until }),
          showsPin: code.pin !== undefined,
          ...(waitsFor === undefined ? {} : { waitsFor }),
        }
      })
  })
}

export function requestAdoption(
  state: MemoryState,
  { id, bookingId, now }: AdoptionWish,
  fingerprints: Fingerprints,
): Effects | AdoptionRefusal {
  const found = [...state.devices.values()].flatMap((device) =>
    device.foreign
      .filter((code) => code.kind === 'foreign' && idOf(fingerprints, device, code) === id)
      .map((code) => ({ device, code })),
  )[0]
  const stored = state.bookings.get(bookingId)
  const deviceId = found?.device.id ?? ''
  const vendorRef = found?.code.vendorRef ?? ''
  const waitsFor = state.adoptions.get(keyOf({ deviceId, vendorRef }))?.bookingId
  const path = (stored && unitOf(state, stored.booking)?.path) ?? []
  const doors = path.flatMap((doorId) => state.doors.get(doorId) ?? []).filter(isDeviceDoor)
  const code = [...state.codes.values()].find(
    (one) => one.bookingId === bookingId && one.deviceId === deviceId && one.want === 'present',
  )
  if (!stored) return 'unknown'
  const refusal = refusesAdoption({
    ...(found
      ? { handMade: { showsPin: found.code.pin !== undefined, ...(waitsFor === undefined ? {} : { waitsFor }) } }
      : {}),
    bookingId,
    leadsThere:
      bookingOf(state, stored).state === 'confirmed' && doors.some(({ entry }) => entry.deviceId === deviceId),
    ...(code ? { code } : {}),
    anotherWaits: [...state.adoptions.values()].some(
      (one) => one.bookingId === bookingId && one.deviceId === deviceId && one.vendorRef !== vendorRef,
    ),
    now,
  })
  if (refusal) return refusal
  const before = state.adoptions.get(keyOf({ deviceId, vendorRef }))
  if (before?.id === id) return { now }
  state.adoptions.set(keyOf({ deviceId, vendorRef }), { deviceId, vendorRef, bookingId, id })
  return {
    now,
    ...askedAdoptionEffects({
      bookingId,
      deviceId,
      door: doors.find(({ entry }) => entry.deviceId === deviceId)?.name ?? '',
    }),
  }
}

/** What a look at the device loads of them. */
export function adoptionsAt({ adoptions }: MemoryState, deviceId: string): Pick<DeviceView, 'adoptions'> {
  const here = [...adoptions.values()].filter((one) => one.deviceId === deviceId)
  if (here.length === 0) return {}
  return {
    adoptions: here.map(({ vendorRef, bookingId, id, pin }) => ({
      vendorRef,
      bookingId,
      id,
      found: pin !== undefined,
    })),
  }
}

/** What the stay's own look loads of them. */
export function adoptionsOf({ adoptions, devices }: MemoryState, bookingId: string): Adoption[] {
  return [...adoptions.values()].flatMap(({ deviceId, vendorRef, pin, ...one }) => {
    if (one.bookingId !== bookingId || pin === undefined) return []
    const until = devices.get(deviceId)?.foreign.find((code) => code.vendorRef === vendorRef)?.until
    return [{ deviceId, vendorRef, pin, ...(until === undefined ? {} : { until }) }]
  })
}

export function saveAdoptions(
  { adoptions }: MemoryState,
  deviceId: string,
  changes: NonNullable<DeviceChanges['adoptions']>,
  foreign: DeviceChanges['foreign'],
): void {
  for (const { vendorRef, pin } of changes) {
    const key = keyOf({ deviceId, vendorRef })
    const asked = adoptions.get(key)
    if (pin === undefined) adoptions.delete(key)
    else if (asked) adoptions.set(key, { ...asked, pin })
  }
  if (!foreign) return
  for (const [key, one] of adoptions)
    if (one.deviceId === deviceId && !foreign.some(({ vendorRef }) => vendorRef === one.vendorRef))
      adoptions.delete(key)
}

export function settleAdoptions(
  { adoptions }: MemoryState,
  settled: readonly Pick<Adoption, 'deviceId' | 'vendorRef'>[],
): void {
  for (const one of settled) adoptions.delete(keyOf(one))
}
