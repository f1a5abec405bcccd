import { createHash, createHmac } from 'node:crypto'
import { HttpResponse } from 'msw'
import { refusal } from './smoobu-answers.ts'
import type { SmoobuState } from './smoobu-state.ts'

/** What meets a request before Smoobu's application does: bad gateways, the rate limit, credentials. */
export async function gate(state: SmoobuState, request: Request, now: number): Promise<Response | undefined> {
  const { switches, window } = state
  if (switches.badGateways > 0) {
    switches.badGateways--
    return HttpResponse.html('<!doctype html><title>502 Bad Gateway</title>', { status: 502 })
  }
  if (now >= window.endsAt) state.window = { endsAt: Math.floor(now / 60_000) * 60_000 + 60_000, used: 0 }
  state.window.used++
  if (now < switches.limitedUntil || state.window.used > switches.requestsPerMinute)
    return refusal(429, 'Too many requests')
  return await unproven(state, request, now)
}

/** The headers on every answer. The "retry after" is the end of the minute, also on a 200. */
export function rateHeaders({ switches, window }: SmoobuState, now: number): Readonly<Record<string, string>> {
  return {
    Date: new Date(now).toUTCString(),
    'X-RateLimit-Limit': String(switches.requestsPerMinute),
    'X-RateLimit-Remaining': String(Math.max(0, switches.requestsPerMinute - window.used)),
    'X-RateLimit-Retry-After': String(Math.ceil(Math.max(window.endsAt, switches.limitedUntil) / 1000)),
  }
}

async function unproven(state: SmoobuState, request: Request, now: number): Promise<Response | undefined> {
  const { account, switches } = state
  const denied = () => refusal(401, 'verification error')
  const { headers } = request
  const signature = headers.get('x-signature')
  if (signature === null)
    return switches.plainKeys === 'accepted' && headers.get('api-key') === account.apiKey ? undefined : denied()

  const timestamp = headers.get('x-timestamp') ?? ''
  const nonce = headers.get('x-nonce') ?? ''
  const tolerance = switches.timestampTolerance * 1000
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(timestamp)) return denied()
  if (Math.abs(Date.parse(timestamp) - now) > tolerance) return denied()
  if (!/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(nonce)) return denied()
  if (state.nonces.some((used) => used.nonce === nonce)) return denied()

  const address = new URL(request.url)
  const message = [
    request.method.toUpperCase(),
    address.pathname,
    address.search.slice(1).split('&').sort().join('&'),
    timestamp,
    nonce,
    createHash('sha256')
      .update(new Uint8Array(await request.clone().arrayBuffer()))
      .digest('hex'),
    headers.get('x-api-key') ?? '',
  ].join('\n')
  const expected = createHmac('sha256', account.apiSecret).update(message).digest('base64')
  if (headers.get('x-api-key') !== account.apiKey || signature !== expected) return denied()
  state.nonces = [...state.nonces.filter(({ at }) => at > now - 2 * tolerance), { nonce, at: now }]
  return undefined
}
