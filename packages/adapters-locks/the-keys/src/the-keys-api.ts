import {
  AdapterError,
  type Call,
  type Clock,
  createHttp,
  type HttpAnswer,
  type HttpRequest,
  inTurn,
  plus,
  unreadable,
} from '@stayward/core/adapter'
import type * as z from 'zod'
import type { Config } from './config.ts'
import type { KeypadAddress } from './device-id.ts'
import { createSession, type Token } from './session.ts'
import {
  account,
  created,
  envelope,
  type KeypadShare,
  keypadShares,
  signedIn,
  type TheKeysAccount,
} from './the-keys-shapes.ts'

/** The one place the cloud lives at; paths and their sources are in docs/vendors/the-keys.md, "Calls". */
export const origin = 'https://api.the-keys.fr'
const api = '/fr/api/v2'
export const vendor = 'The Keys'

const authRemedy =
  'Check the phone number (with its +) and the password of this connection by signing in to the The Keys app with them, ' +
  'correct the connection, then test it.'
const again = `The hub tries again by itself. If it lasts, try the The Keys app: it uses the same cloud.`

/** `absent`: the cloud does not know the thing, or does not show it to this account. Nothing was stored then. */
export type Refused = { readonly is: 'absent' } | { readonly is: 'invalid' | 'conflict'; readonly message: string }
export type Stored = { readonly is: 'stored'; readonly id?: string; readonly pin?: string } | Refused

/** The cloud's own calls. Forms are already encoded; ids are the cloud's. */
export interface TheKeysApi {
  readAccount(call: Call): Promise<TheKeysAccount>
  /** Every keypad code of a lock, whichever of its keypads holds it. */
  listCodes(lockId: string, call: Call): Promise<readonly KeypadShare[]>
  createCode(keypad: KeypadAddress, form: string, call: Call): Promise<Stored>
  /** `unsure`: the cloud said yes and showed nothing, as it also does for a code it does not know. */
  updateCode(
    id: string,
    form: string,
    call: Call,
  ): Promise<{ readonly is: 'stored' } | { readonly is: 'unsure' } | Refused>
  deleteCode(id: string, call: Call): Promise<{ readonly is: 'deleted' } | Refused>
}

type Request = Pick<HttpRequest, 'method' | 'path' | 'query' | 'body' | 'effect'>
type Verdict = { readonly is: 'done'; readonly data: unknown } | Refused

export function createApi({ username, password }: Config, fetch: typeof globalThis.fetch, clock: Clock): TheKeysApi {
  const http = createHttp({ fetch, clock, origin, vendor, authRemedy })
  const turn = inTurn() // the cloud was only ever seen with one request at a time (docs/vendors/the-keys.md, "Limits")
  const session = createSession((call) => turn(() => signIn(call), call.signal), clock)

  async function signIn(call: Call): Promise<Token> {
    const answer = await http(
      {
        method: 'POST',
        path: '/api/login_check',
        headers: formHeaders,
        body: new URLSearchParams({ _username: username, _password: password }).toString(),
        effect: 'read', // signing in twice does no harm
        judges: [400, 404, 405, 410, 422],
      },
      call,
    )
    if (answer.status === 400 || answer.status === 422) throw rejected()
    if (answer.status !== 200) throw unreadable(vendor, { effect: 'read' }, `the sign-in with ${answer.status}`)
    const { token, access_token, expires_in } = answer.as(signedIn)
    const value = token || access_token
    if (!value) throw rejected()
    return { value, expiresIn: expires_in }
  }

  /** Asks with the token at hand; a token that the cloud no longer takes is replaced once. */
  async function ask(request: Request, call: Call): Promise<Verdict> {
    for (const last of [false, true]) {
      const token = await session.token(call)
      const verdict = await turn(async () => judged(request, await http(withToken(request, token), call)), call.signal)
      if (verdict !== 'unauthorized') return verdict
      session.forget(token)
      if (last) break
    }
    throw rejected()
  }

  function judged(request: Request, answer: HttpAnswer): Verdict | 'unauthorized' {
    if (answer.status >= 300) return verdictOf(request, answer.status, undefined, messageIn(parsed(answer.text)))
    const { status, data, message } = answer.as(envelope)
    return verdictOf(request, status, data, messageIn(message))
  }

  function verdictOf({ effect }: Request, status: number, data: unknown, message: string): Verdict | 'unauthorized' {
    if (status === 200) return { is: 'done', data }
    if (status === 401) return 'unauthorized'
    if (status === 403) throw notAllowed()
    if (status === 404 || status === 410) return { is: 'absent' }
    if (status === 409) return { is: 'conflict', message }
    const said = `${vendor} answered ${status}.`
    if (status === 423 || status === 429)
      throw new AdapterError('rate-limited', said, { remedy: again, retryAt: plus(clock.now(), 60_000) })
    if (status >= 500 && status < 600)
      throw new AdapterError(effect === 'write' ? 'outcome-unknown' : 'unreachable', said, { remedy: again })
    if (status >= 400 && status < 500) return { is: 'invalid', message }
    throw unreadable(vendor, { effect }, `with the unknown status ${status}`)
  }

  return {
    readAccount: async (call) => {
      const path = `${api}/utilisateur/get/${encodeURIComponent(username)}`
      const data = dataOf(await ask(read(path), call))
      if (data === null)
        throw unreadable(vendor, { effect: 'read' }, 'that it does not know the account it has just signed in')
      return shaped(account, data)
    },
    listCodes: async (lockId, call) => {
      const data = dataOf(await ask(read(`${api}/partage/all/serrure/${lockId}`), call))
      if (data === null) throw lockGone(lockId)
      return shaped(keypadShares, data)
    },
    createCode: async ({ lockId, keypadId }, form, call) => {
      const path = `${api}/partage/create/${lockId}/accessoire/${encodeURIComponent(keypadId)}`
      const verdict = await ask(write(path, form), call)
      if (verdict.is !== 'done') return verdict
      if (verdict.data === null) return { is: 'absent' }
      const { id, code } = created.safeParse(verdict.data).data ?? {}
      return { is: 'stored', ...(id ? { id } : {}), ...(code ? { pin: code } : {}) }
    },
    updateCode: async (id, form, call) => {
      const verdict = await ask(write(`${api}/partage/accessoire/update/${encodeURIComponent(id)}`, form), call)
      if (verdict.is !== 'done') return verdict
      return { is: verdict.data === null || verdict.data === undefined ? 'unsure' : 'stored' }
    },
    deleteCode: async (id, call) => {
      const verdict = await ask(write(`${api}/partage/accessoire/delete/${encodeURIComponent(id)}`), call)
      return verdict.is === 'done' ? { is: 'deleted' } : verdict
    },
  }
}

