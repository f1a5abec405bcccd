import { type Call, type HttpRequest, unreadable } from '@stayward/core/adapter'
import * as z from 'zod'
import {
  channel,
  envelope,
  type Info,
  info,
  listing,
  type LogEvent,
  logPage,
  outcomes,
  status,
  type Switch,
  switches,
  type Template,
  templates,
  type User,
} from './2n-shapes.ts'
import { directoryReset, refusalOf, type Service, vendor } from './refusals.ts'
import type { Send } from './sign-in.ts'

/** What the device answered to a request: done, or refused with its own number. */
export type Answer<T> = { readonly is: 'done'; readonly value: T } | { readonly is: 'refused'; readonly number: number }

/** What became of one entry. `exists` and `absent` are about its uuid, `invalid` about one of its fields. */
export type Stored =
  | { readonly is: 'stored' | 'exists' | 'absent' }
  | { readonly is: 'invalid'; readonly field?: string }

export type Entry = Readonly<Record<string, unknown>>

export interface Directory {
  readonly series: string
  readonly template: Template
}

/** The device's own calls (docs/vendors/2n.md, "Calls"). */
export interface TwoNApi {
  info(call: Call): Promise<Info>
  /** Unix seconds by the device's clock. */
  clock(call: Call): Promise<number>
  directory(call: Call): Promise<Directory>
  /** Every entry that is there now. */
  listUsers(series: string, call: Call): Promise<readonly User[]>
  readUser(uuid: string, call: Call): Promise<User | undefined>
  /** With `force` an entry of the same uuid is replaced, and what is not given is reset. */
  create(entry: Entry, force: boolean, call: Call): Promise<Stored>
  /** Only what is given changes. */
  update(entry: Entry, call: Call): Promise<Stored>
  remove(uuid: string, call: Call): Promise<Stored>
  switches(call: Call): Promise<Answer<readonly Switch[]>>
  trigger(number: number, call: Call): Promise<Answer<unknown>>
  /** Whether the log may be read at all. */
  logKinds(call: Call): Promise<Answer<unknown>>
  /** Makes a channel that begins with the events of the last so many seconds, and gives its number. */
  subscribe(seconds: number, call: Call): Promise<number>
  /** What the channel holds, at most `logPageSize` events; never waits. */
  pull(channel: number, call: Call): Promise<readonly LogEvent[]>
  unsubscribe(channel: number, call: Call): Promise<void>
}

export const logPageSize = 128

/** Seconds that a channel lives without being pulled: it is emptied at once, and a forgotten one goes by itself. */
const channelLives = 30
const events = ['CodeEntered', 'UserAuthenticated', 'UserRejected']

/** Named one by one: all of them would bring photographs. Array elements are asked for in both spellings. */
const fields = [
  'name',
  'owner',
  'access.validFrom',
  'access.validTo',
  'access.pin',
  'access.code',
  ...[0, 1, 2, 3].map((slot) => `access.code[${slot}]`),
  'access.accessPoints[0].enabled',
  'access.accessPoints[0].profiles',
]

