/** What the vendor remembers, as plain JSON. Instants are milliseconds since 1970 unless they are texts. */
export interface NukiState {
  readonly accountId: number
  /** API tokens and what each may do. */
  tokens: Record<string, Scope[]>
  locks: FakeLock[]
  /** Changes on their way to a lock. */
  pending: PendingChange[]
  webhooks: { id: number; secret: string; webhookUrl: string; webhookFeatures: string[] }[]
  /** Deliveries that were not taken yet. */
  outbox: { headers: Record<string, string>; body: string }[]
  nextId: number
  switches: Switches
  /** Answers that stand in for the next ones, oldest first. */
  faults: PlannedAnswer[]
}

export type Scope = 'smartlock.readOnly' | 'smartlock.action' | 'smartlock.auth' | 'smartlock.log' | 'webhook.decentral'

export interface FakeLock {
  smartlockId: number
  type: number
  name: string
  /** 0 ok, 1 unregistered, 2 uuid invalid, 3 auth invalid, 4 offline. */
  serverState: number
  /** 0 ok, 1 missing, 2 invalid: then nothing that is sent takes effect. */
  adminPinState: number
  /** Generation of the paired Keypad. */
  keypad: 0 | 1 | 2
  /** Of the lock's own clock; Nuki shows a number for it that is no name. */
  zone: string
  batteryCritical: boolean
  batteryCharge: number | null
  keypadBatteryCritical: boolean
  /** What Nuki's server knows: a cache in front of the lock. */
  codes: FakeCode[]
  /** Ids of `codes` that the server does not list until it is told to read the lock again. */
  unlisted: string[]
  /** What the lock itself holds. */
  device: DeviceCode[]
  /** Newest first. */
  log: FakeLogRow[]
  /** Openings on request. */
  openings: number
}

export interface FakeCode {
  id: string
  authId: number
  name: string
  code: number
  enabled: boolean
  remoteAllowed: boolean
  lockCount: number
  allowedFromDate: string | null
  allowedUntilDate: string | null
  allowedWeekDays: number | null
  allowedFromTime: number | null
  allowedUntilTime: number | null
  operationId: string | null
  error: string | null
  creationDate: string
  updateDate: string
}

export const ownedFields = [
  'name',
  'code',
  'enabled',
  'remoteAllowed',
  'allowedFromDate',
  'allowedUntilDate',
  'allowedWeekDays',
  'allowedFromTime',
  'allowedUntilTime',
] as const

export type DeviceCode = Pick<FakeCode, 'id' | (typeof ownedFields)[number]>

export interface FakeLogRow {
  id: string
  authId?: string
  name: string
  action: number
  trigger: number
  state: number
  source: number
  date: string
}

export interface PendingChange {
  at: number
  lock: number
  do: 'create' | 'update' | 'delete'
  code: FakeCode
}

export interface Switches {
  /** Whether a list shows the PINs of codes. */
  showsCodes: boolean
  /** Whether a deleted code goes away. */
  deletes: boolean
  /** Whether each webhook comes twice, and the newest first. */
  messyWebhooks: boolean
  /** Whether log rows have names. */
  namesInLog: boolean
}

export interface PlannedAnswer {
  status: number
  body?: string
  headers?: Record<string, string>
  /** Only for requests whose `METHOD /path` contains this. */
  where?: string
  /** How many answers; 1 when absent. */
  times?: number
}

export const goodToken = 'sample-nuki-token-0123456789abcdef'
export const sampleSecret = 'sample-nuki-webhook-secret'

/**
 * A front door with a Keypad 2, a flat with a Keypad 1, a cellar without one, and an Opener. On the front door somebody
 * made codes by hand: one without end, and one that is long over and still there.
 */
export function initialState(now: number): NukiState {
  const front = lock(17900000001, 'Front door', { keypad: 2, batteryCharge: 82 })
  const date = new Date(now - 200 * 86_400_000).toISOString()
  const cleaning = { ...blankCode('66b0c0ffee0000000000a001', 31, date), name: 'Cleaning', code: 864297 }
  const easter: FakeCode = {
    ...blankCode('66b0c0ffee0000000000a002', 32, date),
    name: 'Easter guests',
    code: 397521,
    allowedFromDate: '2025-04-18T13:00:00.000Z',
    allowedUntilDate: '2025-04-21T09:00:00.000Z',
    allowedWeekDays: 127,
    allowedFromTime: 0,
    allowedUntilTime: 0,
  }
  front.codes = [cleaning, easter]
  front.device = front.codes.map(deviceCode)
  return {
    accountId: 40001,
    tokens: {
      [goodToken]: ['smartlock.readOnly', 'smartlock.action', 'smartlock.auth', 'smartlock.log', 'webhook.decentral'],
    },
    locks: [
      front,
      lock(17900000002, 'Flat 12', { keypad: 1 }),
      lock(17900000003, 'Cellar', { keypad: 0, type: 0 }),
      lock(900000004, 'Street door', { keypad: 1, type: 2 }),
    ],
    pending: [],
    webhooks: [
      {
        id: 77,
        secret: sampleSecret,
        webhookUrl: 'https://hub.example.org/hooks/nuki',
        webhookFeatures: ['DEVICE_STATUS', 'DEVICE_MASTERDATA', 'DEVICE_LOGS', 'DEVICE_AUTHS'],
      },
    ],
    outbox: [],
    nextId: 1,
    switches: { showsCodes: true, deletes: true, messyWebhooks: false, namesInLog: false },
    faults: [],
  }
}

function lock(smartlockId: number, name: string, given: Partial<FakeLock>): FakeLock {
  return {
    smartlockId,
    name,
    type: 4,
    serverState: 0,
    adminPinState: 0,
    keypad: 0,
    zone: 'Europe/Vienna',
    batteryCritical: false,
    batteryCharge: null,
    keypadBatteryCritical: false,
    codes: [],
    unlisted: [],
    device: [],
    log: [],
    openings: 0,
    ...given,
  }
}

/** A code without any limit. */
export function blankCode(id: string, authId: number, date: string): FakeCode {
  return {
    id,
    authId,
    name: '',
    code: 0,
    enabled: true,
    remoteAllowed: false,
    lockCount: 0,
    allowedFromDate: null,
    allowedUntilDate: null,
    allowedWeekDays: null,
    allowedFromTime: null,
    allowedUntilTime: null,
    operationId: null,
    error: null,
    creationDate: date,
    updateDate: date,
  }
}

/** The part of a code that the lock stores, as a copy of its own. */
export function deviceCode(code: FakeCode): DeviceCode {
  const { id, name, enabled, remoteAllowed } = code
  const { allowedFromDate, allowedUntilDate, allowedWeekDays, allowedFromTime, allowedUntilTime } = code
  const times = { allowedFromDate, allowedUntilDate, allowedWeekDays, allowedFromTime, allowedUntilTime }
  return { id, name, code: code.code, enabled, remoteAllowed, ...times }
}

/** 24 hex characters. */
export function drawId(state: NukiState): string {
  return `66b0c0ffee${(state.nextId++).toString(16).padStart(14, '0')}`
}
