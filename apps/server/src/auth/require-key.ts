import type { Request, RequestHandler } from 'express'
import { Problem } from '../problem.ts'
import type { ApiKeys, Caller } from './api-keys.ts'

const callers = new WeakMap<Request, Caller>()

/** Lets a request through only with `Authorization: Bearer sw_…` (or `X-Api-Key`), and remembers whose it is. */
export function requireKey(keys: Pick<ApiKeys, 'verify'>): RequestHandler {
  return async (req, _res, next) => {
    const text = keyIn(req)
    if (text === undefined)
      throw new Problem('key-missing', {
        detail: 'Send "Authorization: Bearer sw_…". Make a key with: stayward key add --tenant <tenant>.',
      })
    const caller = await keys.verify(text)
    if (!caller)
      throw new Problem('key-refused', {
        detail: 'It is mistyped, revoked, or of another hub. See the keys with: stayward key list --tenant <tenant>.',
      })
    callers.set(req, caller)
    next()
  }
}

/** Whose request it is. Only behind `requireKey`. */
export function callerOf(req: Request): Caller {
  const caller = callers.get(req)
  if (!caller) throw new TypeError('this route is not behind requireKey')
  return caller
}

function keyIn(req: Request): string | undefined {
  const [, bearer] = /^Bearer +(\S+)$/i.exec(req.headers.authorization ?? '') ?? []
  const own = req.headers['x-api-key']
  return bearer ?? (typeof own === 'string' && own !== '' ? own : undefined)
}
