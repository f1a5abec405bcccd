import { type Entry, firmwareOf, knownFields, type StoredUser, type TwoNState } from './2n-state.ts'

interface EntryError {
  readonly code: string
  readonly field?: string
}

/** A refusal of a whole request, by the device's number. */
export class Refused extends Error {
  readonly number: number
  constructor(number: number) {
    super(`refused with ${number}`)
    this.number = number
  }
}

const uuidShape = /^[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}$/

export function create(state: TwoNState, body: Entry): object {
  const users = usersIn(body)
  const names = Object.keys(body)
  const { major, minor } = firmwareOf(state)
  const readsInOrder = major < 2 || (major === 2 && minor < 45)
  const isForced = body['force'] === true && !(readsInOrder && names.indexOf('force') > names.indexOf('users'))
  return each(state, users, (given) => {
    const uuid = given['uuid'] ?? `F0F0F0F0-0000-4000-8000-${String(state.nextId++).padStart(12, '0')}`
    if (typeof uuid !== 'string' || !uuidShape.test(uuid)) return fault('EDIR_FIELD_VALUE_ERROR', 'uuid')
    const there = state.users.find((one) => one.uuid === uuid)
    if (there && !isForced && (!there.deleted || state.tombstonesBlock)) return fault('EDIR_UUID_ALREADY_EXISTS')
    const wrong = faultIn(given, state.template, knownFields)
    if (wrong) return wrong
    const made = merged(state.template, given)
    state.users = state.users.filter((one) => one !== there)
    return keep(state, { ...made, uuid, deleted: false, timestamp: 0 })
  })
}

export function update(state: TwoNState, body: Entry): object {
  return each(state, usersIn(body), (given) => {
    const there = existing(state, given)
    if ('errors' in there) return there
    const wrong = faultIn(given, state.template, knownFields) // all or nothing
    if (wrong) return wrong
    Object.assign(there, merged(there, given), { uuid: there.uuid })
    return touch(state, there)
  })
}

/** By uuid, or everything of one owner. */
export function remove(state: TwoNState, body: Entry): object {
  const { owner } = body
  const asked =
    typeof owner === 'string'
      ? state.users.filter((one) => one['owner'] === owner && !one.deleted).map(({ uuid }) => ({ uuid }))
      : usersIn(body)
  return each(state, asked, (given) => {
    const there = existing(state, given)
    if ('errors' in there) return there
    for (const name of Object.keys(there)) if (name !== 'uuid') delete there[name]
    return touch(state, Object.assign(there, { deleted: true, timestamp: 0 }))
  })
}

export function query(state: TwoNState, body: Entry): object {
  const { series, iterator } = body
  if (series !== undefined && series !== state.series)
    return { series: state.series, invalid: true, iterator: { timestamp: state.timestamp }, users: [] }
  const after = typeof iterator === 'object' && iterator !== null && 'timestamp' in iterator ? iterator.timestamp : 0
  const users = state.users.filter(({ timestamp }) => timestamp > Number(after))
  return { series: state.series, users: users.map((one) => shown(one, state.template, body['fields'])) }
}

export function get(state: TwoNState, body: Entry): object {
  const users = usersIn(body).map((given) => {
    const there = state.users.find(({ uuid }) => uuid === given['uuid'])
    if (there) return shown(there, state.template, body['fields'])
    return { uuid: given['uuid'], ...fault('EDIR_UUID_DOES_NOT_EXIST') }
  })
  return { series: state.series, users }
}

function usersIn({ users }: Entry): Entry[] {
  if (!Array.isArray(users)) throw new Refused(11)
  return users as Entry[] // a list of JSON objects, judged one by one
}

function each(
  state: TwoNState,
  users: readonly Entry[],
  act: (given: Entry) => StoredUser | { errors: EntryError[] },
): object {
  const results = users.map((given) => {
    const done = act(given)
    if ('errors' in done) return { ...(given['uuid'] === undefined ? {} : { uuid: given['uuid'] }), ...done }
    return { uuid: done.uuid, timestamp: done.timestamp }
  })
  return { series: state.series, users: results }
}

function existing(state: TwoNState, { uuid }: Entry): StoredUser | { errors: EntryError[] } {
  if (uuid === undefined) return fault('EDIR_UUID_IS_MISSING')
  if (typeof uuid !== 'string' || !uuidShape.test(uuid)) return fault('EDIR_UUID_INVALID_FORMAT')
  return state.users.find((one) => one.uuid === uuid && !one.deleted) ?? fault('EDIR_UUID_DOES_NOT_EXIST')
}

export function keep(state: TwoNState, user: StoredUser): StoredUser {
  state.users.push(user)
  return touch(state, user)
}

export function touch(state: TwoNState, user: StoredUser): StoredUser {
  user.timestamp = ++state.timestamp
  return user
}

