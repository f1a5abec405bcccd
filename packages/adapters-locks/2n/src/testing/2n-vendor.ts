import { type Instant, instantOf, millisecondsOf } from '@stayward/core/adapter'
import type { FakeOptions, IntercomVendor } from '@stayward/core/testing'
import { getResponse } from 'msw'
import type { Config } from '../config.ts'
import { keep, touch } from './2n-directory.ts'
import { enter, pinsOf, record } from './2n-door.ts'
import { routes } from './2n-routes.ts'
import {
  accessOf,
  deviceAddress,
  goodAccount,
  initialState,
  type PlannedAnswer,
  type StoredUser,
  type TwoNState,
} from './2n-state.ts'

/** A 2N device and its door. */
export interface TwoNVendor extends IntercomVendor {
  readonly state: TwoNState
  /** Credentials that the device accepts. */
  readonly config: Config
  /** The next fitting request is answered so, and nothing else happens. */
  answerNext(planned: PlannedAnswer): void
  /** Somebody types a code, or shows a QR picture to the camera; whether the door opens. */
  enter(pin: string, by?: 'keypad' | 'camera'): boolean
  /** Somebody changes an entry on the device's page. */
  editByHand(vendorRef: string, change: (user: StoredUser) => void): void
  /** An entry as it is kept; `undefined` when it is not there. */
  user(vendorRef: string): StoredUser | undefined
  /** Everything goes, the directory's number included. */
  factoryReset(): void
  /** Power off and on: the log is empty, and its channels are gone. */
  restart(): void
}

/** A 2N device that remembers. All of it is worked out from `now`, so the state can be stored and continued. */
export function twoNVendor(options: FakeOptions<TwoNState> = {}): TwoNVendor {
  const { now = Date.now } = options
  const state = options.state ?? initialState(now())
  const handlers = routes(state, now)
  const live = () => state.users.filter(({ deleted }) => !deleted)
  const here = (deviceId: string) => {
    if (deviceId !== state.serialNumber) throw new RangeError(`the fake is not "${deviceId}"`)
  }

  return {
    state,
    config: { address: deviceAddress, ...goodAccount },
    deviceId: state.serialNumber,
    respond: async (request) => {
      if (!state.online)
        throw new TypeError('fetch failed', { cause: Object.assign(new Error('no route'), { code: 'EHOSTUNREACH' }) })
      return (await getResponse(handlers, request)) ?? new Response('<h1>Not found</h1>', { status: 404 })
    },
    dueWebhooks: () => [],

    codesOn: (deviceId) => {
      here(deviceId)
      return live().flatMap((user) => {
        const { validFrom, validTo } = accessOf(user)
        const from = bound(validFrom)
        const until = bound(validTo)
        return pinsOf(user).map((pin) => ({ pin, ...(from ? { from } : {}), ...(until ? { until } : {}) }))
      })
    },
    addForeignCode: (deviceId, { pin, label, window }) => {
      here(deviceId)
      const uuid = `BEEFBEEF-0000-4000-8000-${String(state.nextId++).padStart(12, '0')}`
      const seconds = (at: Instant | undefined) => (at ? String(Math.floor(millisecondsOf(at) / 1000)) : '0')
      const user = structuredClone(state.template)
      const access = {
        ...accessOf(user),
        pin,
        validFrom: seconds(window?.from),
        validTo: seconds(window?.until),
      }
      return keep(state, { ...user, uuid, deleted: false, timestamp: 0, name: label, access }).uuid
    },
    setOnline: (deviceId, online) => {
      here(deviceId)
      state.online = online
    },
    openings: (deviceId) => {
      here(deviceId)
      return state.openings
    },
    entries: (deviceId) => {
      here(deviceId)
      return live().flatMap((user) => {
        const peers = Array.isArray(user['callPos']) ? (user['callPos'] as { peer?: string }[]) : [] // as the template has it
        const callTo = peers.map(({ peer = '' }) => peer).find((peer) => peer !== '')
        return callTo === undefined ? [] : [{ name: String(user['name']), callTo }]
      })
    },

    answerNext: (planned) => void state.faults.push({ ...planned }),
    enter: (pin, by = 'keypad') => state.online && enter(state, pin, now(), by),
    editByHand: (vendorRef, change) => {
      const user = live().find(({ uuid }) => uuid === vendorRef)
      if (!user) throw new RangeError(`the fake has no entry ${vendorRef}`)
      change(user)
      touch(state, user)
    },
    user: (vendorRef) => live().find(({ uuid }) => uuid === vendorRef),
    factoryReset: () => {
      state.users = []
      state.timestamp = 0
      state.series = String(Number(state.series) + 1)
    },
    restart: () => {
      Object.assign(state, { log: [], channels: {}, nonces: {}, nextId: 1, bootedAt: now() })
      record(state, now(), 'DeviceState', { state: 'startup' })
    },
  }
}

function bound(seconds: unknown): Instant | undefined {
  return Number(seconds ?? 0) > 0 ? instantOf(Number(seconds) * 1000) : undefined
}
