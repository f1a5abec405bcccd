import {
  AdapterError,
  type Call,
  type Clock,
  createHttp,
  type Entropy,
  type HttpAnswer,
  type HttpRequest,
  type Instant,
  millisecondsOf,
  plus,
  retryAfter,
  uuidOf,
} from '@stayward/core/adapter'
import { signedHeaders } from './signing.ts'
import { version } from './version.ts'

export interface Credentials {
  readonly apiKey: string
  readonly apiSecret?: string
}

export interface ClientContext {
  readonly config: Credentials
  readonly fetch: typeof globalThis.fetch
  readonly clock: Clock
  readonly entropy: Entropy
}

export type Client = (request: Omit<HttpRequest, 'headers'>, call: Call) => Promise<HttpAnswer>

const keysPage = 'Smoobu → Settings → Advanced → API Keys'
const refusedRemedy =
  `Compare key and secret with ${keysPage}; "Regenerate Secret" makes a new secret for the same key. ` +
  'Then enter both in this connection and test it.'
const blockedRemedy =
  'See in Smoobu whether the account has the Professional plan, which API access needs. If it has, ask Smoobu support ' +
  'whether their firewall refuses this server.'

/** Past this, milliseconds, a refused signature is put down to the clock. Smoobu names no tolerance. */
const skewTold = 30_000
/** Smoobu counts requests per minute, so a window's end further away is a misread or a wrong clock. Milliseconds. */
const longestWindow = 90_000

/** Requests with this account's credentials: signed when there is a secret, with the plain key when there is none. */
export function createClient({ config, fetch, clock, entropy }: ClientContext): Client {
  const { apiKey, apiSecret } = config
  const http = createHttp({
    fetch,
    clock,
    origin: 'https://login.smoobu.com',
    vendor: 'Smoobu',
    authRemedy: blockedRemedy,
  })

  const credentials = ({ method, path, query = '', body = '' }: Omit<HttpRequest, 'headers'>) => {
    if (apiSecret === undefined) return { 'Api-Key': apiKey }
    const timestamp = `${clock.now().slice(0, 19)}Z`
    return signedHeaders({ method, path, query, body, timestamp, nonce: uuidOf(entropy), apiKey }, apiSecret)
  }

  return async (request, call) => {
    const headers = {
      Accept: 'application/json',
      'Cache-Control': 'no-cache',
      'Content-Type': 'application/json',
      'User-Agent': `Stayward/${version}`,
      ...credentials(request),
    }
    const answer = await http({ ...request, headers, judges: [401, 429, 503, ...(request.judges ?? [])] }, call)
    if (answer.status === 401) throw unauthorized(answer, apiSecret !== undefined, clock.now())
    if (answer.status === 429 || answer.status === 503) throw pushedBack(answer, request.effect, clock.now())
    return answer
  }
}

function unauthorized({ headers }: HttpAnswer, signed: boolean, now: Instant): AdapterError {
  if (!signed)
    return new AdapterError('auth', 'Smoobu refused the API key (401). Smoobu now needs the API secret as well.', {
      remedy:
        `Open ${keysPage}, choose "Regenerate Secret" beside the key and enter the secret in this connection. ` +
        'If it is refused then too, compare the key itself.',
    })
  const skew = millisecondsOf(now) - Date.parse(headers.get('date') ?? '')
  if (Math.abs(skew) > skewTold)
    // false without a Date header
    return new AdapterError('auth', `Smoobu refused the signature (401), and this server's clock is ${apart(skew)}.`, {
      remedy: 'Switch on time synchronisation (NTP) on this server: a signature made with a wrong clock is refused.',
    })
  return new AdapterError('auth', 'Smoobu refused the API key or its signature (401).', { remedy: refusedRemedy })
}

function apart(skew: number): string {
  const seconds = Math.round(Math.abs(skew) / 1000)
  const amount = seconds < 120 ? `${seconds} seconds` : `${Math.round(seconds / 60)} minutes`
  return `${amount} ${skew > 0 ? 'ahead of' : 'behind'} Smoobu's`
}

/**
 * 429 and 503 are judged here because Smoobu puts its window's end on every answer, a 503 too: there it says nothing
 * about whether the work was done (docs/vendors/smoobu.md, rate limits).
 */
function pushedBack({ status, headers }: HttpAnswer, effect: HttpRequest['effect'], now: Instant): AdapterError {
  const text = `Smoobu answered ${status}.`
  const remedy = "The hub tries again by itself. If it lasts, look at Smoobu's status page."
  const told = retryAfter(headers, ['retry-after'], now)
  if (status === 503 && !told)
    return new AdapterError(effect === 'write' ? 'outcome-unknown' : 'unreachable', text, { remedy })
  const windowEnd = retryAfter(headers, ['x-ratelimit-retry-after'], now)
  const limit = plus(now, longestWindow)
  const retryAt = told ?? (windowEnd && windowEnd < limit ? windowEnd : windowEnd ? limit : plus(now, 60_000))
  return new AdapterError('rate-limited', text, { remedy, retryAt })
}