export function createApi(send: Send): TwoNApi {
  async function ask<T>(
    service: Service,
    request: Pick<HttpRequest, 'method' | 'path' | 'query' | 'effect'>,
    schema: z.ZodType<T>,
    call: Call,
    body?: object,
  ): Promise<Answer<T>> {
    const answer = await send({ ...request, ...(body ? { body: JSON.stringify(body) } : {}) }, call)
    const { success, result, error } = answer.as(envelope)
    if (!success) {
      if (!error) throw unreadable(vendor, request, 'a refusal without its number')
      return { is: 'refused', number: error.code }
    }
    const parsed = schema.safeParse(result)
    if (parsed.success) return { is: 'done', value: parsed.data }
    const where = parsed.error.issues.map(({ path }) => path.join('.') || '(result)')
    throw unreadable(vendor, request, `with an unexpected shape at ${where.slice(0, 5).join(', ')}`)
  }

  async function must<T>(
    service: Service,
    request: Parameters<typeof ask>[1],
    schema: z.ZodType<T>,
    call: Call,
    body?: object,
  ): Promise<T> {
    const answer = await ask(service, request, schema, call, body)
    if (answer.is === 'refused') throw refusalOf(answer.number, service, request.effect)
    return answer.value
  }

  const get = (path: string, query?: string) =>
    ({ method: 'GET', path: `/api/${path}`, effect: 'read', ...(query === undefined ? {} : { query }) }) as const
  const search = (path: string) => ({ method: 'POST', path: `/api/dir/${path}`, effect: 'read' }) as const
  // PUT for all three; other verbs are refused.
  const write = (path: string) => ({ method: 'PUT', path: `/api/dir/${path}`, effect: 'write' }) as const

  async function change(path: string, uuid: string, body: object, call: Call): Promise<Stored> {
    const { users } = await must('system', write(path), outcomes, call, body)
    const mine = users.find((one) => one.uuid?.toUpperCase() === uuid) ?? (users.length === 1 ? users[0] : undefined)
    if (!mine) throw unreadable(vendor, { effect: 'write' }, 'without a word on the entry')
    const [error] = mine.errors ?? []
    return error ? storedOf(error.code, error.field) : { is: 'stored' }
  }

  return {
    info: (call) => must('system', get('system/info'), info, call),
    clock: async (call) => (await must('system', get('system/status'), status, call)).systemTime,
    directory: async (call) => {
      const { series, users } = await must('system', get('dir/template'), templates, call)
      return { series, template: users[0] ?? {} }
    },
    listUsers: async (series, call) => {
      const body = { series, fields, iterator: { timestamp: 0 } }
      const found = await must('system', search('query'), listing, call, body)
      // Half a directory, or another one, would look like codes that are gone.
      if (found.invalid || found.iterator?.invalid || (found.series != null && found.series !== series))
        throw directoryReset()
      return found.users.filter(({ deleted }) => deleted !== true)
    },
    readUser: async (uuid, call) => {
      const { users } = await must('system', search('get'), listing, call, { fields, users: [{ uuid }] })
      return users.find((one) => one.uuid.toUpperCase() === uuid)
    },
    // `force` first: firmware before 2.45 reads in order, and did not see it behind the users.
    create: (entry, force, call) => change('create', uuidIn(entry), { force, users: [entry] }, call),
    update: (entry, call) => change('update', uuidIn(entry), { users: [entry] }, call),
    // Always by uuid: `owner` in its place would empty the directory of everything that owner has.
    remove: (uuid, call) => change('delete', uuid, { users: [{ uuid }] }, call),

    switches: async (call) => {
      const answer = await ask('switch', get('switch/caps'), switches, call)
      return answer.is === 'done' ? { is: 'done', value: answer.value.switches } : answer
    },
    trigger: (number, call) =>
      ask('switch', { ...get('switch/ctrl', `switch=${number}&action=trigger`), effect: 'write' }, z.unknown(), call),

    logKinds: (call) => ask('log', get('log/caps'), z.unknown(), call),
    subscribe: async (seconds, call) => {
      const query = `include=-${seconds}&duration=${channelLives}&filter=${events.join(',')}`
      return (await must('log', get('log/subscribe', query), channel, call)).id
    },
    pull: async (id, call) => (await must('log', get('log/pull', `id=${id}&timeout=0`), logPage, call)).events,
    unsubscribe: async (id, call) => void (await ask('log', get('log/unsubscribe', `id=${id}`), z.unknown(), call)),
  }
}

function storedOf(code: string, field: string | null | undefined): Stored {
  if (code === 'EDIR_UUID_ALREADY_EXISTS') return { is: 'exists' }
  if (code === 'EDIR_UUID_DOES_NOT_EXIST') return { is: 'absent' }
  // Only what looks like a field's name: the rest of an answer may quote what was sent.
  const named = field != null && /^[A-Za-z][A-Za-z0-9.[\]]{0,40}$/.test(field) ? { field } : {}
  return { is: 'invalid', ...named }
}

const uuidIn = ({ uuid }: Entry) => (typeof uuid === 'string' ? uuid : '')
