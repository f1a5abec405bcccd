/** What the vendor remembers, as plain JSON. Instants are milliseconds since 1970. */
export interface TheKeysState {
  readonly account: FakeAccount
  locks: FakeLock[]
  shares: FakeShare[]
  /** Tokens given out, with the instant each ends at. */
  tokens: Record<string, number>
  nextId: number
  switches: Switches
  /** Answers that stand in for the next ones, oldest first. */
  faults: PlannedAnswer[]
}

export interface FakeAccount {
  id: number
  /** The phone number. */
  username: string
  password: string
  firstname: string
  lastname: string
}

export interface FakeLock {
  id: number
  id_serrure: string
  nom: string
  timezone: string | null
  /** Millivolts. */
  battery: number | null
  accessories: FakeAccessory[]
  /** The live gateway beside it; `null` when there is none. `seenAt`: since when online, or last heard of. */
  gateway: { online: boolean; seenAt: number } | null
  /** When the cloud was first changed without the lock hearing of it. */
  changedAt: number | null
  /** What the lock itself holds. */
  device: DeviceCode[]
}

export interface FakeAccessory {
  id: number
  id_accessoire: string
  nom: string
  type: 1 | 2 | 3
  /** Some accounts do not list their keypads. */
  listed: boolean
  /** `live`: the gateway's own heartbeat. */
  info: 'live' | { last_seen: string; ip?: string } | null
}

export interface TimeField {
  hour: string
  minute: string
}

export interface FakeShare {
  id: number
  lock: number
  id_accessoire: string
  nom: string
  actif: boolean
  date_debut: string | null
  date_fin: string | null
  heure_debut: TimeField | null
  heure_fin: TimeField | null
  code: string
  description: string | null
  notification_enabled: boolean
  iddesc: string | null
}

/** A right as the lock stores it: wall times of its own clock. */
export type DeviceCode = Pick<
  FakeShare,
  'id' | 'id_accessoire' | 'actif' | 'code' | 'date_debut' | 'date_fin' | 'heure_debut' | 'heure_fin'
>

export interface Switches {
  /** How `heure_debut` and `heure_fin` are shown; clients of the real cloud disagree. */
  timeFormat: 'strings' | 'numbers' | 'hh:mm' | 'hh:mm:ss' | 'iso' | 'php' | 'null' | 'garbage'
  /** Whether a PIN that the keypad has already is refused, and how. */
  duplicatePins: 'allowed' | 'status-400' | 'http-409'
  /** Which of the two tokens a sign-in returns. */
  tokens: 'both' | 'token' | 'access_token'
  /** Seconds. */
  tokenLifetime: number
  /** What a create says of the PIN: what it keeps, nothing, or that it keeps another one. */
  createdCode: 'same' | 'missing' | 'other'
  /** How a share id that does not exist is answered. */
  unknownShare: 'null' | 'status-404' | 'http-404'
  /** Whether an update's answer shows the code or nothing. */
  updateAnswer: 'data' | 'null'
  /** Whether gateways report their address, which stopped for some in 2025. */
  gatewayIp: boolean
}

export interface PlannedAnswer {
  answer: 'status-in-200' | 'http' | 'html-500'
  /** Of the body, or of HTTP; 500 for `html-500`. */
  status: number
  /** Error texts, as `message.form`. */
  message?: string
  /** Only for paths that contain this. */
  path?: string
  /** How many answers; 1 when absent. */
  times?: number
}

/**
 * A house of two flats with keypad and gateway, and a garden house whose lock has no gateway. On the first lock somebody
 * made codes by hand: one without end, one long over, and the shares of gateway and button stand beside them.
 */
export function initialState(now: number): TheKeysState {
  const state: TheKeysState = {
    account: { id: 501, username: '+33600000000', password: 'p&ss+word 42%', firstname: 'Ana', lastname: 'Sample' },
    locks: [
      lock(7001, 'Flat 12', [gateway(9101, 'Gw4mT1xB'), keypad(9102, 'Kp7xQ2Za'), button(9103, 'Bt5nR8wY')], now),
      lock(7002, 'Flat 14', [gateway(9201, 'Gw9sL3cD'), keypad(9202, 'Kp3vN6Hd')], now),
      lock(7003, 'Garden house', [keypad(9302, 'Kp8jF4Ts')], now),
    ],
    shares: [
      { ...share(88001, 'Gw4mT1xB', 'Remote'), code: 'gateway-share-secret', iddesc: 'remote' },
      { ...share(88002, 'Bt5nR8wY', 'Button by the bed'), code: 'button-share-secret' },
      { ...share(88003, 'Kp7xQ2Za', 'Cleaning'), code: '8642' },
      {
        ...share(88004, 'Kp7xQ2Za', 'Easter guests'),
        code: '1397',
        date_debut: '2025-04-18',
        date_fin: '2025-04-21',
        heure_debut: { hour: '15', minute: '0' },
        heure_fin: { hour: '11', minute: '0' },
        description: 'bk:4411',
      },
    ],
    tokens: {},
    nextId: 88101,
    switches: {
      timeFormat: 'strings',
      duplicatePins: 'allowed',
      tokens: 'both',
      tokenLifetime: 3600,
      createdCode: 'same',
      unknownShare: 'null',
      updateAnswer: 'data',
      gatewayIp: true,
    },
    faults: [],
  }
  for (const lock of state.locks) lock.device = state.shares.filter((share) => share.lock === lock.id).map(deviceCode)
  return state
}

/** The part of a share that a lock stores, as a copy of its own. */
export function deviceCode({
  id,
  id_accessoire,
  actif,
  code,
  date_debut,
  date_fin,
  heure_debut,
  heure_fin,
}: FakeShare): DeviceCode {
  return structuredClone({ id, id_accessoire, actif, code, date_debut, date_fin, heure_debut, heure_fin })
}

function lock(id: number, nom: string, accessories: FakeAccessory[], now: number): FakeLock {
  return {
    id,
    id_serrure: String(123456 + id),
    nom,
    timezone: 'Europe/Paris',
    battery: 7420,
    accessories,
    gateway: accessories.some(({ type }) => type === 1) ? { online: true, seenAt: now } : null,
    changedAt: null,
    device: [],
  }
}

const gateway = (id: number, id_accessoire: string): FakeAccessory => ({
  id,
  id_accessoire,
  nom: 'Gateway',
  type: 1,
  listed: true,
  info: 'live',
})
const keypad = (id: number, id_accessoire: string): FakeAccessory => ({
  id,
  id_accessoire,
  nom: 'Keypad',
  type: 2,
  listed: true,
  info: null,
})
const button = (id: number, id_accessoire: string): FakeAccessory => ({
  id,
  id_accessoire,
  nom: 'Button',
  type: 3,
  listed: true,
  info: null,
})

function share(id: number, id_accessoire: string, nom: string): FakeShare {
  return {
    id,
    lock: 7001,
    id_accessoire,
    nom,
    actif: true,
    date_debut: null,
    date_fin: null,
    heure_debut: null,
    heure_fin: null,
    code: '',
    description: null,
    notification_enabled: false,
    iddesc: null,
  }
}
