import type { Between } from '../../src/demo/vendors.ts'
import type { VendorName } from '../../src/demo/world-file.ts'

export interface SeenCall {
  readonly vendor: VendorName
  readonly method: string
  /** With its query. */
  readonly url: string
  readonly headers: string
  readonly body: string
  /** Milliseconds since 1970. */
  readonly at: number
  readonly fault?: FaultName
}

type Where = (call: Pick<SeenCall, 'method' | 'url' | 'body'>) => boolean

/** A layer in front of the vendors that breaks chosen calls and remembers all of them. */
export interface Faults {
  readonly between: Between
  readonly calls: readonly SeenCall[]
  /** The next `times` fitting calls meet this fault; without `times` all of them, until `heal`. */
  plan(vendor: VendorName, fault: FaultName, plan?: { readonly where?: Where; readonly times?: number }): void
  heal(): void
}

const page = '<!doctype html><title>Bad gateway</title><h1>Bad gateway</h1>'
const html = { 'content-type': 'text/html' }
type Answer = () => Promise<Response>

/** What a vendor may do instead of answering. Rejecting breaks the connection off. */
const faults = {
  '401': async () => new Response('verification error', { status: 401 }),
  '403': async () => new Response('forbidden', { status: 403 }),
  '429 with Retry-After': async () => new Response('', { status: 429, headers: { 'retry-after': '1' } }),
  '429 without Retry-After': async () => new Response('', { status: 429 }),
  '500': async () => new Response(page, { status: 500, headers: html }),
  '502 after the work': async (answer: Answer) => {
    await answer()
    return new Response(page, { status: 502, headers: html })
  },
  'HTML instead of JSON': async () => new Response(page, { status: 200, headers: html }),
  'empty 200': async () => new Response('', { status: 200 }),
  'cut off after the work': async (answer: Answer) => {
    await answer()
    throw new Error('cut off')
  },
  'silence after the work': async (answer: Answer) => {
    await answer()
    return await new Promise<never>(() => undefined) // the caller gives up
  },
} satisfies Record<string, (answer: Answer) => Promise<Response>>

export type FaultName = keyof typeof faults
export const playFault = (fault: FaultName, answer: Answer): Promise<Response> => faults[fault](answer)
export const faultNames = Object.keys(faults) as readonly FaultName[] // the keys of the object above

export function createFaults(): Faults {
  let planned: { vendor: VendorName; fault: FaultName; where: Where; times: number }[] = []
  const calls: SeenCall[] = []
  return {
    calls,
    plan: (vendor, fault, { where = () => true, times = Number.POSITIVE_INFINITY } = {}) =>
      void planned.push({ vendor, fault, where, times }),
    heal: () => {
      planned = []
    },
    between: async (vendor, request, answer) => {
      const { pathname, search } = new URL(request.url)
      const call = {
        vendor,
        method: request.method,
        url: `${pathname}${search}`,
        headers: Array.from(request.headers, (pair) => pair.join(': ')).join('\n'),
        body: await request.clone().text(),
        at: Date.now(),
      }
      const next = planned.find((one) => one.vendor === vendor && one.times > 0 && one.where(call))
      calls.push({ ...call, ...(next ? { fault: next.fault } : {}) })
      if (!next) return await answer(request)
      next.times -= 1
      return await playFault(next.fault, () => answer(request))
    },
  }
}
