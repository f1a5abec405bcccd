import type { Stray } from '../../domain/adopt-codes.ts'
import { type Code, reaches } from '../../domain/code.ts'
import { type Instant, plus } from '../../domain/instant.ts'
import { limits } from '../../domain/limits.ts'
import { defaultPolicy } from '../../domain/policy.ts'
import { type Door, isDeviceDoor } from '../../domain/property.ts'
import type { Fingerprints } from '../../ports/secrets.ts'
import type { StayView, TakenPins } from '../../ports/stores.ts'
import { adoptionsOf } from './memory-adoptions.ts'
import { bookingOf, type MemoryState, type StoredBooking, type StoredCode, unitOf } from './memory-state.ts'

export function stayOf(state: MemoryState, stored: StoredBooking, now: Instant, fingerprints: Fingerprints): StayView {
  const { id } = stored.booking
  const unit = unitOf(state, stored.booking)
  const property = unit && state.properties.get(unit.propertyId)
  const path = (unit?.path ?? []).flatMap((doorId) => state.doors.get(doorId) ?? [])
  const codes = [...state.codes.values()].filter((code) => code.bookingId === id && code.goneAt === undefined)
  const pathDevices = devicesOf(path)
  const deviceIds = new Set([...pathDevices, ...codes.map((code) => code.deviceId)])
  const served = codes.filter((code) => code.want === 'present' && code.refusal === undefined)
  const needsPin = pathDevices.some((deviceId) => !served.some((code) => code.deviceId === deviceId))
  const taken = (deviceId: string) => [deviceId, takenOn(state, deviceId, id, now, fingerprints)] as const
  const left = codes.filter((code) => code.want === 'present' && !pathDevices.includes(code.deviceId))
  const loss = state.losses.get(id)
  const strays = straysOn(state, pathDevices, stored, now)
  const adoptions = adoptionsOf(state, id)
  const shared = strays.length > 0 ? nightsSharedUntil(state, stored, now) : undefined
  return {
    booking: bookingOf(state, stored),
    ...(unit ? { unit: { id: unit.id, propertyId: unit.propertyId, name: unit.name, path: unit.path } } : {}),
    ...(property ? { property } : {}),
    path,
    policy: { ...defaultPolicy, ...state.policy },
    devices: [...deviceIds].flatMap((deviceId) => {
      const device = state.devices.get(deviceId)
      if (!device) return []
      const { readAt, state: seen = {}, connectionId, vendorId, name } = device
      return [
        {
          id: deviceId,
          connectionId,
          vendorId,
          name,
          ...(readAt === undefined ? {} : { readAt }),
          ...(seen.online === undefined ? {} : { online: seen.online }),
          ...(seen.batteryLow === undefined ? {} : { batteryLow: seen.batteryLow }),
          ...(isTrusted(state, deviceId) ? { trust: 'accepted' as const } : {}),
        },
      ]
    }),
    ...(stored.readiness === undefined ? {} : { readiness: stored.readiness }),
    ...(stored.plan?.status === 'granted' ? { grantedVersion: stored.plan.grant.bookingVersion } : {}),
    codes: codes.map(codeOf),
    ...(stored.lastPins === undefined || codes.some(({ want }) => want === 'present')
      ? {}
      : { lastPins: stored.lastPins }),
    takenPins: new Map(needsPin || adoptions.length > 0 ? [...deviceIds].map(taken) : []),
    claimedDevices: new Set(
      left.map((code) => code.deviceId).filter((deviceId) => isClaimed(state, deviceId, id, now)),
    ),
    messages: [...state.messages.values()].filter((message) => message.bookingId === id),
    ...(adoptions.length > 0 ? { adoptions } : {}),
    ...(strays.length > 0 ? { strays } : {}),
    ...(shared === undefined ? {} : { nightsSharedUntil: shared }),
    ...(loss ? { loss: { state: loss.state, bookingVersion: loss.bookingVersion, at: loss.at } } : {}),
    saidLast: new Map(state.saidLast.get(id)),
  }
}

export function codeOf({ goneAt: _gone, ...code }: StoredCode): Code {
  return code
}

function isTrusted({ doors }: MemoryState, deviceId: string): boolean {
  for (const { entry } of doors.values())
    if (entry.kind === 'device' && entry.deviceId === deviceId && entry.tellAt === 'accepted') return true
  return false
}

export function devicesOf(path: readonly Door[]): string[] {
  return [...new Set(path.filter(isDeviceDoor).map((door) => door.entry.deviceId))]
}

function takenOn(
  state: MemoryState,
  deviceId: string,
  bookingId: string,
  now: Instant,
  fingerprints: Fingerprints,
): TakenPins {
  const print = (pin: string) => fingerprints.fingerprint(deviceId, pin)
  const others = [...state.codes.values()].filter((code) => code.deviceId === deviceId && code.bookingId !== bookingId)
  const cooled = plus(now, -limits.pinCoolDown)
  const gone = others
    .flatMap(({ pin, goneAt }) => (goneAt !== undefined && goneAt > cooled ? [{ pin, goneAt }] : []))
    .sort((a, b) => (a.goneAt < b.goneAt ? 1 : -1))
  const device = state.devices.get(deviceId)
  const foreign = (device?.foreign ?? []).flatMap(({ pin }) => pin ?? [])
  const held = others.filter(({ goneAt }) => goneAt === undefined).map(({ pin }) => pin)
  return {
    held: new Set([...[...held, ...foreign].map(print), ...(device?.refused ?? [])]),
    cooling: [...new Set(gone.map(({ pin }) => print(pin)))],
  }
}

