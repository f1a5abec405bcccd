import { type Instant, millisecondsOf } from '../domain/instant.ts'
import { systemClock } from '../ports/clock.ts'

/**
 * What can go wrong with one call, whatever the vendor. `-before`: the vendor never did it; `-after`: it did, and the
 * caller cannot know. `wait-…`: 429, each way to say when to come back; `unavailable`: 503 that says it as well; `busy`:
 * 423. A 200 may be a page (`html`), the request itself (`echo`), half an answer (`cut`), nothing (`empty`) or have no
 * end (`endless`).
 */
export type Fault =
  | 'unauthorized'
  | 'forbidden'
  | 'wait-seconds'
  | 'wait-date'
  | 'wait-none'
  | 'error-before'
  | 'error-after'
  | 'timeout-before'
  | 'timeout-after'
  | 'reset-before'
  | 'reset-after'
  | 'html'
  | 'cut'
  | 'empty'
  | 'redirect'
  | 'dns'
  | 'tls'
  | 'wait-epoch'
  | 'wait-absurd'
  | 'unavailable'
  | 'busy'
  | 'endless'
  | 'echo'
  | 'hang'

/** Every fault that ends by itself; `hang` ends when the caller gives up. */
export const faults: readonly Exclude<Fault, 'hang'>[] = [
  'unauthorized',
  'forbidden',
  'wait-seconds',
  'wait-date',
  'wait-epoch',
  'wait-absurd',
  'wait-none',
  'unavailable',
  'busy',
  'error-before',
  'error-after',
  'timeout-before',
  'timeout-after',
  'reset-before',
  'reset-after',
  'html',
  'echo',
  'cut',
  'empty',
  'endless',
  'redirect',
  'dns',
  'tls',
]

export interface FaultyFetch {
  readonly fetch: typeof globalThis.fetch
  /** The next request (that `where` accepts) meets this fault, once. */
  failNext(fault: Fault, where?: (request: Request) => boolean): void
  /** Every request that `where` accepts meets this fault until `heal()`. */
  failAll(fault: Fault, where?: (request: Request) => boolean): void
  heal(): void
  /** Every request that was made, in order, with what was answered or thrown. */
  readonly calls: readonly { readonly request: Request; readonly body: string; readonly outcome: number | Fault }[]
}

/** Puts a switchable layer of faults in front of a fetch. `now` dates what the vendor says about waiting. */
export function faultyFetch(
  inner: typeof globalThis.fetch,
  { now = () => systemClock.now() }: { readonly now?: () => Instant } = {},
): FaultyFetch {
  const once: Planned[] = []
  let always: Planned[] = []
  const calls: { request: Request; body: string; outcome: number | Fault }[] = []
  const planned = (request: Request): Fault | undefined => {
    const index = once.findIndex(({ where }) => where(request))
    if (index >= 0) return once.splice(index, 1)[0]?.fault
    return always.find(({ where }) => where(request))?.fault
  }
  return {
    calls,
    failNext: (fault, where = () => true) => void once.push({ fault, where }),
    failAll: (fault, where = () => true) => void always.push({ fault, where }),
    heal: () => {
      once.length = 0
      always = []
    },
    fetch: async (input, init) => {
      const request = new Request(input, init)
      request.signal.throwIfAborted()
      const body = await request.clone().text()
      const fault = planned(request)
      const call: { request: Request; body: string; outcome: number | Fault } = { request, body, outcome: fault ?? 0 }
      calls.push(call)
      if (fault) return await faulty(fault, { request, body, inner, now: millisecondsOf(now()) })
      const response = await inner(request)
      call.outcome = response.status
      return response
    },
  }
}

interface Planned {
  readonly fault: Fault
  readonly where: (request: Request) => boolean
}

interface Faulty {
  readonly request: Request
  readonly body: string
  readonly inner: typeof globalThis.fetch
  /** Milliseconds since 1970. */
  readonly now: number
}

async function faulty(fault: Fault, { request, body, inner, now }: Faulty): Promise<Response> {
  const page = '<!doctype html><title>Bad gateway</title><h1>Bad gateway</h1>'
  const html = { 'content-type': 'text/html' }
  switch (fault) {
    case 'unauthorized':
      return new Response('verification error', { status: 401 })
    case 'forbidden':
      return new Response('forbidden', { status: 403 })
    case 'wait-seconds':
      return new Response('', { status: 429, headers: { 'retry-after': '7' } })
    case 'wait-date':
      return new Response('', { status: 429, headers: { 'retry-after': new Date(now + 7000).toUTCString() } })
    case 'wait-epoch':
      return new Response('', { status: 429, headers: { 'retry-after': String(Math.ceil(now / 1000) + 7) } })
    case 'wait-absurd':
      return new Response('', { status: 429, headers: { 'retry-after': '86400' } })
    case 'unavailable':
      return new Response('', { status: 503, headers: { 'retry-after': '7' } })
    case 'busy':
      return new Response('busy', { status: 423 })
    case 'wait-none':
      return new Response('', { status: 429 })
    case 'error-before':
      return new Response(page, { status: 500, headers: html })
    case 'error-after':
      await inner(request)
      return new Response(page, { status: 502, headers: html })
    case 'timeout-before':
      throw new DOMException('The operation timed out.', 'TimeoutError')
    case 'timeout-after':
      await inner(request)
      throw new DOMException('The operation timed out.', 'TimeoutError')
    case 'reset-before':
      throw connectionError('ECONNRESET')
    case 'reset-after':
      await inner(request)
      throw connectionError('ECONNRESET')
    case 'html':
      return new Response(page, { status: 200, headers: html })
    case 'cut': {
      const text = await (await inner(request)).text()
      return new Response(text.slice(0, Math.floor(text.length / 2)), { status: 200 })
    }
    case 'empty':
      return new Response('', { status: 200 })
    case 'redirect':
      return new Response('', { status: 302, headers: { location: 'https://elsewhere.example/' } })
    case 'dns':
      throw connectionError('ENOTFOUND')
    case 'tls':
      throw connectionError('CERT_HAS_EXPIRED')
    case 'endless':
      return new Response(endless(), { status: 200 })
    case 'echo':
      return new Response(`${[...request.headers.values()].join('\n')}\n${body}\n${request.url}`, { status: 200 })
    case 'hang':
      return await new Promise<never>((_, reject) => {
        const abort = () => reject(request.signal.reason as Error) // whoever aborts gives an Error
        if (request.signal.aborted) abort()
        else request.signal.addEventListener('abort', abort, { once: true })
      })
  }
}

/** 50 MB, more than anybody should take; it ends, so that a reader without a cap fails instead of standing still. */
function endless(): ReadableStream<Uint8Array> {
  const chunk = new TextEncoder().encode(' '.repeat(1_000_000))
  let left = 50
  return new ReadableStream({ pull: (out) => (left-- > 0 ? out.enqueue(chunk) : out.close()) })
}

function connectionError(code: string): TypeError {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) })
}
