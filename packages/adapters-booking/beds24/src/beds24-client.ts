import {
  AdapterError,
  type Call,
  type Clock,
  createHttp,
  type HttpAnswer,
  type HttpRequest,
  type Vault,
} from '@stayward/core/adapter'
import * as z from 'zod'
import type { Beds24Config } from './config.ts'
import { creditsAgainAt } from './credits.ts'
import { apiPage, createSession } from './session.ts'
import { version } from './version.ts'

export interface ClientContext {
  readonly config: Beds24Config
  readonly fetch: typeof globalThis.fetch
  readonly clock: Clock
  readonly vault?: Vault
}

export interface Request extends Omit<HttpRequest, 'headers'> {
  /** The right that it needs: `read:bookings`. */
  readonly scope?: string
}

export type Client = (request: Request, call: Call) => Promise<HttpAnswer>

const again = "The hub tries again by itself. If it lasts, look at Beds24's status page."

/** What a token is allowed, as `/authentication/details` tells it. */
export const detailsSchema = z.object({
  validToken: z.boolean(),
  token: z
    .object({
      ownerId: z.union([z.int().positive(), z.string().regex(/^\d{1,15}$/)]).transform(String),
      scopes: z.array(z.string()),
      linkedProperties: z.boolean().optional().catch(undefined),
      onlyPropertyId: z.union([z.number(), z.string()]).nullish().catch(undefined),
      whiteListOnly: z.boolean().optional().catch(undefined),
    })
    .optional(),
})

/** Requests to `/v2` with this account's token. Paths are without the version. */
export function createClient({ config, fetch, clock, vault }: ClientContext): Client {
  const plain = createHttp({
    fetch,
    clock,
    origin: 'https://api.beds24.com',
    vendor: 'Beds24',
    authRemedy: `See at ${apiPage} whether the token is there and whether an IP white list keeps this server out.`,
  })
  const http: typeof plain = async ({ headers, path, judges = [], ...request }, call) => {
    const common = { Accept: 'application/json', 'User-Agent': `Stayward/${version}`, ...headers }
    const answer = await plain({ ...request, path: `/v2${path}`, headers: common, judges: [429, ...judges] }, call)
    if (answer.status !== 429) return answer
    const retryAt = creditsAgainAt(answer.headers, clock.now())
    throw new AdapterError('rate-limited', "The account's credits at Beds24 are used up (429).", {
      remedy: `${again} Other programs with access to the account spend the same credits.`,
      retryAt,
    })
  }
  const session = createSession({ http, config, clock, ...(vault ? { vault } : {}) })

  const isRefused = ({ path }: Request, answer: HttpAnswer) =>
    answer.status === 401 || (path === '/authentication/details' && !answer.as(detailsSchema).validToken)

  return async ({ scope, ...request }, call) => {
    const ask = (token: string) => {
      const headers = { token, ...(request.body === undefined ? {} : { 'Content-Type': 'application/json' }) }
      return http({ ...request, headers, judges: [401, ...(request.judges ?? [])] }, call)
    }
    const token = await session.token(call)
    if (token === undefined) throw tokenRefused()
    const answer = await ask(token)
    if (!isRefused(request, answer)) return answer
    // A token may have been revoked before its time: one fresh one, and no more (docs/vendors/beds24.md, sign-in).
    const other = await session.token(call, token)
    const second = other === undefined ? answer : await ask(other)
    if (!isRefused(request, second)) return second
    throw await whyRefused(other ?? token, scope)

    /** A missing right looks exactly like a dead token, so Beds24 is asked which it is. */
    async function whyRefused(refused: string, needed: string | undefined): Promise<AdapterError> {
      if (needed === undefined) return tokenRefused()
      const details = await http(
        { method: 'GET', path: '/authentication/details', headers: { token: refused }, effect: 'read', judges: [401] },
        call,
      )
      if (details.status === 401) return tokenRefused()
      const { validToken, token: rights } = details.as(detailsSchema)
      if (!validToken || !rights || mayDo(rights.scopes, needed)) return tokenRefused()
      return new AdapterError('refused', `The credentials work, but Beds24 does not allow them ${needed} (401).`, {
        remedy: `Rights cannot be added later: make a new invite code with ${needed} at ${apiPage} and enter it in this connection.`,
      })
    }
  }
}

/** Whether these rights include one. `all:bookings` is every method. */
export function mayDo(scopes: readonly string[], needed: string): boolean {
  const [, resource = ''] = needed.split(':')
  return scopes.includes(needed) || scopes.includes(`all:${resource}`)
}

function tokenRefused(): AdapterError {
  return new AdapterError('auth', 'Beds24 refused the token (401), also a fresh one.', {
    remedy: `Make a new invite code at ${apiPage} and enter it in this connection within 24 hours.`,
  })
}
