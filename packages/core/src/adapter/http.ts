import type * as z from 'zod'
import { type Instant, plus } from '../domain/instant.ts'
import { AdapterError } from '../ports/adapter-error.ts'
import type { Call } from '../ports/call.ts'
import type { Clock } from '../ports/clock.ts'
import { BodyTooLarge, HostRefused, type Prioritised } from './guard-fetch.ts'
import { retryAfter } from './retry-after.ts'
import { OutOfTurn } from './turns.ts'

export interface HttpOptions {
  readonly fetch: typeof globalThis.fetch
  readonly clock: Clock
  /** `https://login.smoobu.com` */
  readonly origin: string
  /** The vendor's name for people, used in messages. */
  readonly vendor: string
  /** Headers in which this vendor says when to come back, in order of trust; `retry-after` is always among them. */
  readonly retryHeaders?: readonly string[]
  /** What a person does when the vendor refuses the credentials. */
  readonly authRemedy: string
  /** What a person does when nobody answers; to look at the vendor's status page when absent. */
  readonly silenceRemedy?: string
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Begins with `/`; values in it are already encoded. */
  readonly path: string
  /** Encoded query without `?`. */
  readonly query?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /**
   * `read`: repeating is harmless, so silence means `unreachable`. `write`: it may have happened, so silence means
   * `outcome-unknown`.
   */
  readonly effect: 'read' | 'write'
  /** Statuses besides 2xx that the caller wants to judge itself. */
  readonly judges?: readonly number[]
}

export interface HttpAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body as JSON. Throws `bad-response` or `outcome-unknown` when it is none. */
  json(): unknown
  /** The body as JSON of this shape; only the fields that are read should be in the schema. */
  as<T>(schema: z.ZodType<T>): T
  /** What its status alone says; for a judged answer whose body turns out to say nothing. Meaningless for 2xx. */
  failure(): AdapterError
}

export type Http = (request: HttpRequest, call: Call) => Promise<HttpAnswer>

/** Turns HTTP into answers and `AdapterError`s, in one place for all adapters. Never retries: the work queue does. */
export function createHttp(options: HttpOptions): Http {
  const { fetch, clock, origin, vendor } = options
  return async (request, { signal, near = false }) => {
    const url = `${origin}${request.path}${request.query ? `?${request.query}` : ''}`
    const { method, headers = {}, body } = request
    const init: Prioritised = {
      method,
      headers,
      signal,
      ...(body === undefined ? {} : { body }),
      ...(near ? { priority: 'high' } : {}),
    }
    let response: Response
    let text: string
    try {
      response = await fetch(url, init)
      text = await response.text()
    } catch (cause) {
      if (cause instanceof HostRefused || AdapterError.is(cause)) throw cause
      signal.throwIfAborted()
      if (cause instanceof OutOfTurn) throw overBudget(vendor, plus(clock.now(), Math.min(cause.wait, 15 * 60_000)))
      throw silence(options, request, cause)
    }
    const { status } = response
    if (!(status >= 200 && status < 300) && !request.judges?.includes(status))
      throw failureOf(options, request, response, clock.now())
    const json = (): unknown => {
      try {
        return JSON.parse(text)
      } catch (cause) {
        throw unreadable(vendor, request, `${status} with a body that is not JSON`, cause)
      }
    }
    return {
      status,
      headers: response.headers,
      text,
      json,
      failure: () => failureOf(options, request, response, clock.now()),
      as: (schema) => {
        const parsed = schema.safeParse(json())
        if (parsed.success) return parsed.data
        const where = parsed.error.issues.map((issue) => issue.path.join('.') || '(body)')
        throw unreadable(vendor, request, `${status} with an unexpected shape at ${where.slice(0, 5).join(', ')}`)
      },
    }
  }
}

/** An answer that cannot be understood: it may hide an effect when the request was a write. */
export function unreadable(vendor: string, { effect }: Pick<HttpRequest, 'effect'>, what: string, cause?: unknown) {
  return new AdapterError(effect === 'write' ? 'outcome-unknown' : 'bad-response', `${vendor} answered ${what}.`, {
    remedy: `If it goes on, ${vendor} has changed its interface: look for a newer version of this adapter.`,
    cause: namesOnly(cause),
  })
}

/** The request never reached the vendor, so even a write did not happen. */
const unsent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** The handshake ended before anything was sent. Other TLS errors can strike in the middle of a request. */
const distrusted = /^(?:ERR_TLS_CERT|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_SSL_WRONG_VERSION|ERR_SSL_.*HANDSHAKE)/

function overBudget(vendor: string, retryAt: Instant): AdapterError {
  return new AdapterError('rate-limited', `The budget of requests to ${vendor} is used up for now.`, {
    remedy: 'The hub goes on by itself as soon as it may.',
    retryAt,
  })
}

function silence({ vendor, silenceRemedy }: HttpOptions, { effect }: HttpRequest, cause: unknown): AdapterError {
  if (cause instanceof BodyTooLarge) return unreadable(vendor, { effect }, 'with an endless body')
  const code = causeCode(cause)
  const tls = code !== undefined && distrusted.test(code)
  const timedOut = cause instanceof Error && cause.name === 'TimeoutError'
  const how = timedOut ? 'did not answer in time' : `could not be reached${code ? ` (${code})` : ''}`
  const happened = effect === 'write' && !tls && !(code !== undefined && unsent.has(code))
  return new AdapterError(happened ? 'outcome-unknown' : 'unreachable', `${vendor} ${how}.`, {
    remedy:
      silenceRemedy ??
      `The hub tries again by itself. If it lasts, look at ${vendor}'s status page and this server's network.`,
    cause: namesOnly(cause),
  })
}

function failureOf(
  options: HttpOptions,
  request: HttpRequest,
  { status, headers }: Response,
  now: Instant,
): AdapterError {
  const { vendor, authRemedy, retryHeaders = [] } = options
  const text = `${vendor} answered ${status}.`
  const again = `The hub tries again by itself. If it lasts, look at ${vendor}'s status page.`
  if (status === 401 || status === 403) return new AdapterError('auth', text, { remedy: authRemedy })
  const retryAt = retryAfter(headers, [...retryHeaders, 'retry-after'], now)
  if (status === 429 || (status === 503 && retryAt))
    return new AdapterError('rate-limited', text, { remedy: again, retryAt: retryAt ?? plus(now, 60_000) })
  if (status === 423) return new AdapterError('rate-limited', text, { remedy: again, retryAt: plus(now, 5_000) })
  if (status === 404 || status === 410)
    return new AdapterError('gone', text, { remedy: 'The hub looks again what is there.' })
  if (status >= 500 || status === 408)
    return new AdapterError(request.effect === 'write' ? 'outcome-unknown' : 'unreachable', text, { remedy: again })
  if (status >= 400)
    return new AdapterError('refused', text, {
      remedy: `${vendor} does not accept this request: see the adapter's README.`,
    })
  return unreadable(vendor, request, `${status}, a redirect that is not followed`)
}

function causeCode(error: unknown): string | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++)
    if ('code' in at && typeof at.code === 'string') return at.code
  return undefined
}

/** The kinds of errors behind an error. Their messages may quote a body or a URL, and with it a name, a phone, a PIN. */
function namesOnly(cause: unknown): Error | undefined {
  const names: string[] = []
  for (let at = cause, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++)
    names.push('code' in at && typeof at.code === 'string' ? `${at.name} ${at.code}` : at.name)
  return names.length === 0 ? undefined : new Error(names.join(', because of '))
}
