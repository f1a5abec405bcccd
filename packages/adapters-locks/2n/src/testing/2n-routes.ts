import { HttpResponse } from 'msw'
import { http } from 'msw/http'
import { create, get, query, Refused, remove, update } from './2n-directory.ts'
import { deviceSeconds, record, wants } from './2n-door.ts'
import { signedIn } from './2n-sign-in.ts'
import type { Entry, Privilege, Service, TwoNState } from './2n-state.ts'

type Answer = HttpResponse<string>
type Verb = 'GET' | 'POST' | 'PUT'

interface Asked {
  readonly body: Entry
  readonly query: URLSearchParams
}

interface Route {
  readonly path: string
  readonly service: Service
  readonly needs: Privilege
  readonly verbs: readonly Verb[]
  readonly answer: (asked: Asked) => object | undefined
}

/** The functions of the HTTP API, behind the sign-in and privileges that the device was given. */
export function routes(state: TwoNState, now: () => number) {
  const table: readonly Route[] = [
    {
      path: 'system/info',
      service: 'system',
      needs: 'system-monitoring',
      verbs: ['GET', 'POST'],
      answer: () => ({
        variant: state.variant,
        serialNumber: state.serialNumber,
        hwVersion: '570v1',
        swVersion: state.swVersion,
        buildType: 'release',
        deviceName: state.deviceName,
      }),
    },
    {
      path: 'system/status',
      service: 'system',
      needs: 'system-monitoring',
      verbs: ['GET', 'POST'],
      answer: () => ({
        systemTime: deviceSeconds(state, now()),
        upTime: Math.floor((now() - state.bootedAt) / 1000),
      }),
    },
    directory('template', ['GET', 'POST'], () => ({ series: state.series, users: [state.template] })),
    directory('query', ['POST'], ({ body }) => query(state, body)),
    directory('get', ['POST'], ({ body }) => get(state, body)),
    directory('create', ['PUT'], ({ body }) => create(state, body)),
    directory('update', ['PUT'], ({ body }) => update(state, body)),
    directory('delete', ['PUT'], ({ body }) => remove(state, body)),
    {
      path: 'switch/caps',
      service: 'switch',
      needs: 'switch-monitoring',
      verbs: ['GET', 'POST'],
      answer: () => ({
        switches: state.switches.map((one) =>
          one.enabled
            ? { switch: one.switch, enabled: true, mode: one.mode, switchOnDuration: 5, type: 'normal' }
            : { switch: one.switch, enabled: false },
        ),
      }),
    },
    {
      path: 'switch/ctrl',
      service: 'switch',
      needs: 'switch-control',
      verbs: ['GET', 'POST'],
      answer: (asked) => control(state, asked.query, now()),
    },
    {
      path: 'log/caps',
      service: 'log',
      needs: 'log',
      verbs: ['GET', 'POST'],
      answer: () => ({ events: ['CodeEntered', 'UserAuthenticated', 'UserRejected', 'SwitchStateChanged'] }),
    },
    {
      path: 'log/subscribe',
      service: 'log',
      needs: 'log',
      verbs: ['GET', 'POST'],
      answer: (asked) => subscribe(state, asked.query, now()),
    },
    {
      path: 'log/pull',
      service: 'log',
      needs: 'log',
      verbs: ['GET', 'POST'],
      answer: (asked) => pull(state, asked.query, now()),
    },
    {
      path: 'log/unsubscribe',
      service: 'log',
      needs: 'log',
      verbs: ['GET', 'POST'],
      answer: ({ query }) => {
        delete state.channels[query.get('id') ?? '']
        return undefined
      },
    },
  ]

  return table.map((route) =>
    http.all(`*/api/${route.path}`, async ({ request }) => {
      const planned = takeFault(state, request)
      if (planned?.error !== undefined) return refusal(planned.error)
      if (planned) return new HttpResponse(planned.body ?? '', { status: planned.status ?? 200 })
      if (!state.services[route.service].enabled) return refusal(4)
      if (!request.url.startsWith('https:')) return refusal(7)
      const who = signedIn(state, request, route.service, now())
      if ('challenge' in who) return refusal(who.number, { 'www-authenticate': who.challenge })
      if (who.account && !who.account.privileges.includes(route.needs)) return refusal(10)
      if (!route.verbs.some((verb) => verb === request.method)) return refusal(3)
      try {
        const result = route.answer({ body: await bodyOf(request), query: new URL(request.url).searchParams })
        return json({ success: true, ...(result === undefined ? {} : { result }) })
      } catch (error) {
        if (error instanceof Refused) return refusal(error.number)
        throw error
      }
    }),
  )
}

