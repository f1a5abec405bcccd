import {
  AdapterError,
  type Call,
  type Clock,
  createHttp,
  type HttpAnswer,
  type HttpRequest,
} from '@stayward/core/adapter'
import * as z from 'zod'
import { version } from './version.ts'

export interface ClientContext {
  readonly config: { readonly accessToken: string }
  readonly fetch: typeof globalThis.fetch
  readonly clock: Clock
}

export interface Client {
  (request: Omit<HttpRequest, 'headers'>, call: Call): Promise<HttpAnswer>
  /** The day Hospitable ends what was called, as it last announced it: `Sat, 01 May 2027 00:00:00 GMT`. */
  sunset(): string | undefined
}

const tokensPage = 'my.hospitable.com → Apps → API access → Access tokens'

/** Requests to `/v2` with this account's token. Paths are without the version. */
export function createClient({ config, fetch, clock }: ClientContext): Client {
  const http = createHttp({
    fetch,
    clock,
    origin: 'https://public.api.hospitable.com',
    vendor: 'Hospitable',
    // Reads of a conversation carry both; the plain one is the nearer to what Hospitable wants.
    retryHeaders: ['retry-after', 'x-ratelimit-reset'],
    authRemedy: `See at ${tokensPage} whether the token is there.`,
  })
  let announced: string | undefined

  const send = async (request: Omit<HttpRequest, 'headers'>, call: Call) => {
    const headers = {
      Accept: 'application/json', // without it an error may come as a page or a redirect
      'Content-Type': 'application/json',
      'User-Agent': `Stayward/${version}`,
      Authorization: `Bearer ${config.accessToken}`,
    }
    const { path, judges = [] } = request
    const answer = await http({ ...request, path: `/v2${path}`, headers, judges: [401, 403, ...judges] }, call)
    if (answer.status === 401) throw unauthenticated()
    if (answer.status === 403) throw forbidden(answer, request.effect)
    announced = printable(answer.headers.get('sunset')) ?? announced
    return answer
  }
  return Object.assign(send, { sunset: () => announced })
}

function unauthenticated(): AdapterError {
  return new AdapterError('auth', 'Hospitable refused the access token (401): it is wrong, revoked or a year old.', {
    remedy: `Make a new token with Read and Write at ${tokensPage} and enter it in this connection.`,
  })
}

const refusal = z.object({ reason_phrase: z.string() })

/** A right that the token lacks is no reason to doubt the token: everything else goes on working with it. */
function forbidden(answer: HttpAnswer, effect: HttpRequest['effect']): AdapterError {
  if (/scope/i.test(reasonIn(answer.text) ?? ''))
    return new AdapterError(
      'refused',
      `The access token works, but it may not ${effect === 'write' ? 'write to guests' : 'read this'} (403).`,
      { remedy: `Make a new token with Read and Write at ${tokensPage} and enter it in this connection.` },
    )
  return new AdapterError('auth', 'Hospitable refused the account (403).', {
    remedy:
      'See in Hospitable whether the plan of the account includes API access (Essentials does not) and whether it is ' +
      'paid. If so, ask Hospitable support.',
  })
}

function reasonIn(text: string): string | undefined {
  try {
    return refusal.safeParse(JSON.parse(text)).data?.reason_phrase
  } catch {
    return undefined // a page instead of JSON gives no reason
  }
}

/** A header becomes part of a warning that people read. */
function printable(value: string | null): string | undefined {
  return value !== null && /^[\w ,:+-]{4,40}$/.test(value) ? value : undefined
}
