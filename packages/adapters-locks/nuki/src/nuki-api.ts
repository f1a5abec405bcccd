import {
  AdapterError,
  type Call,
  type Clock,
  createHttp,
  type HttpAnswer,
  type HttpRequest,
  type Instant,
  unreadable,
} from '@stayward/core/adapter'
import * as z from 'zod'
import { auth, type Auth, keypadCode, lock, type Lock, logRow, type LogRow } from './nuki-shapes.ts'
import { actsFor, lacksPermission, lockGone, subscriptionNeeded, tokenRemedy } from './refusals.ts'

/** The one place the Web API lives at; calls and their sources are in docs/vendors/nuki.md, "Calls". */
export const origin = 'https://api.nuki.io'
export const vendor = 'Nuki'

/**
 * What became of a write that Nuki answered. `done` means queued for sending to the lock, no more. `invalid`: 400, with
 * the parameter where the answer names one. `unable`: 405, this kind of device cannot do it.
 */
export type Written =
  | { readonly is: 'done' | 'absent' | 'conflict' | 'unable' }
  | { readonly is: 'invalid'; readonly parameter?: string }

/** The Web API's own calls. Ids are Nuki's; bodies are Nuki's words. */
export interface NukiApi {
  listLocks(call: Call): Promise<readonly Lock[]>
  readLock(lockId: string, call: Call): Promise<Lock>
  /** Asks Nuki's server to read the lock again. Changes nothing on it. */
  syncLock(lockId: string, call: Call): Promise<void>
  /** Every keypad code of one lock. */
  listCodes(lockId: string, call: Call): Promise<readonly Auth[]>
  /** Every keypad code of every lock. */
  listAllCodes(call: Call): Promise<readonly Auth[]>
  createCode(lockId: string, body: object, call: Call): Promise<Written>
  updateCode(lockId: string, authId: string, body: object, call: Call): Promise<Written>
  deleteCode(lockId: string, authId: string, call: Call): Promise<Written>
  act(lockId: string, action: number, call: Call): Promise<Written>
  /** Newest first, at most 50; `before` is the id of the last row of the page before. */
  readLog(lockId: string, since: Instant, before: string | undefined, call: Call): Promise<readonly LogRow[]>
}

/** Rows of one page of the log. More is silently cut to this. */
export const logPage = 50

export type Send = (request: Omit<HttpRequest, 'headers'>, call: Call) => Promise<HttpAnswer>

/** Requests with the token, and the refusals that mean the same everywhere. */
export function createSend(apiToken: string, fetch: typeof globalThis.fetch, clock: Clock): Send {
  const http = createHttp({ fetch, clock, origin, vendor, authRemedy: tokenRemedy })
  const headers = { accept: 'application/json', authorization: `Bearer ${apiToken}` }
  return async (request, call) => {
    const answer = await http(
      {
        ...request,
        headers: request.body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
        judges: [402, 403, 426, ...(request.judges ?? [])],
      },
      call,
    )
    if (answer.status === 403) throw lacksPermission()
    if (answer.status === 402 || answer.status === 426) throw subscriptionNeeded(answer.status)
    return answer
  }
}

export function createApi(send: Send): NukiApi {
  async function read<T>(path: string, query: string, schema: z.ZodType<T>, call: Call): Promise<T> {
    const answer = await send(
      { method: 'GET', path, effect: 'read', judges: [404, 410], ...(query === '' ? {} : { query }) },
      call,
    )
    if (answer.status >= 400) throw lockGone()
    return answer.as(schema)
  }

  async function write(request: Pick<HttpRequest, 'method' | 'path'>, body: object | undefined, call: Call) {
    const answer = await send(
      {
        ...request,
        effect: 'write',
        judges: [400, 404, 405, 409, 410, 422],
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      },
      call,
    )
    return judged(answer)
  }

  const keypadCodes = (rows: readonly Auth[]) => rows.filter(({ type }) => type === keypadCode)
  const authPath = (lockId: string, authId: string) => `/smartlock/${lockId}/auth/${encodeURIComponent(authId)}`

  return {
    listLocks: (call) => read('/smartlock', '', z.array(lock), call),
    readLock: (lockId, call) => read(`/smartlock/${lockId}`, '', lock, call),
    syncLock: async (lockId, call) => {
      await send({ method: 'POST', path: `/smartlock/${lockId}/sync`, effect: 'read' }, call)
    },
    listCodes: async (lockId, call) =>
      keypadCodes(await read(`/smartlock/${lockId}/auth`, `types=${keypadCode}`, z.array(auth), call)),
    listAllCodes: async (call) =>
      keypadCodes(await read('/smartlock/auth', `types=${keypadCode}`, z.array(auth), call)),
    // PUT creates and POST updates here, against all custom.
    createCode: (lockId, body, call) => write({ method: 'PUT', path: `/smartlock/${lockId}/auth` }, body, call),
    updateCode: (lockId, authId, body, call) => write({ method: 'POST', path: authPath(lockId, authId) }, body, call),
    deleteCode: (lockId, authId, call) => write({ method: 'DELETE', path: authPath(lockId, authId) }, undefined, call),
    act: (lockId, action, call) => write({ method: 'POST', path: `/smartlock/${lockId}/action` }, { action }, call),
    readLog: (lockId, since, before, call) => {
      const query = new URLSearchParams({ limit: String(logPage), fromDate: since })
      if (before !== undefined) query.set('id', before)
      return read(`/smartlock/${lockId}/log`, query.toString(), z.array(logRow), call)
    },
  }
}

/** A yes has no body. Anything else behind a 2xx is not Nuki speaking. */
function judged({ status, text }: HttpAnswer): Written {
  switch (status) {
    case 400:
      return invalid(text)
    case 404:
    case 410:
      return { is: 'absent' }
    case 405:
      return { is: 'unable' }
    case 409:
      return { is: 'conflict' }
    case 422:
      throw new AdapterError('refused', `${vendor} understood a request and cannot do it (422).`, {
        remedy: actsFor('Try the same in Nuki Web: it says what is wrong with this lock.'),
      })
    default:
      if (text.trim() === '') return { is: 'done' }
      throw unreadable(vendor, { effect: 'write' }, `${status} with a body where none belongs`)
  }
}

/** The refused parameter, if it is one that we send; the rest of the sentence may hold the PIN or a name. */
function invalid(text: string): Written {
  const [, parameter] =
    /parameter\W{1,4}(code|name|type|enabled|remoteAllowed|allowed[A-Z][A-Za-z]{3,20})\b/.exec(text) ?? []
  return { is: 'invalid', ...(parameter === undefined ? {} : { parameter }) }
}