/** Ours by their marks, and no stay's. */
function straysOn(state: MemoryState, deviceIds: readonly string[], stored: StoredBooking, now: Instant): Stray[] {
  const { devices, codes } = state
  const isKnown = (mark: string) => codes.values().some((code) => code.mark === mark)
  return deviceIds.flatMap((deviceId) =>
    (devices.get(deviceId)?.foreign ?? []).flatMap(({ vendorRef, mark, pin, from = null, until = null }): Stray[] => {
      if (mark === undefined || pin === undefined || isKnown(mark)) return []
      const window = from === null && until === null ? {} : { window: { from, until } }
      const shared = daysSharedUntil(state, deviceId, stored, now)
      return [
        { deviceId, vendorRef, mark, pin, ...window, ...(shared === undefined ? {} : { daysSharedUntil: shared }) },
      ]
    }),
  )
}

function daysSharedUntil(
  state: MemoryState,
  deviceId: string,
  { booking: { id, arrival, departure } }: StoredBooking,
  now: Instant,
): Instant | undefined {
  const others = [...state.bookings.values()].filter(({ booking: other }) => {
    const isGuests = other.state === 'confirmed' || other.state === 'cancelled'
    if (!isGuests || other.id === id || other.arrival !== arrival || other.departure !== departure) return false
    const path = (unitOf(state, other)?.path ?? []).flatMap((doorId) => state.doors.get(doorId) ?? [])
    return devicesOf(path).includes(deviceId)
  })
  return lastHeld(others, now)
}

/** Until when one of these bookings has stood: now, or when it was cancelled. */
function lastHeld(bookings: readonly StoredBooking[], now: Instant): Instant | undefined {
  return bookings
    .map(({ booking, changedAt }) => (booking.state === 'cancelled' ? changedAt : now))
    .sort()
    .at(-1)
}

function nightsSharedUntil({ bookings }: MemoryState, { booking }: StoredBooking, now: Instant): Instant | undefined {
  const { id, connectionId, unitRef, arrival = '', departure = '' } = booking
  const others = [...bookings.values()].filter(
    ({ booking: other }) =>
      other.id !== id &&
      other.connectionId === connectionId &&
      other.unitRef === unitRef &&
      (other.arrival ?? '') < departure &&
      (other.departure ?? '') > arrival,
  )
  return lastHeld(others, now)
}

function isClaimed(state: MemoryState, deviceId: string, bookingId: string, now: Instant): boolean {
  return [...state.codes.values()].some(
    ({ window, ...code }) =>
      code.deviceId === deviceId &&
      code.bookingId !== bookingId &&
      code.goneAt === undefined &&
      code.want === 'present' &&
      window.from <= now &&
      now < window.until,
  )
}

/** The booking look's side of a code: what is wanted, and how sure we are of that now. */
export function withWanted(stored: StoredCode | undefined, code: Code): StoredCode {
  if (!stored) return { ...code, revision: 1 }
  const { vendorRef, writtenAt, pendingUntil, usedAt } = stored
  const { vendorRef: _ref, writtenAt: _written, pendingUntil: _pending, usedAt: _used, ...wanted } = code
  return {
    ...wanted,
    revision: stored.revision + 1,
    refusals: Math.max(stored.refusals, code.refusals),
    ...(vendorRef === undefined ? {} : { vendorRef }),
    ...(writtenAt === undefined ? {} : { writtenAt }),
    ...(pendingUntil === undefined ? {} : { pendingUntil }),
    ...(usedAt === undefined ? {} : { usedAt }),
  }
}

/** The device look's side: what was written and seen. Proof of an earlier revision is no proof of this one. */
export function withSeen(stored: StoredCode, code: Code, now: Instant): StoredCode {
  if (code.revision !== undefined && code.revision !== stored.revision) {
    const { pendingUntil: _pending, ...rest } = stored
    const vendorRef = code.vendorRef ?? stored.vendorRef
    const usedAt = stored.usedAt ?? code.usedAt
    const writtenAt = [stored.writtenAt, code.writtenAt]
      .flatMap((at) => at ?? [])
      .sort()
      .at(-1)
    return {
      ...rest,
      ...(vendorRef === undefined ? {} : { vendorRef }),
      ...(writtenAt === undefined ? {} : { writtenAt }),
      ...(code.pendingUntil === undefined ? {} : { pendingUntil: code.pendingUntil }),
      ...(usedAt === undefined ? {} : { usedAt }),
    }
  }
  const { want, wantedSince, window, label, mark, bookingId, deviceId, revision, endCause } = stored
  const { endCause: _end, ...seen } = code
  const gone = want === 'absent' && reaches(code.evidence, 'confirmed')
  const goneAt = gone ? (stored.goneAt ?? now) : undefined
  return {
    ...seen,
    want,
    wantedSince,
    window,
    label,
    mark,
    bookingId,
    deviceId,
    revision,
    ...(endCause === undefined ? {} : { endCause }),
    ...(goneAt === undefined ? {} : { goneAt }),
  }
}
