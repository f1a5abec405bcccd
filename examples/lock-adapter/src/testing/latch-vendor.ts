import { instantOf, millisecondsOf } from '@stayward/core/adapter'
import type { LockVendor } from '@stayward/core/testing'

interface LatchCode {
  id: string
  note: string
  digits: string
  /** Milliseconds since 1970. */
  from: number | null
  until: number | null
}

interface LatchDoor {
  readonly id: string
  readonly name: string
  online: boolean
  codes: LatchCode[]
}

/** Everything Latch remembers; plain JSON. */
export interface LatchState {
  readonly apiKey: string
  readonly doors: LatchDoor[]
  made: number
}

export interface LatchVendor extends LockVendor {
  readonly state: LatchState
}

export const goodKey = 'latch-key-made-for-tests'

/** A Latch that remembers: two doors, one key, codes that are on the door as soon as it is online. */
export function latchVendor(state: LatchState = newState()): LatchVendor {
  const doorOf = (id: string) => state.doors.find((door) => door.id === id)
  const known = (id: string) => {
    const door = doorOf(id)
    if (!door) throw new RangeError(`no door ${id}`)
    return door
  }
  return {
    state,
    deviceId: 'door-1',
    respond: async (request) => {
      if (request.headers.get('authorization') !== `Bearer ${state.apiKey}`) return answer(401, {})
      const [, , kind, doorId, , codeId] = new URL(request.url).pathname.split('/')
      if (kind === 'account') return answer(200, { id: 'house-7', name: 'Quai House' })
      if (kind !== 'doors') return answer(404, {})
      if (doorId === undefined) return answer(200, { doors: state.doors.map(({ id, name }) => ({ id, name })) })
      const door = doorOf(doorId)
      if (!door) return answer(404, {})
      if (!door.online) return answer(409, {})
      switch (request.method) {
        case 'GET':
          return answer(200, { codes: door.codes })
        case 'DELETE':
          return remove(door, codeId)
        default:
          return write(state, door, codeId, (await request.json()) as Omit<LatchCode, 'id'>)
      }
    },
    dueWebhooks: () => [],
    codesOn: (id) =>
      known(id).codes.map(({ digits, from, until }) => ({
        pin: digits,
        ...(from === null ? {} : { from: instantOf(from) }),
        ...(until === null ? {} : { until: instantOf(until) }),
      })),
    addForeignCode: (id, { pin, label, window }) => {
      const made = {
        id: `c${++state.made}`,
        note: label,
        digits: pin,
        from: window ? millisecondsOf(window.from) : null,
        until: window ? millisecondsOf(window.until) : null,
      }
      known(id).codes.push(made)
      return made.id
    },
    setOnline: (id, online) => {
      known(id).online = online
    },
  }
}

function newState(): LatchState {
  const door = (id: string, name: string): LatchDoor => ({ id, name, online: true, codes: [] })
  return { apiKey: goodKey, doors: [door('door-1', 'Street'), door('door-2', 'Flat 3')], made: 0 }
}

function write(state: LatchState, door: LatchDoor, codeId: string | undefined, body: Omit<LatchCode, 'id'>): Response {
  const step = 60_000
  const made = {
    id: codeId ?? `c${++state.made}`,
    note: body.note,
    digits: body.digits,
    from: body.from === null ? null : Math.floor(body.from / step) * step,
    until: body.until === null ? null : Math.ceil(body.until / step) * step,
  }
  const others = door.codes.filter(({ id }) => id !== codeId)
  if (codeId !== undefined && others.length === door.codes.length) return answer(404, {})
  if (!/^[1-9]\d{5}$/.test(made.digits)) return answer(422, { error: 'not-possible' })
  if (others.some(({ digits }) => digits === made.digits)) return answer(422, { error: 'in-use' })
  door.codes = [...others, made]
  return answer(200, { id: made.id })
}

function remove(door: LatchDoor, codeId: string | undefined): Response {
  const left = door.codes.filter(({ id }) => id !== codeId)
  if (left.length === door.codes.length) return answer(404, {})
  door.codes = left
  return answer(200, { removed: true })
}

function answer(status: number, body: unknown): Response {
  return Response.json(body, { status })
}