const formHeaders = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' }

function withToken(request: Request, token: string): HttpRequest {
  const headers = { accept: 'application/json', authorization: `Bearer ${token}` }
  return {
    ...request,
    headers: request.body === undefined ? headers : { ...formHeaders, ...headers },
    judges: [400, 401, 403, 404, 409, 410, 422],
  }
}

function read(path: string): Request {
  return { method: 'GET', path, query: '_format=json', effect: 'read' }
}

/** Every write is a POST of a form, deleting included. */
function write(path: string, form?: string): Request {
  return { method: 'POST', path, effect: 'write', ...(form === undefined ? {} : { body: form }) }
}

/** What a read brought; `null` for what the cloud does not know or does not show to this account. */
function dataOf(verdict: Verdict): unknown {
  if (verdict.is === 'done') return verdict.data ?? null
  if (verdict.is === 'absent') return null
  throw new AdapterError('refused', `${vendor} refused to answer a plain question.`, {
    remedy: `Open the lock in the The Keys app with this account. If that works, ${vendor} has changed its interface: look for a newer version of this adapter.`,
  })
}

function shaped<T>(schema: z.ZodType<T>, data: unknown): T {
  const result = schema.safeParse(data)
  if (result.success) return result.data
  const where = result.error.issues.map(({ path }) => ['data', ...path].join('.'))
  throw unreadable(vendor, { effect: 'read' }, `200 with an unexpected shape at ${where.slice(0, 5).join(', ')}`)
}

/** The cloud's own words on a refusal, from wherever in `message` they stand: its shape was never seen filled. */
function messageIn(value: unknown, depth = 0): string {
  if (typeof value === 'string') return value.trim()
  if (typeof value !== 'object' || value === null || depth > 4) return ''
  return Object.values(value)
    .map((part) => messageIn(part, depth + 1))
    .filter((part) => part !== '')
    .join(' ')
}

/** The `message` of an answer that may as well be HTML. */
function parsed(text: string): unknown {
  try {
    const body: unknown = JSON.parse(text)
    return typeof body === 'object' && body !== null && 'message' in body ? body.message : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined // a page, not an answer: its status has said enough
    throw error
  }
}

function rejected(): AdapterError {
  return new AdapterError('auth', `${vendor} does not accept the phone number and password of this connection.`, {
    remedy: authRemedy,
  })
}

function notAllowed(): AdapterError {
  return new AdapterError('auth', `${vendor} does not let this account see or change this lock.`, {
    remedy:
      'In the The Keys app, make the account of this connection an administrator of the lock, then test the connection.',
  })
}

export function lockGone(lockId: string): AdapterError {
  return new AdapterError('gone', `${vendor} knows no lock ${lockId}, or does not show it to this account.`, {
    remedy:
      'Check that the lock is still in the The Keys app of this account and that the account administers it. ' +
      'Then list the devices of this connection and give the door the id shown there.',
  })
}
