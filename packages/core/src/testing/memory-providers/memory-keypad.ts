import * as z from 'zod'
import { type Instant, instantOf } from '../../domain/instant.ts'
import type { AccessWindow } from '../../domain/grant.ts'
import type { PinRules } from '../../domain/pin.ts'
import type { KeypadCapabilities } from '../../ports/capabilities.ts'
import type { LockVendor } from '../kits/subject.ts'
import {
  change,
  type MemoryDevice,
  newDevice,
  opensWith,
  putEverywhere,
  refusalOf,
  settleDevice,
  storedCode,
  type StoredCode,
} from './keypad-cloud.ts'
import { type Accounts, answerFrom, type MemoryAccount, memoryToken, type Operations, Refusal } from './wire.ts'

/** How an in-memory keypad behaves; everything has an everyday default. Times are milliseconds. */
export interface MemoryKeypadOptions {
  /** The adapter's id; the host name follows from it. */
  readonly id?: string
  readonly pin?: PinRules
  readonly labelMaxLength?: number
  /** Codes one device holds. */
  readonly capacity?: number
  /** PINs the vendor refuses as `pin-not-allowed`. */
  readonly forbiddenPins?: readonly string[]
  readonly refusesTakenPins?: boolean
  readonly windowStep?: number
  readonly canUpdate?: boolean
  readonly readsPin?: boolean
  readonly readsWindow?: boolean
  readonly readBack?: KeypadCapabilities['readBack']
  /** From a write until the vendor's list shows it. */
  readonly showsAfter?: number
  /** From a write until a device that is online holds it. */
  readonly syncDelay?: number
  /** A device that is online is heard of this often (`readBack: 'heartbeat'`). */
  readonly heartbeat?: number
  readonly opens?: boolean
}

export type KeypadTraits = Required<Omit<MemoryKeypadOptions, 'id' | 'capacity'>> & { readonly capacity: number }

export function traitsOf(options: MemoryKeypadOptions): KeypadTraits {
  return {
    pin: { lengths: [6, 5, 4], digits: '0123456789' },
    labelMaxLength: 30,
    capacity: Infinity,
    forbiddenPins: [],
    refusesTakenPins: true,
    windowStep: 60_000,
    canUpdate: true,
    readsPin: true,
    readsWindow: true,
    readBack: 'device',
    showsAfter: 0,
    syncDelay: 0,
    heartbeat: 5000,
    opens: true,
    ...options,
  }
}

export function keypadCapabilities(traits: KeypadTraits): KeypadCapabilities {
  const { pin, labelMaxLength, capacity, windowStep, canUpdate, readsPin, readsWindow, readBack, opens } = traits
  // A list that is the device's own, or keeps what the device still holds, shows a write once the device has it.
  const showsWithin =
    readBack === 'device' || readBack === 'synced' ? Math.max(traits.showsAfter, traits.syncDelay) : traits.showsAfter
  return {
    pin,
    labelMaxLength,
    windowStep,
    canUpdate,
    readsPin,
    readsWindow,
    readBack,
    opens,
    readsState: true,
    readsActivity: true,
    ...(capacity === Infinity ? {} : { capacity }),
    ...(showsWithin === 0 ? { writesAreVisible: 'now' } : { writesAreVisible: 'later', showsWithin }),
  }
}

/** What an in-memory keypad vendor remembers. Plain JSON. */
export interface MemoryKeypadState {
  readonly accounts: Accounts
  readonly devices: Record<string, MemoryDevice>
  /** Numbers given to codes, entries and the like so far. */
  count: number
}

/** An in-memory lock vendor, and what its people and guests can do there. */
export interface MemoryKeypadVendor extends LockVendor {
  readonly state: MemoryKeypadState
  openings(deviceId: string): number
  /** Another customer of the same vendor. */
  addAccount(token: string, id: string): void
  /** A door with nothing on it. Belongs to the first account unless said otherwise. */
  addDevice(deviceId: string, account?: string): void
  /** Somebody types this at the door. Whether it opened. */
  type(deviceId: string, pin: string): boolean
  /** Somebody deletes a code in the vendor's own app, ours or not. */
  deleteCode(deviceId: string, vendorRef: string): void
}

export const firstDevice = 'front-door'

export function newState(now: number): MemoryKeypadState {
  const account = { id: 'account-1', name: 'First account' }
  const devices = {
    [firstDevice]: newDevice(firstDevice, account.id, now),
    'back-door': newDevice('back-door', account.id, now),
  }
  return { accounts: { [memoryToken.token]: account }, devices, count: 0 }
}

export interface KeypadVendorParts {
  readonly state: MemoryKeypadState
  readonly traits: KeypadTraits
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** What the port has besides codes. */
  readonly operations?: (device: (account: MemoryAccount, args: unknown) => MemoryDevice) => Operations
}

