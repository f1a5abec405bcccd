import { HttpResponse } from 'msw'
import { refusal } from './hospitable-answers.ts'
import type { HospitableState } from './hospitable-state.ts'

const minute = 60_000

/** What meets a request before Hospitable's application does: bad gateways, limits, the token and its rights. */
export function gate(state: HospitableState, request: Request, now: number): Response | undefined {
  const { account, switches } = state
  if (switches.badGateways > 0) {
    switches.badGateways--
    return HttpResponse.html('<!doctype html><title>502 Bad Gateway</title>', { status: 502 })
  }
  const token = /^Bearer (.+)$/.exec(request.headers.get('authorization') ?? '')?.[1]
  if (token === undefined || (token !== account.accessToken && token !== account.readOnlyToken))
    return HttpResponse.json({ message: 'Unauthenticated.' }, { status: 401 })
  if (now < switches.limitedUntil) {
    const headers = switches.saysWhen ? { 'Retry-After': String(Math.ceil((switches.limitedUntil - now) / 1000)) } : {}
    return HttpResponse.json({ status_code: 429, reason_phrase: 'Too Many Attempts.' }, { status: 429, headers })
  }
  // No personal token ever has the right to enrichment.
  const needsMore = request.method !== 'GET' && token === account.readOnlyToken
  if (needsMore || /\/enrichment(?:\/|$)/.test(new URL(request.url).pathname))
    return refusal(403, 'Invalid scope(s) provided.')
  return undefined
}

/** The limit of reads of one conversation; its headers stand on every answer. Counts this read. */
export function readLimit(state: HospitableState, ref: string, now: number) {
  state.reads = state.reads.filter(({ at }) => at > now - minute)
  const before = state.reads.filter((read) => read.ref === ref)
  const limit = state.switches.readsPerMinute
  const first = before[0]?.at ?? now
  const wait = Math.ceil((first + minute - now) / 1000)
  const headers = { 'x-ratelimit-limit': String(limit) }
  if (before.length >= limit) {
    const reset = String(Math.ceil((first + minute) / 1000))
    const more = { 'x-ratelimit-remaining': '0', 'retry-after': String(wait), 'x-ratelimit-reset': reset }
    return { refused: true, headers: { ...headers, ...more } }
  }
  state.reads.push({ ref, at: now })
  return { refused: false, headers: { ...headers, 'x-ratelimit-remaining': String(limit - before.length - 1) } }
}

/** Whether one more message may be written: so many a minute for each reservation, and fifty in five minutes in all. */
export function mayWrite(state: HospitableState, ref: string, now: number): boolean {
  const { sendsPerMinute } = state.switches
  state.sends = state.sends.filter(({ at }) => at > now - 5 * minute)
  const here = state.sends.filter((send) => send.ref === ref && send.at > now - minute)
  if (here.length >= sendsPerMinute || state.sends.length >= 25 * sendsPerMinute) return false
  state.sends.push({ ref, at: now })
  return true
}
