import type { ServerResponse } from 'node:http'
import { detailsOf, Problem, type ProblemCode } from '../problem.ts'

/**
 * What senders are told. Every refusal of one kind has the same bytes, whatever was wrong behind it; none says anything
 * about a tenant, and none repeats what was sent (but the challenge, which is why it is plain text and nothing else).
 */
export type Answer =
  | { readonly status: 200 | 401 | 404 | 405 | 413 }
  | { readonly status: 429 | 503; readonly retryAfter: number }

const problem = (code: ProblemCode): string => JSON.stringify(detailsOf(new Problem(code)))

const bodies = {
  200: '{"received":true}',
  401: problem('delivery-refused'),
  404: problem('not-found'),
  405: problem('method-not-allowed'),
  413: problem('too-large'),
  429: problem('too-many-requests'),
  503: problem('unavailable'),
} as const

/** The one body of every 404, here and in the rest of the server. */
export const notFoundBody = bodies[404]

export function send(res: ServerResponse, answer: Answer): void {
  const { status } = answer
  const body = bodies[status]
  if (status === 405) res.setHeader('allow', 'GET, POST')
  if ('retryAfter' in answer) res.setHeader('retry-after', answer.retryAfter)
  res.writeHead(status, {
    'content-type': status === 200 ? 'application/json' : 'application/problem+json',
    'content-length': body.length,
    'cache-control': 'no-store',
  })
  res.end(body)
}

export function sendChallenge(res: ServerResponse, body: string): void {
  res.writeHead(200, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
  })
  res.end(body)
}
