import type { FakeOptions, LockVendor } from '@stayward/core/testing'
import { getResponse } from 'msw'
import { cloudHandlers } from './nuki-cloud.ts'
import { enter, heldCode, settle } from './nuki-device.ts'
import { payloads, publish } from './nuki-events.ts'
import {
  blankCode,
  deviceCode,
  drawId,
  type FakeCode,
  type FakeLock,
  goodToken,
  initialState,
  type NukiState,
  type PlannedAnswer,
  sampleSecret,
} from './nuki-state.ts'
import type { Delays } from './nuki-writes.ts'

export interface NukiVendorOptions extends FakeOptions<NukiState>, Partial<Delays> {}

/** Nuki's server and the locks behind it. */
export interface NukiVendor extends LockVendor {
  readonly state: NukiState
  /** Credentials that the server accepts. */
  readonly config: { readonly apiToken: string; readonly webhookSecret: string }
  openings(deviceId: string): number
  /** The next fitting request is answered so, and nothing else happens. */
  answerNext(planned: PlannedAnswer): void
  /** The owner changes the password: every API token ends. */
  changePassword(): void
  /** Somebody types a PIN at the door; whether it opens. */
  enter(deviceId: string, pin: string): boolean
  /** Somebody changes a code in the app, on the lock and in the list. */
  editByHand(deviceId: string, vendorRef: string, change: (code: FakeCode) => void): void
  lock(deviceId: string): FakeLock
}

/**
 * A Nuki Web that remembers. Changes reach a lock that is online after `fastest` to `slowest` (0.5–8 s) and are forgotten
 * for one that is not. All of it is worked out from `now` when somebody looks, so the state can be stored and continued.
 */
export function nukiVendor(options: NukiVendorOptions = {}): NukiVendor {
  const { now = Date.now, fastest = 500, slowest = 8_000 } = options
  const state = options.state ?? initialState(now())
  const handlers = cloudHandlers(state, now, { fastest, slowest })
  const catchUp = () => settle(state, now())

  const lockAt = (id: string): FakeLock => {
    const lock = state.locks.find(({ smartlockId }) => String(smartlockId) === id)
    if (!lock) throw new RangeError(`the fake has no lock "${id}"`)
    return lock
  }
  const keep = (lock: FakeLock, code: FakeCode) => {
    lock.codes = [...lock.codes.filter(({ id }) => id !== code.id), code]
    lock.device = [...lock.device.filter(({ id }) => id !== code.id), deviceCode(code)]
    publish(state, payloads.auths(lock, code))
  }

  return {
    state,
    config: { apiToken: goodToken, webhookSecret: sampleSecret },
    deviceId: '17900000001',
    respond: async (request) => {
      catchUp()
      return (await getResponse(handlers, request)) ?? new Response('Not Found', { status: 404 })
    },
    dueWebhooks: () => {
      catchUp()
      return state.outbox.splice(0)
    },

    codesOn: (deviceId) => {
      catchUp()
      return lockAt(deviceId)
        .device.filter(({ enabled }) => enabled)
        .map(heldCode)
    },
    addForeignCode: (deviceId, { pin, label, window }) => {
      catchUp()
      const code: FakeCode = {
        ...blankCode(drawId(state), 100 + state.nextId, new Date(now()).toISOString()),
        name: label,
        code: Number(pin),
        ...(window && {
          allowedFromDate: window.from,
          allowedUntilDate: window.until,
          allowedWeekDays: 127,
          allowedFromTime: 0,
          allowedUntilTime: 0,
        }),
      }
      keep(lockAt(deviceId), code)
      return code.id
    },
    setOnline: (deviceId, online) => {
      catchUp()
      const lock = lockAt(deviceId)
      if ((lock.serverState === 0) === online) return
      lock.serverState = online ? 0 : 4
      publish(state, payloads.masterData(state, lock))
      publish(state, payloads.status(lock))
    },
    openings: (deviceId) => lockAt(deviceId).openings,

    answerNext: (planned) => void state.faults.push({ ...planned }),
    changePassword: () => {
      state.tokens = {}
    },
    enter: (deviceId, pin) => {
      catchUp()
      return enter(state, lockAt(deviceId), pin, now())
    },
    editByHand: (deviceId, vendorRef, change) => {
      catchUp()
      const lock = lockAt(deviceId)
      const code = lock.codes.find(({ id }) => id === vendorRef)
      if (!code) throw new RangeError(`the fake has no code ${vendorRef}`)
      const changed = { ...code }
      change(changed)
      keep(lock, changed)
    },
    lock: (deviceId) => {
      catchUp()
      return lockAt(deviceId)
    },
  }
}