function directory(name: string, verbs: readonly Verb[], answer: Route['answer']): Route {
  return { path: `dir/${name}`, service: 'system', needs: 'system-control', verbs, answer }
}

function control(state: TwoNState, query: URLSearchParams, now: number): undefined {
  const found = state.switches.find((one) => String(one.switch) === query.get('switch'))
  if (!found?.enabled || query.get('action') !== 'trigger') throw new Refused(12)
  if (found.locked) throw new Refused(18)
  if (found.mode === 'bistable') found.active = !found.active
  else state.openings += 1
  record(state, now, 'SwitchStateChanged', { switch: found.switch, state: true, originator: 'api' })
}

function subscribe(state: TwoNState, query: URLSearchParams, now: number): object {
  const include = query.get('include') ?? 'new'
  const filter = (query.get('filter') ?? '').split(',').filter((one) => one !== '')
  const since =
    include === 'all' ? 0 : include === 'new' ? Infinity : deviceSeconds(state, now) - Math.abs(Number(include))
  const id = 2_121_000_000 + state.nextId++
  const lives = Number(query.get('duration') ?? 90) * 1000
  if (!(lives >= 10_000 && lives <= 3_600_000) || Number.isNaN(since)) throw new Refused(12)
  const queue = state.log.filter((one) => one.utcTime >= since && wants({ filter }, one)).map((one) => one.id)
  state.channels[String(id)] = { filter, lives, pulledAt: now, queue }
  return { id }
}

function pull(state: TwoNState, query: URLSearchParams, now: number): object {
  const channel = state.channels[query.get('id') ?? '']
  if (!channel || now - channel.pulledAt > channel.lives) throw new Refused(12)
  channel.pulledAt = now
  const ids = new Set(channel.queue.splice(0, 128))
  return { events: state.log.filter(({ id }) => ids.has(id)) }
}

/** JSON, or the same as a part of a form. */
async function bodyOf(request: Request): Promise<Entry> {
  if (request.method === 'GET') return {}
  const isForm = request.headers.get('content-type')?.startsWith('multipart/form-data') ?? false
  const part = isForm ? (await request.formData()).get('blob-json') : await request.text()
  const text = typeof part === 'string' ? part : ((await part?.text()) ?? '')
  if (text === '') return {}
  try {
    const body: unknown = JSON.parse(text)
    if (typeof body === 'object' && body !== null) return body as Entry // an object, as tested
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw new Refused(12)
}

function takeFault(state: TwoNState, { method, url }: Request) {
  const asked = `${method} ${new URL(url).pathname}`
  const index = state.faults.findIndex(({ where }) => where === undefined || asked.includes(where))
  return index < 0 ? undefined : state.faults.splice(index, 1)[0]
}

/** With 200 as all others; only a missing sign-in is 401. */
function refusal(number: number, headers?: Record<string, string>): Answer {
  const error = { code: number, description: 'refused by the fake' }
  return json({ success: false, error }, headers ? { status: 401, headers } : {})
}

function json(value: unknown, { status = 200, headers = {} }: { status?: number; headers?: object } = {}): Answer {
  return new HttpResponse(JSON.stringify(value), {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  })
}
