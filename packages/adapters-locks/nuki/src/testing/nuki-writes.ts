import { HttpResponse } from 'msw'
import { blankCode, drawId, type FakeCode, type FakeLock, type NukiState, ownedFields } from './nuki-state.ts'

type Answer = HttpResponse<string>

/** How long a change takes to a lock that is online, milliseconds. */
export interface Delays {
  readonly fastest: number
  readonly slowest: number
}

/** `PUT …/auth`: checks against the cache and queues. Nothing tells whether it reached the lock. */
export function createCode(state: NukiState, lock: FakeLock, body: unknown, now: number, delays: Delays): Answer {
  const refusal = refusalOf(state, lock, body, undefined)
  if (refusal) return refusal
  const fresh = blankCode(drawId(state), 100 + state.nextId, new Date(now).toISOString())
  queue(state, lock, 'create', { ...fresh, ...ownIn(body) }, now, delays)
  return done()
}

/** `POST …/auth/{id}`: what is not sent is cleared, the worst that an update could do. */
export function updateCode(
  state: NukiState,
  lock: FakeLock,
  code: FakeCode,
  body: unknown,
  now: number,
  delays: Delays,
): Answer {
  if (code.operationId !== null) return busy()
  const refusal = refusalOf(state, lock, body, code)
  if (refusal) return refusal
  const { id, authId, creationDate } = code
  const cleared = { ...blankCode(id, authId, creationDate), code: code.code, lockCount: code.lockCount }
  queue(state, lock, 'update', { ...cleared, ...ownIn(body) }, now, delays)
  if (lock.serverState === 0) code.operationId = drawId(state)
  return done()
}

export function deleteCode(state: NukiState, lock: FakeLock, code: FakeCode, now: number, delays: Delays): Answer {
  if (code.operationId !== null) return busy()
  queue(state, lock, 'delete', { ...code }, now, delays)
  if (lock.serverState === 0) code.operationId = drawId(state)
  return done()
}

/** A lock that is offline hears nothing, then or later. */
function queue(
  state: NukiState,
  lock: FakeLock,
  what: 'create' | 'update' | 'delete',
  code: FakeCode,
  now: number,
  { fastest, slowest }: Delays,
): void {
  if (lock.serverState !== 0) return
  // Repeatable, and spread over the whole range.
  const at = now + fastest + ((state.nextId * 7919) % 1000) * ((slowest - fastest) / 1000)
  const last = state.pending.filter((change) => change.lock === lock.smartlockId).at(-1)?.at ?? 0
  state.pending.push({ at: Math.max(at, last), lock: lock.smartlockId, do: what, code })
}

function refusalOf(state: NukiState, lock: FakeLock, body: unknown, before: FakeCode | undefined): Answer | undefined {
  if (typeof body !== 'object' || body === null) return bad('body', '')
  const given = body as Record<string, unknown> // a JSON object
  const { name, code, type, remoteAllowed } = given
  if (typeof name !== 'string' || name === '' || name.length > 20) return bad('name', name)
  if (before === undefined && type !== 13) return bad('accountUserId', '')
  if (before === undefined && typeof remoteAllowed !== 'boolean') return bad('remoteAllowed', remoteAllowed)
  if (lock.keypad === 0) return bad('type', type)
  if (before === undefined || code !== undefined)
    if (typeof code !== 'number' || !/^(?!12)[1-9]{6}$/.test(String(code))) return bad('code', code)
  for (const field of ['allowedFromDate', 'allowedUntilDate'])
    if (given[field] != null && !isRfc3339(given[field])) return bad(field, given[field])
  const coming = state.pending.filter((change) => change.lock === lock.smartlockId && change.do === 'create')
  const taken = [...lock.codes, ...coming.map((change) => change.code)]
  if (taken.some((other) => other.id !== before?.id && other.code === code))
    return new HttpResponse('{"detailMessage":"Parameter conflicts"}', { status: 409 })
  return undefined
}

export function isRfc3339(value: unknown): boolean {
  return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/.test(value)
}

function ownIn(body: unknown): Partial<FakeCode> {
  const given = body as Record<string, unknown> // refused above when it is none
  return Object.fromEntries(ownedFields.filter((name) => given[name] !== undefined).map((name) => [name, given[name]]))
}

export function bad(parameter: string, value: unknown): Answer {
  const message = `The value '${String(value)}' given for parameter '${parameter}' is not valid.`
  return new HttpResponse(JSON.stringify({ detailMessage: message }), { status: 400 })
}

function busy(): Answer {
  return new HttpResponse('{"stackTrace":[],"suppressedExceptions":[]}', { status: 423 })
}

export function done(): Answer {
  return new HttpResponse<string>(null, { status: 204 })
}
