import { accessOf, type Channel, firmwareOf, type LogEvent, type StoredUser, type TwoNState } from './2n-state.ts'

/** Milliseconds for which a door takes no codes after five wrong ones. */
const limitLasts = 30_000

/** The device's own clock, Unix seconds. */
export function deviceSeconds(state: TwoNState, now: number): number {
  return Math.floor((now + state.clockOffset) / 1000)
}

export function record(state: TwoNState, now: number, event: string, params: Record<string, unknown>): void {
  const entry: LogEvent = {
    id: state.nextId++,
    tzShift: 120,
    utcTime: deviceSeconds(state, now),
    upTime: Math.floor((now - state.bootedAt) / 1000),
    event,
    params,
  }
  state.log.push(entry)
  const most = firmwareOf(state).major >= 3 ? 10_000 : 500
  if (state.log.length > most) state.log.splice(0, state.log.length - most)
  for (const channel of Object.values(state.channels)) if (wants(channel, entry)) channel.queue.push(entry.id)
}

export const wants = ({ filter }: Pick<Channel, 'filter'>, { event }: LogEvent) =>
  filter.length === 0 || filter.includes(event)

/** Somebody types a code, or holds a QR picture before the camera; whether the door opens. */
export function enter(state: TwoNState, pin: string, now: number, by: 'keypad' | 'camera'): boolean {
  if (now < state.limitedUntil) return false
  if (by === 'camera' && firmwareOf(state).major < 3 && pin.length < 10) return false
  const session = state.nextId++
  const common = { ap: 0, session, direction: 'in' }
  const user = state.users.find((one) => !one.deleted && holds(one, pin))
  const valid = user !== undefined && isWithin(user, deviceSeconds(state, now))
  record(state, now, 'CodeEntered', {
    ...common,
    code: pin,
    type: user ? 'user' : 'unknown',
    ...(user ? { uuid: user.uuid } : {}),
    valid: user !== undefined,
  })
  if (!user) {
    record(state, now, 'UserRejected', { ap: 0, session, reason: 'invalidCredential' })
    state.wrongTries += 1
    if (state.wrongTries >= 5) {
      state.wrongTries = 0
      state.limitedUntil = now + limitLasts
      record(state, now, 'AccessLimited', { ap: 0, type: 'code', state: 'in' })
    }
    return false
  }
  state.wrongTries = 0
  const who = { ap: 0, session, name: user['name'], uuid: user.uuid }
  if (!valid) {
    record(state, now, 'UserRejected', { ...who, reason: 'invalidTime' })
    return false
  }
  // A switch code opens its switch and nobody judges it further.
  if (accessOf(user)['pin'] === pin) record(state, now, 'UserAuthenticated', { ...who, apbBroken: false })
  record(state, now, 'SwitchStateChanged', { switch: 1, state: true, originator: 'ap' })
  return true
}

/** What somebody may type for this entry. */
export function pinsOf(user: StoredUser): readonly string[] {
  const { pin, code } = accessOf(user)
  const codes = Array.isArray(code) ? (code as unknown[]) : []
  return [pin, ...codes].filter((one): one is string => typeof one === 'string' && one !== '')
}

const holds = (user: StoredUser, pin: string) => pinsOf(user).includes(pin)

function isWithin(user: StoredUser, seconds: number): boolean {
  const { validFrom, validTo } = accessOf(user)
  const [from, to] = [Number(validFrom ?? 0), Number(validTo ?? 0)]
  return (from === 0 || seconds >= from) && (to === 0 || seconds < to)
}
