import { type Instant, instantOf } from '@stayward/core/adapter'
import { payloads, publish } from './nuki-events.ts'
import { type DeviceCode, deviceCode, drawId, type FakeLock, type NukiState } from './nuki-state.ts'

/** Lets everything happen that is due by `now`: changes reach their lock, or are forgotten because it is offline. */
export function settle(state: NukiState, now: number): void {
  const due = state.pending.filter(({ at }) => at <= now).sort((a, b) => a.at - b.at)
  state.pending = state.pending.filter(({ at }) => at > now)
  for (const change of due) {
    const lock = state.locks.find(({ smartlockId }) => smartlockId === change.lock)
    if (!lock) continue
    const listed = lock.codes.find(({ id }) => id === change.code.id)
    if (listed) listed.operationId = null
    const reaches = lock.serverState === 0 && lock.adminPinState === 0
    const isFull = change.do === 'create' && lock.device.length >= (lock.keypad === 2 ? 200 : 100)
    const isLost = change.do === 'delete' && !state.switches.deletes
    if (reaches && !isFull && !isLost) apply(state, lock, change)
  }
}

function apply(state: NukiState, lock: FakeLock, { do: what, code, at }: NukiState['pending'][number]): void {
  const others = lock.codes.filter(({ id }) => id !== code.id)
  const date = new Date(at).toISOString()
  const changed = { ...code, operationId: null, updateDate: date }
  lock.codes = what === 'delete' ? others : [...others, changed]
  lock.device = lock.device.filter(({ id }) => id !== code.id)
  if (what !== 'delete') lock.device.push(deviceCode(changed))
  if (what === 'delete') lock.unlisted = lock.unlisted.filter((id) => id !== code.id)
  publish(state, payloads.auths(lock, changed, what === 'delete'))
}

/** What the lock lets in, in the words of a test. Without all five time fields the dates bound nothing. */
export function heldCode(code: DeviceCode): {
  readonly pin: string
  readonly from?: Instant
  readonly until?: Instant
} {
  const pin = String(code.code)
  const { allowedFromDate, allowedUntilDate } = code
  if (!isBounded(code) || allowedFromDate === null || allowedUntilDate === null) return { pin }
  return { pin, from: instantOf(Date.parse(allowedFromDate)), until: instantOf(Date.parse(allowedUntilDate)) }
}

function isBounded({ allowedWeekDays, allowedFromTime, allowedUntilTime }: DeviceCode): boolean {
  return allowedWeekDays !== null && allowedFromTime !== null && allowedUntilTime !== null
}

/** Somebody types a PIN: dates are instants, days and hours are the lock's own, and `0`/`0` is the whole day. */
export function enter(state: NukiState, lock: FakeLock, pin: string, now: number): boolean {
  const code = lock.device.find((each) => String(each.code) === pin)
  const opens = code !== undefined && code.enabled && isOpenAt(code, now, lock.zone)
  const listed = lock.codes.find(({ id }) => id === code?.id)
  if (opens && listed) listed.lockCount += 1
  const row = {
    id: drawId(state),
    ...(code === undefined ? {} : { authId: code.id }),
    name: code?.name ?? '',
    action: 1,
    trigger: 255,
    state: opens ? 0 : 224,
    source: 1,
    date: new Date(now).toISOString(),
  }
  lock.log.unshift(row)
  publish(state, payloads.log(lock, row))
  return opens
}

function isOpenAt(code: DeviceCode, now: number, zone: string): boolean {
  if (!isBounded(code)) return true
  const { allowedFromDate, allowedUntilDate, allowedWeekDays, allowedFromTime, allowedUntilTime } = code
  if (allowedFromDate !== null && now < Date.parse(allowedFromDate)) return false
  if (allowedUntilDate !== null && now >= Date.parse(allowedUntilDate)) return false
  const { day, minutes } = wallClock(now, zone)
  if (((allowedWeekDays ?? 127) & (64 >> day)) === 0) return false
  const [from, until] = [allowedFromTime ?? 0, allowedUntilTime ?? 0]
  return (from === 0 && until === 0) || (minutes >= from && minutes <= until)
}

const weekDays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

function wallClock(now: number, timeZone: string): { readonly day: number; readonly minutes: number } {
  const format = { timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const
  const parts = new Intl.DateTimeFormat('en-GB', format).formatToParts(now)
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((each) => each.type === type)?.value ?? ''
  return { day: weekDays.indexOf(part('weekday')), minutes: Number(part('hour')) * 60 + Number(part('minute')) }
}
