import { type Clock, systemClock } from '../ports/clock.ts'
import { heard } from './heard.ts'
import type { OnSite } from './on-site.ts'
import type { Rate } from './rate.ts'
import { createTurns, type Delay, ownBook, type Turns } from './turns.ts'

type Fetch = typeof globalThis.fetch

/** The part of a request's time that may pass before its turn; the rest is the vendor's. */
const waiting = 2 / 3

export interface Guard {
  readonly hosts: readonly string[]
  /** Besides `hosts`; its certificate is the matter of the fetch within. */
  readonly site?: OnSite
  readonly rate: Rate
  /** Whose turn it is; within this process alone when absent. */
  readonly turns?: Turns
  /** What a vendor's "come back at" is read by; the machine's when absent. */
  readonly clock?: Clock
  /** Milliseconds from the call to the last byte of the answer. */
  readonly timeout?: number
  /** What `timeout` is measured by; this machine's time when absent. */
  readonly delay?: Delay
  /** Largest answer read, bytes. */
  readonly maxBytes?: number
}

/**
 * The fetch an adapter is given: only https to the hosts of its manifest or to its site, no redirect followed, an end to waiting and
 * to bodies, and no more requests than the vendor's budget. Keep one per vendor account, because the budget is in it.
 */
export function guardFetch(
  fetch: Fetch,
  { hosts, site, rate, clock = systemClock, timeout = 15_000, maxBytes = 5_000_000, ...guard }: Guard,
): Fetch {
  const turns = guard.turns ?? createTurns({ rate, book: ownBook() })
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input)
    const isAllowed = hosts.includes(url.hostname) || (site !== undefined && url.origin === site.origin)
    if (url.protocol !== 'https:' || !isAllowed)
      throw new HostRefused(`"${url.hostname}" is not among the hosts of this adapter (${hosts.join(', ')})`)
    const given = init?.signal ?? (input instanceof Request ? input.signal : undefined)
    const signal = AbortSignal.any([...(given ? [given] : []), after(timeout, guard.delay)])
    await turns.take(signal, timeout * waiting, isNear(init))
    let response: Response | undefined
    try {
      response = await fetch(input, { ...init, redirect: 'manual', signal })
    } finally {
      await turns.ended(response ? heard(rate, response, clock.now()) : {})
    }
    return new Response(capped(response.body, maxBytes, signal), {
      status: response.type === 'opaqueredirect' ? 302 : response.status,
      statusText: response.statusText,
      headers: response.headers,
    })
  }
}

function after(timeout: number, delay: Delay | undefined): AbortSignal {
  if (!delay) return AbortSignal.timeout(timeout)
  const end = new AbortController()
  delay(timeout, () => end.abort(new DOMException('The operation timed out.', 'TimeoutError')))
  return end.signal
}

/** The adapter asked for a host it did not declare: a bug in it, nothing left this machine. */
export class HostRefused extends Error {
  override name = 'HostRefused'
}

/** The answer was longer than the cap. */
export class BodyTooLarge extends Error {
  override name = 'BodyTooLarge'
}

/** The Fetch standard's own word for it, which Node's types do not know. `createHttp` sets it. */
export interface Prioritised extends RequestInit {
  readonly priority?: 'high' | 'low' | 'auto'
}

function isNear(init: Prioritised | undefined): boolean {
  return init?.priority === 'high'
}

function capped(
  body: ReadableStream<Uint8Array> | null,
  maxBytes: number,
  signal: AbortSignal,
): ReadableStream<Uint8Array> | null {
  let seen = 0
  return (
    body?.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, out) {
          seen += chunk.byteLength
          if (seen > maxBytes) out.error(new BodyTooLarge(`the answer is longer than ${maxBytes} bytes`))
          else out.enqueue(chunk)
        },
      }),
      { signal },
    ) ?? null
  )
}

export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer)
      reject(signal.reason as Error) // AbortSignal's reason is an Error wherever we abort
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort)
      resolve()
    }, milliseconds)
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
  })
}
