import { refusal } from './beds24-answers.ts'
import type { Beds24State } from './beds24-state.ts'

/** Beds24 counts in five-minute windows per account, whichever token spends. A request that it refuses costs nothing. */
export function outOfCredits(state: Beds24State, now: number): Response | undefined {
  const { credits } = state
  if (now >= credits.windowFrom + credits.per) {
    credits.windowFrom = now - ((now - credits.windowFrom) % credits.per)
    credits.spent = 0
  }
  return credits.spent < credits.most ? undefined : withCredits(state, refusal(429, 'Credit limit exceeded'), 0, now)
}

/** The answer with what it has cost and what is left. */
export function withCredits(state: Beds24State, response: Response, cost: number, now: number): Response {
  const { credits, switches } = state
  credits.spent += cost
  const headers = new Headers(response.headers)
  const left = String(Math.max(0, credits.most - credits.spent))
  const resetsIn = String(Math.ceil((credits.windowFrom + credits.per - now) / 1000))
  const said = {
    served: ['X-Five-Min-Limit-Remaining', 'X-Five-Min-Limit-Resets-In', 'X-Request-Cost'],
    described: ['X-FiveMinCreditLimit-Remaining', 'X-FiveMinCreditLimit-ResetsIn', 'X-RequestCost'],
    none: [],
  }[switches.creditHeaders]
  for (const [index, name] of said.entries()) headers.set(name, [left, resetsIn, String(cost)][index] ?? '')
  headers.set('Date', new Date(now).toUTCString())
  return new Response(response.body, { status: response.status, headers })
}

/** Credits of a request by its answer; decimal, as measured. */
export function costOf(request: Request, { status }: Response): number {
  if (status >= 400) return 0
  return request.method === 'POST' ? 1.1 : 1.2
}
