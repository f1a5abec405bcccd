export type Service = 'system' | 'switch' | 'log'
export type Privilege =
  | 'system-monitoring'
  | 'system-control'
  | 'switch-monitoring'
  | 'switch-control'
  | 'log'
  | 'access'
export type Entry = Record<string, unknown>

/** The device's whole memory as plain JSON. Times are milliseconds since 1970. */
export interface TwoNState {
  serialNumber: string
  swVersion: string
  variant: string
  deviceName: string
  /** Names this directory; another one after a factory reset. */
  series: string
  /** An entry with every field that this model knows, and its defaults. */
  template: Entry
  users: StoredUser[]
  /** Counts every change of the directory. */
  timestamp: number
  accounts: { username: string; password: string; privileges: Privilege[] }[]
  services: Record<Service, { enabled: boolean; sign: 'digest' | 'basic' | 'none' }>
  /** Nonces that were given out, and how often each was used. */
  nonces: Record<string, { at: number; used: number }>
  nonceLives: number
  algorithm: 'MD5' | 'SHA-256'
  /** Whether `qop` is offered. */
  counted: boolean
  switches: FakeSwitch[]
  log: LogEvent[]
  channels: Record<string, Channel>
  bootedAt: number
  /** How far the device's clock is ahead, milliseconds. */
  clockOffset: number
  online: boolean
  wrongTries: number
  limitedUntil: number
  /** Doors opened on request. */
  openings: number
  nextId: number
  /** Whether a deleted entry keeps its uuid from being made again. */
  tombstonesBlock: boolean
  faults: PlannedAnswer[]
}

export interface StoredUser extends Entry {
  uuid: string
  deleted: boolean
  timestamp: number
}

export interface FakeSwitch {
  switch: number
  enabled: boolean
  mode: 'monostable' | 'bistable'
  active: boolean
  locked: boolean
}

export interface LogEvent {
  id: number
  tzShift: number
  utcTime: number
  upTime: number
  event: string
  params: Record<string, unknown>
}

export interface Channel {
  filter: string[]
  /** Milliseconds without a pull until it is gone. */
  lives: number
  pulledAt: number
  /** Ids of events that it still has to tell. */
  queue: number[]
}

export interface PlannedAnswer {
  /** The device's own number for a refusal, or a whole body. */
  error?: number
  status?: number
  body?: string
  /** Only for requests whose `METHOD /path` contains this. */
  where?: string
}

export const goodAccount = { username: 'stayward', password: 'sample-2n-password' } as const
export const serialNumber = '54-0842-0017'
export const deviceAddress = '192.168.1.40'

const callPos = { peer: '', profiles: '', grouped: false, ipEye: '' }
const way = { enabled: true, profiles: '' }

const full = {
  uuid: '',
  deleted: false,
  owner: '',
  name: '',
  photo: '',
  email: '',
  treepath: '/',
  virtNumber: '',
  deputy: '',
  buttons: '',
  callPos: [callPos, callPos, callPos],
  access: {
    validFrom: '0',
    validTo: '0',
    accessPoints: [way, way],
    pairingExpired: false,
    virtCard: '',
    card: ['', ''],
    mobkey: '',
    fpt: '',
    pin: '',
    accessException: false,
    code: ['', '', '', ''],
    licensePlates: '',
    liftFloors: '',
  },
  timestamp: 0,
}
export const knownFields: Entry = full

/** What the models know, by series. */
export function templateOf(model: 'verso' | 'base' | 'uni' | 'access-unit'): Entry {
  const { photo: _photo, treepath: _tree, virtNumber: _number, access, ...common } = structuredClone(full)
  switch (model) {
    case 'verso':
      return structuredClone(full)
    case 'base': {
      const { virtCard: _card, liftFloors: _floors, ...rest } = access
      return { ...common, access: { ...rest, code: ['', ''] } }
    }
    case 'access-unit': {
      const { callPos: _calls, ...silent } = common
      return { ...silent, access: { ...access, code: ['', ''] } }
    }
    case 'uni':
      return {
        uuid: '',
        deleted: false,
        name: '',
        buttons: '',
        callPos: [callPos, callPos, callPos],
        access: { code: [''] },
        timestamp: 0,
      }
  }
}

/** A Verso at a street door, with a switch that is disabled and one that stays as it is put; the caretaker has a PIN. */
export function initialState(now: number): TwoNState {
  const caretaker: StoredUser = {
    ...structuredClone(full),
    uuid: '0A0A0A0A-0000-4000-8000-000000000001',
    name: 'Caretaker Milo',
    timestamp: 1,
    access: { ...structuredClone(full.access), pin: '86429750' },
  }
  return {
    serialNumber,
    swVersion: '2.47.0.60.6',
    variant: '2N IP Verso',
    deviceName: 'Street door',
    series: '3141592653',
    template: structuredClone(full),
    users: [caretaker],
    timestamp: 1,
    accounts: [
      {
        ...goodAccount,
        privileges: ['system-monitoring', 'system-control', 'switch-monitoring', 'switch-control', 'log', 'access'],
      },
    ],
    services: {
      system: { enabled: true, sign: 'digest' },
      switch: { enabled: true, sign: 'digest' },
      log: { enabled: true, sign: 'digest' },
    },
    nonces: {},
    nonceLives: 300_000,
    algorithm: 'MD5',
    counted: true,
    switches: [
      { switch: 1, enabled: true, mode: 'monostable', active: false, locked: false },
      { switch: 2, enabled: true, mode: 'bistable', active: false, locked: false },
      { switch: 3, enabled: false, mode: 'monostable', active: false, locked: false },
      { switch: 4, enabled: true, mode: 'monostable', active: false, locked: false },
    ],
    log: [],
    channels: {},
    bootedAt: now - 86_400_000,
    clockOffset: 0,
    online: true,
    wrongTries: 0,
    limitedUntil: 0,
    openings: 0,
    nextId: 1,
    tombstonesBlock: true,
    faults: [],
  }
}

/** `2.47` as 2.47, for what changed with a firmware. */
export function firmwareOf({ swVersion }: TwoNState): { readonly major: number; readonly minor: number } {
  const [major = 0, minor = 0] = swVersion.split('.').map(Number)
  return { major, minor }
}

export function accessOf(user: Entry): Record<string, unknown> {
  const { access } = user
  return typeof access === 'object' && access !== null ? (access as Record<string, unknown>) : {} // an object, as tested
}
