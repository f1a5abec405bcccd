import * as z from 'zod'
import { createHttp, unreadable } from '../../adapter/http.ts'
import type { OpenContext } from '../../adapter/define-adapter.ts'
import type { Call } from '../../ports/call.ts'

/**
 * How an in-memory provider talks to the vendor behind it: `POST https://<host>/<operation>` with the arguments as JSON,
 * answered by `{ "answer": … }`. It goes over the given fetch, so that it meets the same guards and faults as any vendor.
 */
export interface Wire {
  ask<T>(question: Question<T>, call: Call): Promise<T>
}

export interface Question<T> {
  readonly operation: string
  readonly args?: object
  readonly effect: 'read' | 'write'
  readonly shape: z.ZodType<T>
}

/** What every in-memory connection is configured with. */
export const memoryConfig = z.object({
  token: z.string().min(1).meta({ title: 'Token', description: 'Chooses the account of the in-memory vendor.' }),
})
export type MemoryConfig = z.output<typeof memoryConfig>

/** The credentials that every in-memory vendor knows from the start. */
export const memoryToken: MemoryConfig = { token: 'memory-token-of-the-first-account' }

export function openWire({ config, fetch, clock }: OpenContext<MemoryConfig>, host: string, vendor: string): Wire {
  const http = createHttp({ fetch, clock, vendor, origin: `https://${host}`, authRemedy: 'Enter the token again.' })
  const headers = { authorization: `Bearer ${config.token}`, 'content-type': 'application/json' }
  return {
    ask: async ({ operation, args = {}, effect, shape }, call) => {
      const request = { method: 'POST', path: `/${operation}`, headers, body: JSON.stringify(args), effect } as const
      const answer = await http(request, call)
      const reply = answer.json()
      const parsed = shape.safeParse(isReply(reply) ? reply.answer : undefined)
      if (parsed.success) return parsed.data
      throw unreadable(vendor, { effect }, `${answer.status} with an unexpected shape`)
    },
  }
}

function isReply(value: unknown): value is { answer: unknown } {
  return typeof value === 'object' && value !== null && 'answer' in value
}

/** The account a token opens. Vendors hold several, so that tenants can live side by side. */
export interface MemoryAccount {
  readonly id: string
  readonly name: string
}

export type Accounts = Record<string, MemoryAccount>

/** What the vendor answers instead of a value: an HTTP status. */
export class Refusal extends Error {
  readonly status: number
  constructor(status: number) {
    super(`answered ${status}`)
    this.status = status
  }
}

export type Operations = Readonly<Record<string, (account: MemoryAccount, args: unknown) => unknown>>

/** The vendor's side of the wire. Arguments are JSON of our own adapter; each operation checks what it needs. */
export async function answerFrom(request: Request, accounts: Accounts, operations: Operations): Promise<Response> {
  const token = request.headers.get('authorization')?.slice('Bearer '.length) ?? ''
  const account = Object.hasOwn(accounts, token) ? accounts[token] : undefined
  if (!account) return new Response('unknown token', { status: 401 })
  const name = request.url.slice(request.url.lastIndexOf('/') + 1)
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined
  if (!operation) return new Response('unknown operation', { status: 404 })
  const args: unknown = JSON.parse(await request.text())
  try {
    return new Response(JSON.stringify({ answer: operation(account, args) ?? null }), { status: 200 })
  } catch (error) {
    if (error instanceof Refusal) return new Response('', { status: error.status })
    throw error
  }
}
