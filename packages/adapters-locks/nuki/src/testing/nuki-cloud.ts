import { HttpResponse } from 'msw'
import { http } from 'msw/http'
import { authAnswer, lockAnswer, logAnswer } from './nuki-answers.ts'
import type { FakeCode, FakeLock, FakeLogRow, NukiState, Scope } from './nuki-state.ts'
import { bad, createCode, type Delays, deleteCode, done, isRfc3339, updateCode } from './nuki-writes.ts'

type Answer = HttpResponse<string>

const origin = 'https://api.nuki.io'

interface Asked {
  readonly lock: FakeLock
  readonly code: FakeCode | undefined
  readonly body: unknown
  readonly query: URLSearchParams
}

/** The routes of the Web API, each behind a token with its scope. */
export function cloudHandlers(state: NukiState, now: () => number, delays: Delays) {
  type Method = 'get' | 'put' | 'post' | 'delete'

  const guarded = (
    method: Method,
    path: string,
    scope: Scope,
    resolve: (request: Request, params: Readonly<Record<string, unknown>>) => Promise<Answer> | Answer,
  ) =>
    http[method](`${origin}${path}`, async ({ request, params }) => {
      const planned = takeFault(state, request)
      if (planned) return new HttpResponse(planned.body ?? '', planned)
      const [, token = ''] = /^Bearer (.+)$/.exec(request.headers.get('authorization') ?? '') ?? []
      const scopes = state.tokens[token]
      if (!scopes) return plain(401)
      return scopes.includes(scope) ? await resolve(request, params) : plain(403)
    })

  /** A route of one lock; with `:id` also of one of its codes. */
  const route = (method: Method, path: string, scope: Scope, resolve: (asked: Asked) => Answer) =>
    guarded(method, `/smartlock/:lock${path}`, scope, async (request, params) => {
      const lock = state.locks.find(({ smartlockId }) => String(smartlockId) === params['lock'])
      if (!lock) return plain(404)
      const code = lock.codes.find(({ id }) => id === params['id'])
      if (params['id'] !== undefined && !code) return plain(404)
      return resolve({ lock, code, body: await bodyOf(request), query: new URL(request.url).searchParams })
    })

  const withCode = (resolve: (lock: FakeLock, code: FakeCode, body: unknown) => Answer) => (asked: Asked) =>
    asked.code ? resolve(asked.lock, asked.code, asked.body) : plain(404)

  const listed = (lock: FakeLock) =>
    lock.codes
      .filter(({ id }) => !lock.unlisted.includes(id))
      .map((code) => authAnswer(lock, code, state.switches.showsCodes))

  const act = ({ lock, body }: Asked) => {
    const action = typeof body === 'object' && body !== null && 'action' in body ? body.action : undefined
    if (typeof action !== 'number' || (lock.type === 1 && action !== 1)) return bad('action', action)
    if (lock.serverState === 0 && (action === 3 || lock.type === 1)) lock.openings += 1
    return done()
  }

  return [
    guarded('get', '/smartlock', 'smartlock.readOnly', () =>
      json(state.locks.map((lock) => lockAnswer(state, lock, now()))),
    ),
    guarded('get', '/smartlock/auth', 'smartlock.auth', () => json(state.locks.flatMap(listed))),
    route('get', '', 'smartlock.readOnly', ({ lock }) => json(lockAnswer(state, lock, now()))),
    route('post', '/sync', 'smartlock.action', ({ lock }) => {
      if (lock.serverState === 0) lock.unlisted = []
      return done()
    }),
    route('get', '/auth', 'smartlock.auth', ({ lock }) => json(listed(lock))),
    route('put', '/auth', 'smartlock.auth', ({ lock, body }) => createCode(state, lock, body, now(), delays)),
    route(
      'get',
      '/auth/:id',
      'smartlock.auth',
      withCode((lock, code) => json(authAnswer(lock, code, true))),
    ),
    route(
      'post',
      '/auth/:id',
      'smartlock.auth',
      withCode((lock, code, body) => updateCode(state, lock, code, body, now(), delays)),
    ),
    route(
      'delete',
      '/auth/:id',
      'smartlock.auth',
      withCode((lock, code) => deleteCode(state, lock, code, now(), delays)),
    ),
    route('post', '/action', 'smartlock.action', act),
    route('get', '/log', 'smartlock.log', ({ lock, query }) => logPage(state, lock, query)),

    guarded('get', '/api/decentralWebhook', 'webhook.decentral', () =>
      json(state.webhooks.map(({ secret: _once, ...shown }) => shown)),
    ),
    guarded('put', '/api/decentralWebhook', 'webhook.decentral', async (request) => {
      const { webhookUrl, webhookFeatures } = (await bodyOf(request)) as Record<string, unknown> // judged right below
      if (typeof webhookUrl !== 'string' || !webhookUrl.startsWith('https://')) return bad('webhookUrl', webhookUrl)
      if (!Array.isArray(webhookFeatures)) return bad('webhookFeatures', webhookFeatures)
      const id = 100 + state.nextId++
      const hook = {
        id,
        secret: `sample-webhook-secret-${id}`,
        webhookUrl,
        webhookFeatures: webhookFeatures.map(String),
      }
      state.webhooks.push(hook)
      return json(hook)
    }),
    guarded('delete', '/api/decentralWebhook/:id', 'webhook.decentral', (_, { id }) => {
      state.webhooks = state.webhooks.filter((hook) => String(hook.id) !== id)
      return done()
    }),
  ]
}

/** Newest first; `limit` 20 unless told, never more than 50; the next page begins behind the row of `id`. */
function logPage(state: NukiState, lock: FakeLock, query: URLSearchParams): Answer {
  for (const name of ['fromDate', 'toDate']) {
    const value = query.get(name)
    if (value !== null && !isRfc3339(value)) return bad(name, value)
  }
  const from = query.get('fromDate') ?? ''
  const rows = lock.log.filter(({ date }) => date >= from)
  const behind = rows.findIndex(({ id }) => id === query.get('id'))
  const limit = Math.min(Number(query.get('limit') ?? 20), 50)
  const page: FakeLogRow[] = rows.slice(behind + 1, behind + 1 + limit)
  return json(page.map((row) => logAnswer(lock, row, state.switches)))
}

async function bodyOf(request: Request): Promise<unknown> {
  const text = await request.text()
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined // refused like an empty body
    throw error
  }
}

function takeFault(state: NukiState, { method, url }: Request): { status: number; body?: string } | undefined {
  const asked = `${method} ${new URL(url).pathname}`
  const planned = state.faults.find(({ where }) => where === undefined || asked.includes(where))
  if (!planned) return undefined
  planned.times = (planned.times ?? 1) - 1
  if (planned.times <= 0) state.faults = state.faults.filter((other) => other !== planned)
  return planned
}

const json = (value: unknown): Answer =>
  new HttpResponse(JSON.stringify(value), { status: 200, headers: { 'content-type': 'application/json' } })
const plain = (status: number): Answer => new HttpResponse('', { status })
