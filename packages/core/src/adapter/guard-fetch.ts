import { between } from '../domain/instant.ts'
import { systemClock } from '../ports/clock.ts'
import type { Adapter } from './define-adapter.ts'
import type { OnSite } from './on-site.ts'
import { retryAfter } from './retry-after.ts'

type Fetch = typeof globalThis.fetch

export interface Guard {
  readonly hosts: readonly string[]
  /** Besides `hosts`; its certificate is the matter of the fetch within. */
  readonly site?: OnSite
  readonly rate: Adapter['rate']
  /** Whose turn it is; within this process alone when absent. */
  readonly turns?: Turns
  /** Milliseconds from the call to the last byte of the answer. */
  readonly timeout?: number
  /** Largest answer read, bytes. */
  readonly maxBytes?: number
}

/** A vendor account's budget of requests. */
export interface Turns {
  /** Resolves when the next request may leave. Throws `OutOfTurn` when that is more than `patience` milliseconds away. */
  take(signal: AbortSignal, patience: number): Promise<void>
  /** The vendor wants no request for so many milliseconds. */
  hold(milliseconds: number): Promise<void>
}

/**
 * The fetch an adapter is given: only https to the hosts of its manifest or to its site, no redirect followed, an end to waiting and
 * to bodies, and no more requests than the vendor's budget. Keep one per vendor account, because the budget is in it.
 */
export function guardFetch(
  fetch: Fetch,
  { hosts, site, rate, timeout = 15_000, maxBytes = 5_000_000, ...guard }: Guard,
): Fetch {
  const turns = guard.turns ?? localTurns(rate)
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input)
    const isAllowed = hosts.includes(url.hostname) || (site !== undefined && url.origin === site.origin)
    if (url.protocol !== 'https:' || !isAllowed)
      throw new HostRefused(`"${url.hostname}" is not among the hosts of this adapter (${hosts.join(', ')})`)
    const given = init?.signal ?? (input instanceof Request ? input.signal : undefined)
    const signal = AbortSignal.any([...(given ? [given] : []), AbortSignal.timeout(timeout)])
    await turns.take(signal, timeout)
    const response = await fetch(input, { ...init, redirect: 'manual', signal })
    const wait = askedToWait(response)
    if (wait > 0) await turns.hold(wait)
    return new Response(capped(response.body, maxBytes, signal), {
      status: response.type === 'opaqueredirect' ? 302 : response.status,
      statusText: response.statusText,
      headers: response.headers,
    })
  }
}

/** The adapter asked for a host it did not declare: a bug in it, nothing left this machine. */
export class HostRefused extends Error {
  override name = 'HostRefused'
}

/** The vendor's budget is used up for longer than a call may take: nothing was sent. */
export class OutOfTurn extends Error {
  override name = 'OutOfTurn'
  /** Milliseconds until it would have been this call's turn. */
  readonly wait: number
  constructor(wait: number) {
    super(`the next turn is in ${Math.ceil(wait / 1000)} s`)
    this.wait = wait
  }
}

/** The answer was longer than the cap. */
export class BodyTooLarge extends Error {
  override name = 'BodyTooLarge'
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

/** Milliseconds for which the vendor wants no request. Said on anything but a refusal it means something else. */
function askedToWait({ status, headers }: Response): number {
  if (status !== 429 && status !== 503) return 0
  const now = systemClock.now()
  const until = retryAfter(headers, ['retry-after'], now)
  return until === undefined ? 0 : between(now, until)
}

/** A token bucket on the monotonic clock; callers wait their turn in order. */
function localTurns({ perSecond, burst }: Adapter['rate']): Turns {
  const interval = 1000 / perSecond
  let free = -Infinity // when the bucket would have been full again
  const take = async (signal: AbortSignal, patience: number) => {
    signal.throwIfAborted()
    const now = performance.now()
    const turn = Math.max(free, now - burst * interval) + interval
    if (turn - now > patience) throw new OutOfTurn(turn - now)
    free = turn
    if (turn <= now) return
    try {
      await pause(turn - now, signal)
    } catch (reason) {
      free -= interval // a turn that nobody took
      throw reason
    }
  }
  const hold = async (milliseconds: number) => {
    free = Math.max(free, performance.now() + milliseconds)
  }
  return { take, hold }
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