export function keypadVendor({ state, traits, now, operations }: KeypadVendorParts): MemoryKeypadVendor {
  const find = (deviceId: string): MemoryDevice => {
    const device = Object.hasOwn(state.devices, deviceId) ? state.devices[deviceId] : undefined
    if (!device) throw new Refusal(404)
    settleDevice(device, traits, now())
    return device
  }
  const own = (account: MemoryAccount, args: unknown): MemoryDevice => {
    const device = find(deviceArgs.parse(args).deviceId)
    if (device.account !== account.id) throw new Refusal(404)
    return device
  }
  const reach = (account: MemoryAccount, args: unknown): MemoryDevice => {
    const device = own(account, args)
    if (traits.readBack === 'device' && !device.online) throw new Refusal(409)
    return device
  }
  const all: Operations = {
    account: (account) => account,
    devices: (account) => ({
      devices: Object.values(state.devices).flatMap(({ id, name, account: of }) =>
        of === account.id ? [{ id, name }] : [],
      ),
    }),
    codes: (account, args) => ({ codes: listed(reach(account, args), traits) }),
    put: (account, args) => {
      const device = reach(account, args)
      const { code } = putArgs.parse(args)
      if (code.ref !== undefined && !Object.hasOwn(device.cloud, code.ref)) throw new Refusal(404)
      const stored: StoredCode = { ...code, ref: code.ref ?? `c${++state.count}` }
      const refused = refusalOf(device, traits, stored)
      if (refused) return { status: 'refused', reason: refused }
      change(device, now(), stored.ref, stored)
      settleDevice(device, traits, now())
      return receipt(device, stored, traits)
    },
    remove: (account, args) => {
      const device = reach(account, args)
      const { ref } = removeArgs.parse(args)
      if (Object.hasOwn(device.cloud, ref)) change(device, now(), ref, null)
      settleDevice(device, traits, now())
      return { status: traits.readBack === 'device' && !Object.hasOwn(device.held.codes, ref) ? 'gone' : 'accepted' }
    },
    state: (account, args) => {
      const { online, since } = own(account, args)
      const seen = online ? Math.max(since, now() - (now() % traits.heartbeat)) : since
      return { online, lastSeen: instantOf(seen) }
    },
    activity: (account, args) => ({ openings: own(account, args).entered }),
    open: (account, args) => {
      const device = own(account, args)
      if (!device.online) throw new Refusal(409)
      device.openings++
      return { status: 'opened' }
    },
    ...operations?.(own),
  }

  return {
    state,
    deviceId: firstDevice,
    respond: (request) => answerFrom(request, state.accounts, all),
    dueWebhooks: () => [],
    codesOn: (deviceId) => Object.values(find(deviceId).held.codes).map(seenCode),
    addForeignCode: (deviceId, { pin, label, window }) => {
      const code = storedCode(`c${++state.count}`, label, pin, window)
      putEverywhere(find(deviceId), code)
      return code.ref
    },
    setOnline: (deviceId, online) => Object.assign(find(deviceId), { online, since: now() }),
    openings: (deviceId) => find(deviceId).openings,
    addAccount: (token, id) => void (state.accounts[token] = { id, name: id }),
    addDevice: (deviceId, account = 'account-1') =>
      void (state.devices[deviceId] = newDevice(deviceId, account, now())),
    type: (deviceId, pin) => {
      const device = find(deviceId)
      const ref = opensWith(device, pin, now())
      if (ref !== undefined) device.entered.push({ at: now(), ref })
      return ref !== undefined
    },
    deleteCode: (deviceId, vendorRef) => change(find(deviceId), now(), vendorRef, null),
  }
}

const deviceArgs = z.object({ deviceId: z.string() })
const removeArgs = z.object({ ref: z.string() })
const putArgs = z.object({
  code: z.object({
    ref: z.string().exactOptional(),
    field: z.string(),
    pin: z.string(),
    from: z.number(),
    until: z.number(),
  }),
})

type Listed = StoredCode & { readonly synced?: boolean }

/** What the vendor shows: the device's own memory, or the cloud's list with or without the device's word on it. */
function listed({ list, held }: MemoryDevice, { readBack, readsPin, readsWindow }: KeypadTraits): object[] {
  const shown = ({ pin, from, until, ...rest }: Listed) => ({
    ...rest,
    ...(readsPin ? { pin } : {}),
    ...(readsWindow ? { from, until } : {}),
  })
  if (readBack === 'device') return Object.values(held.codes).map(shown)
  if (readBack !== 'synced') return Object.values(list.codes).map(shown)
  const same = (code: StoredCode) => JSON.stringify(held.codes[code.ref]) === JSON.stringify(code)
  const leaving = Object.values(held.codes).filter(({ ref }) => !Object.hasOwn(list.codes, ref))
  return [
    ...Object.values(list.codes).map((code) => shown({ ...code, synced: same(code) })),
    ...leaving.map((code) => shown({ ...code, synced: false })),
  ]
}

function receipt({ held }: MemoryDevice, code: StoredCode, { readBack }: KeypadTraits): object {
  const there = readBack === 'device' && held.codes[code.ref] === code
  return { status: there ? 'confirmed' : 'accepted', vendorRef: code.ref }
}

function seenCode({ pin, from, until }: StoredCode): { pin: string } & Partial<AccessWindow> {
  const bound = (at: number | null): Instant | undefined => (at === null ? undefined : instantOf(at))
  const [start, end] = [bound(from), bound(until)]
  return { pin, ...(start === undefined ? {} : { from: start }), ...(end === undefined ? {} : { until: end }) }
}
