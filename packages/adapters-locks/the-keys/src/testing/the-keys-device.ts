import { type Instant, instantOf } from '@stayward/core/adapter'
import {
  deviceCode,
  type DeviceCode,
  type FakeLock,
  type FakeShare,
  type TheKeysState,
  type TimeField,
} from './the-keys-state.ts'

/** How long things take at the vendor, milliseconds. */
export interface Delays {
  /** From a change in the cloud until a lock with a live gateway has it. */
  readonly syncDelay: number
  /** Between two signs of life of a gateway. */
  readonly heartbeatEvery: number
}

/** Brings every lock to where its gateway would have brought it by now. */
export function settle(state: TheKeysState, now: number, { syncDelay }: Delays): void {
  for (const lock of state.locks) {
    const { gateway, changedAt } = lock
    if (changedAt === null || !gateway?.online) continue
    if (Math.max(changedAt, gateway.seenAt) + syncDelay <= now) synchronise(state, lock)
  }
}

/** The lock takes over what the cloud has for it, as a phone or gateway beside it makes it do. */
export function synchronise(state: TheKeysState, lock: FakeLock): void {
  lock.device = state.shares.filter((share) => share.lock === lock.id).map(deviceCode)
  lock.changedAt = null
}

/** When the live gateway was last heard of: moves in steps while it is online, stands still otherwise. */
export function seenAt(lock: FakeLock, now: number, { heartbeatEvery }: Delays): number | undefined {
  if (!lock.gateway) return undefined
  const { online, seenAt } = lock.gateway
  if (!online || now < seenAt) return seenAt
  return seenAt + Math.floor((now - seenAt) / heartbeatEvery) * heartbeatEvery
}

/** A code of the device with its wall times turned into instants, without the adapter's help. */
export function heldCode(code: DeviceCode, zone: string): { pin: string; from?: Instant; until?: Instant } {
  const from = instantFor(code.date_debut, code.heure_debut, zone)[0]
  const until = instantFor(code.date_fin, code.heure_fin, zone).at(-1)
  return {
    pin: code.code,
    ...(from === undefined ? {} : { from: instantOf(from) }),
    ...(until === undefined ? {} : { until: instantOf(until) }),
  }
}

/** What was tried before: a code is looked at thousands of times. */
const tried = new Map<string, readonly number[]>()

function instantFor(date: string | null, time: TimeField | null, zone: string): readonly number[] {
  if (date === null) return []
  const wall = `${date} ${(time?.hour ?? '0').padStart(2, '0')}:${(time?.minute ?? '0').padStart(2, '0')}`
  const name = `${zone} ${wall}`
  const known = tried.get(name) ?? instantsOf(wall, zone)
  tried.set(name, known)
  return known
}

/** The instants at which the wall clock shows this, found by trying every offset there is. */
function instantsOf(wall: string, zone: string): readonly number[] {
  const asUtc = Date.parse(`${wall.replace(' ', 'T')}:00Z`)
  const found: number[] = []
  for (let minutes = 14 * 60; minutes >= -12 * 60; minutes -= 15) {
    const at = asUtc - minutes * 60_000
    if (wallText(at, zone).startsWith(wall)) found.push(at)
  }
  return found
}

const clocks = new Map<string, Intl.DateTimeFormat>()

/** `2026-05-01 14:03:22`, as a clock in `zone` shows it. A clock costs more to make than a thousand looks at it. */
export function wallText(at: number, zone: string): string {
  let clock = clocks.get(zone)
  if (!clock) {
    clock = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' })
    clocks.set(zone, clock)
  }
  return clock.format(at)
}

/** The wall time of an instant as form fields have it. */
export function wallFields(at: number, zone: string): { date: string; time: TimeField } {
  const [date = '', clock = ''] = wallText(at, zone).split(' ')
  const [hour, minute] = clock.split(':').map(Number)
  return { date, time: { hour: String(hour), minute: String(minute) } }
}

/** A share that a person makes in the app, limited or not. */
export function shareByHand(
  state: TheKeysState,
  lock: FakeLock,
  code: { pin: string; label: string; id_accessoire: string; from?: Instant; until?: Instant },
): FakeShare {
  const zone = lock.timezone ?? 'Europe/Paris'
  const from = code.from === undefined ? undefined : wallFields(Date.parse(code.from), zone)
  const until = code.until === undefined ? undefined : wallFields(Date.parse(code.until), zone)
  const share: FakeShare = {
    id: state.nextId++,
    lock: lock.id,
    id_accessoire: code.id_accessoire,
    nom: code.label,
    actif: true,
    date_debut: from?.date ?? null,
    date_fin: until?.date ?? null,
    heure_debut: from?.time ?? null,
    heure_fin: until?.time ?? null,
    code: code.pin,
    description: null,
    notification_enabled: false,
    iddesc: null,
  }
  state.shares.push(share)
  return share
}
