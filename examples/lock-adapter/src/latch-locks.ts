import {
  AdapterError,
  type Call,
  createHttp,
  type HttpRequest,
  instantOf,
  type LockProvider,
  marked,
  markIn,
  millisecondsOf,
  type ObservedCode,
  type OpenContext,
  type WriteReceipt,
} from '@stayward/core/adapter'
import * as z from 'zod'

const account = z.object({ id: z.string(), name: z.string() })
const doors = z.object({ doors: z.array(z.object({ id: z.string(), name: z.string() })) })
/** `from` and `until` are milliseconds since 1970; null where there is no such bound. */
const code = z.object({
  id: z.string(),
  note: z.string(),
  digits: z.string(),
  from: z.number().nullable(),
  until: z.number().nullable(),
})
const codes = z.object({ codes: z.array(code) })
const stored = z.object({ id: z.string() })
const removed = z.object({ removed: z.literal(true) })
const refusal = z.object({ error: z.enum(['in-use', 'not-possible', 'full']) })

const reasons = { 'in-use': 'pin-taken', 'not-possible': 'pin-not-allowed', full: 'no-capacity' } as const
const noteLength = 35

/** Latch's doors, in the hub's words. */
export function openLatch({ config, fetch, clock }: OpenContext<{ apiKey: string }>): LockProvider {
  const http = createHttp({
    fetch,
    clock,
    origin: 'https://api.latch.example',
    vendor: 'Latch',
    authRemedy: 'Make a new API key in the Latch portal and enter it here.',
  })
  const headers = { authorization: `Bearer ${config.apiKey}`, 'content-type': 'application/json' }
  const ask = async (request: Omit<HttpRequest, 'headers'>, call: Call) => {
    const answer = await http({ ...request, headers, judges: [...(request.judges ?? []), 409] }, call)
    if (answer.status !== 409) return answer
    throw new AdapterError('device-offline', 'The door is not connected to Latch.', {
      remedy: 'Look whether the door has power and whether its bridge is online.',
    })
  }
  const read = (path: string, call: Call) => ask({ method: 'GET', path, effect: 'read' }, call)
  const codesPath = (deviceId: string) => `/v1/doors/${encodeURIComponent(deviceId)}/codes`

  return {
    specVersion: 'v1',
    readAccount: async (call) => (await read('/v1/account', call)).as(account),
    listDevices: async (call) => (await read('/v1/doors', call)).as(doors).doors,
    readCodes: async (deviceId, call) => (await read(codesPath(deviceId), call)).as(codes).codes.map(observed),

    writeCode: async (deviceId, { mark, label, pin, window, vendorRef }, call): Promise<WriteReceipt> => {
      const path = codesPath(deviceId) + (vendorRef === undefined ? '' : `/${encodeURIComponent(vendorRef)}`)
      const method = vendorRef === undefined ? 'POST' : 'PUT'
      const body = JSON.stringify({
        note: marked(mark, label, noteLength),
        digits: pin,
        from: millisecondsOf(window.from),
        until: millisecondsOf(window.until),
      })
      const answer = await ask({ method, path, body, effect: 'write', judges: [422] }, call)
      if (answer.status === 422) return { status: 'refused', reason: reasons[answer.as(refusal).error] }
      return { status: 'confirmed', vendorRef: answer.as(stored).id }
    },

    removeCode: async (deviceId, vendorRef, call) => {
      const path = `${codesPath(deviceId)}/${encodeURIComponent(vendorRef)}`
      const answer = await ask({ method: 'DELETE', path, effect: 'write', judges: [404] }, call)
      if (answer.status !== 404) answer.as(removed) // a page of a proxy is no yes
      return { status: 'gone' }
    },
  }
}

function observed({ id, note, digits, from, until }: z.output<typeof code>): ObservedCode {
  const mark = markIn(note)
  const bound = (at: number | null) => (at === null ? null : instantOf(at))
  return {
    vendorRef: id,
    ...(mark === undefined ? { label: note } : { mark, label: note.slice(mark.length).trim() }),
    pin: digits,
    window: { from: bound(from), until: bound(until) },
  }
}
