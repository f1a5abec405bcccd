import type { AccessWindow } from '@stayward/core/adapter'
import type { FakeOptions, KeypadVendor } from '@stayward/core/testing'
import { getResponse } from 'msw'
import { cloudHandlers } from './the-keys-cloud.ts'
import { type Delays, heldCode, seenAt, settle, shareByHand, synchronise } from './the-keys-device.ts'
import { type FakeLock, initialState, type PlannedAnswer, type TheKeysState } from './the-keys-state.ts'

export interface TheKeysVendorOptions extends FakeOptions<TheKeysState>, Partial<Delays> {}

/** The maker's cloud, its locks and their gateways. */
export interface TheKeysVendor extends KeypadVendor {
  readonly state: TheKeysState
  /** Credentials that the cloud accepts. */
  readonly config: { readonly username: string; readonly password: string }
  /** Somebody opens this lock with the app: whatever the cloud holds is on the lock now. */
  phoneVisits(lockId: string): void
  /** The next fitting request is answered so, and nothing else happens. */
  answerNext(planned: PlannedAnswer): void
  /** Every token ends now, as after a change of the password. */
  endTokens(): void
  /** Somebody changes a code of this vendor id in the app. */
  editByHand(vendorRef: string, change: (share: TheKeysState['shares'][number]) => void): void
  deleteByHand(vendorRef: string): void
}

/**
 * A The Keys cloud that remembers. Codes get onto a lock `syncDelay` (10 s) after a change when its gateway is online,
 * otherwise when a phone visits; gateways show up every `heartbeatEvery` (5 s). All of it is worked out from `now` when
 * somebody looks, so the state can be stored and continued at any time.
 */
export function theKeysVendor(options: TheKeysVendorOptions = {}): TheKeysVendor {
  const { now = Date.now, syncDelay = 10_000, heartbeatEvery = 5_000 } = options
  const delays: Delays = { syncDelay, heartbeatEvery }
  const state = options.state ?? initialState(now())
  const catchUp = () => settle(state, now(), delays)
  const changed = (lock: FakeLock) => {
    lock.changedAt ??= now()
  }
  const handlers = cloudHandlers(state, now, delays, changed)

  const lockAt = (id: string): FakeLock => {
    const lock = state.locks.find((lock) => String(lock.id) === id.split('/')[0])
    if (!lock) throw new RangeError(`the fake has no lock for "${id}"`)
    return lock
  }
  const shareAt = (vendorRef: string) => {
    const share = state.shares.find(({ id }) => String(id) === vendorRef)
    if (!share) throw new RangeError(`the fake has no code ${vendorRef}`)
    return share
  }
  const keypadOf = (deviceId: string) => deviceId.slice(deviceId.indexOf('/') + 1)

  return {
    state,
    config: { username: state.account.username, password: state.account.password },
    deviceId: '7001/Kp7xQ2Za',
    respond: async (request) => {
      catchUp()
      return (await getResponse(handlers, request)) ?? new Response('Not Found', { status: 404 })
    },
    dueWebhooks: () => [],

    codesOn: (deviceId) => {
      catchUp()
      const lock = lockAt(deviceId)
      return lock.device
        .filter(({ id_accessoire, actif }) => actif && id_accessoire === keypadOf(deviceId))
        .map((code) => heldCode(code, lock.timezone ?? 'Europe/Paris'))
    },
    addForeignCode: (deviceId, { pin, label, window }: { pin: string; label: string; window?: AccessWindow }) => {
      catchUp()
      const lock = lockAt(deviceId)
      const share = shareByHand(state, lock, { pin, label, id_accessoire: keypadOf(deviceId), ...window })
      changed(lock)
      return String(share.id)
    },
    setOnline: (deviceId, online) => {
      catchUp()
      const lock = lockAt(deviceId)
      if (!lock.gateway)
        throw new RangeError(`lock ${lock.id} has no gateway that could be ${online ? 'on' : 'off'}line`)
      if (lock.gateway.online === online) return
      lock.gateway = { online, seenAt: online ? now() : (seenAt(lock, now(), delays) ?? now()) }
    },

    phoneVisits: (lockId) => {
      catchUp()
      synchronise(state, lockAt(lockId))
    },
    answerNext: (planned) => void state.faults.push({ ...planned }),
    endTokens: () => {
      state.tokens = {}
    },
    editByHand: (vendorRef, change) => {
      catchUp()
      const share = shareAt(vendorRef)
      change(share)
      changed(lockAt(String(share.lock)))
    },
    deleteByHand: (vendorRef) => {
      catchUp()
      const share = shareAt(vendorRef)
      state.shares = state.shares.filter((other) => other !== share)
      changed(lockAt(String(share.lock)))
    },
  }
}