const fault = (code: string, field?: string) => ({ errors: [{ code, ...(field === undefined ? {} : { field }) }] })

const isObject = (value: unknown): value is Entry =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A field nobody knows, one that this model lacks, or a value of the wrong kind; the first of them. */
function faultIn(given: Entry, template: Entry, known: Entry, at = ''): { errors: EntryError[] } | undefined {
  for (const [name, value] of Object.entries(given)) {
    const field = `${at}${name}`
    if (!(name in known)) return fault('EDIR_FIELD_NAME_UNKNOWN', field)
    if (!(name in template)) return fault('EDIR_FIELD_NOT_AVAILABLE', field)
    const like = template[name]
    if (isObject(like)) {
      if (!isObject(value)) return fault('EDIR_FIELD_VALUE_ERROR', field)
      const within = faultIn(value, like, isObject(known[name]) ? known[name] : {}, `${field}.`)
      if (within) return within
    } else if (Array.isArray(like) ? !isListLike(value, like, field) : !isValue(value, like, field))
      return fault('EDIR_FIELD_VALUE_ERROR', field)
  }
  const { validFrom = '0', validTo = '0' } = given
  if (Number(validFrom) > 0 && Number(validTo) > 0 && Number(validTo) <= Number(validFrom))
    return fault('EDIR_FIELD_VALUE_ERROR', `${at}validTo`)
  return undefined
}

function isListLike(value: unknown, like: readonly unknown[], field: string): boolean {
  if (!Array.isArray(value) || value.length !== like.length) return false
  return value.every((element: unknown, index) => {
    const model = like[index]
    if (isObject(model)) return isObject(element) && !faultIn(element, model, model)
    return isValue(element, model, field)
  })
}

/** Everything is text but flags; numbers are refused where text belongs. */
function isValue(value: unknown, like: unknown, field: string): boolean {
  if (typeof value !== typeof like) return false
  if (typeof value !== 'string') return true
  if (field === 'name') return value.length <= 63
  if (/valid(?:From|To)$/.test(field)) return /^\d{1,12}$/.test(value)
  if (field === 'access.pin') return /^(?:\d{2,15})?$/.test(value)
  if (field === 'access.code') return /^(?:\d{2,16})?$/.test(value)
  return true
}

/** `given` over `base`; objects field by field, lists as a whole. */
function merged(base: Entry, given: Entry): Entry {
  const result: Entry = structuredClone(base)
  for (const [name, value] of Object.entries(given)) {
    const before = result[name]
    result[name] = isObject(value) && isObject(before) ? merged(before, value) : structuredClone(value)
  }
  return result
}

/** What a reader gets of an entry: named fields, all (`[]`), or those that are not as by default (none named). */
function shown(user: StoredUser, template: Entry, fields: unknown): Entry {
  const { uuid, timestamp } = user
  const always = { uuid, timestamp, ...(user.deleted ? { deleted: true } : {}) }
  if (user.deleted) return always
  if (!Array.isArray(fields)) return { ...differing(user, template), ...always }
  if (fields.length === 0) return { ...structuredClone(user), ...always }
  const result: Entry = {}
  for (const field of fields as unknown[]) if (typeof field === 'string') pick(user, field, result)
  return { ...result, ...always }
}

function differing(user: Entry, template: Entry): Entry {
  return Object.fromEntries(
    Object.entries(user).flatMap(([name, value]) => {
      const like = template[name]
      if (isObject(value) && isObject(like)) {
        const inner = differing(value, like)
        return Object.keys(inner).length === 0 ? [] : [[name, inner]]
      }
      return JSON.stringify(value) === JSON.stringify(like) ? [] : [[name, value]]
    }),
  )
}

/** `access.pin`, `access.accessPoints[0].enabled`; names that are unknown are passed over. */
function pick(from: Entry, field: string, into: Entry): void {
  const [, name = '', index, rest] = /^(\w+)(?:\[(\d+)\])?(?:\.(.+))?$/.exec(field) ?? []
  const value = from[name]
  if (value === undefined) return
  if (index !== undefined) {
    if (!Array.isArray(value) || !(Number(index) in value)) return
    const list = (Array.isArray(into[name]) ? into[name] : (into[name] = [])) as unknown[] // a list either way
    for (let fill = list.length; fill <= Number(index); fill += 1) list[fill] = null
    const element: unknown = value[Number(index)]
    if (rest === undefined || !isObject(element)) list[Number(index)] = structuredClone(element)
    else {
      const place = isObject(list[Number(index)]) ? (list[Number(index)] as Entry) : {} // an object, as tested
      pick(element, rest, place)
      list[Number(index)] = place
    }
  } else if (rest === undefined || !isObject(value)) into[name] = structuredClone(value)
  else {
    const place = isObject(into[name]) ? into[name] : {}
    pick(value, rest, place)
    into[name] = place
  }
}
