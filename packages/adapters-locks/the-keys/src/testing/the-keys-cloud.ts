import { HttpResponse } from 'msw'
import { http } from 'msw/http'
import { accessoryAnswer, sharesAnswer, userAnswer } from './the-keys-answers.ts'
import type { Delays } from './the-keys-device.ts'
import { applyForm, drawn, formIn } from './the-keys-forms.ts'
import type { FakeLock, FakeShare, PlannedAnswer, TheKeysState } from './the-keys-state.ts'

type Answer = HttpResponse<string>

const origin = 'https://api.the-keys.fr'
const api = `${origin}/fr/api/v2`

/** The cloud's routes. `changed` is told of every lock that has something new to fetch. */
export function cloudHandlers(
  state: TheKeysState,
  now: () => number,
  delays: Delays,
  changed: (lock: FakeLock) => void,
) {
  type Resolver = (id: string, request: Request, more: string) => Answer | Promise<Answer>

  /** A route behind the token, with the planned faults in front of it. */
  const route = (method: 'get' | 'post', path: string, resolve: Resolver) =>
    http[method](`${api}/${path}`, async ({ request, params }) => {
      if (!holdsToken(request)) return new HttpResponse('Unauthorized', { status: 401 })
      const planned = takeFault(state, request.url)
      if (planned) return plannedAnswer(planned)
      return await resolve(String(params['id']), request, String(params['more']))
    })

  function holdsToken(request: Request): boolean {
    const [, token = ''] = /^Bearer (.+)$/.exec(request.headers.get('authorization') ?? '') ?? []
    return (state.tokens[token] ?? 0) > now()
  }

  const lockOf = (id: string) => state.locks.find((lock) => String(lock.id) === id)
  const shareOf = (id: string) => state.shares.find((share) => String(share.id) === id)

  function touch(share: FakeShare): void {
    const lock = lockOf(String(share.lock))
    if (lock) changed(lock)
  }

  return [
    http.post(`${origin}/api/login_check`, async ({ request }) => {
      const planned = takeFault(state, request.url)
      if (planned) return plannedAnswer(planned)
      const form = await formIn(request)
      const { username, password, id } = state.account
      if (form.get('_username') !== username || form.get('_password') !== password)
        return new HttpResponse('Bad credentials', { status: 401 })
      const { tokenLifetime, tokens } = state.switches
      const number = state.nextId++
      for (const [token, until] of Object.entries(state.tokens)) if (until <= now()) delete state.tokens[token]
      const [jwt, access] = [`sample-jwt-${id}-${number}`, `sample-access-${id}-${number}`]
      for (const token of [jwt, access]) state.tokens[token] = now() + tokenLifetime * 1000
      return json({
        ...(tokens === 'token' ? {} : { access_token: access }),
        expires_in: tokenLifetime,
        token_type: 'bearer',
        scope: 'actions',
        refresh_token: `sample-refresh-${number}`,
        ...(tokens === 'access_token' ? {} : { token: jwt }),
      })
    }),

    route('get', 'utilisateur/get/:id', (username) =>
      done(decodeURIComponent(username) === state.account.username ? userAnswer(state, now(), delays) : null),
    ),
    route('get', 'accessoire/get/:id', (id) => {
      const lock = state.locks.find(({ accessories }) => accessories.some((accessory) => String(accessory.id) === id))
      const accessory = lock?.accessories.find((accessory) => String(accessory.id) === id)
      return done(lock && accessory ? accessoryAnswer(accessory, lock, state.switches, now(), delays) : null)
    }),
    route('get', 'partage/all/serrure/:id', (id) => {
      const lock = lockOf(id)
      return done(lock ? sharesAnswer(state, lock) : null)
    }),

    route('post', 'partage/create/:id/accessoire/:more', async (id, request, accessoryId) => {
      const lock = lockOf(id)
      const accessory = lock?.accessories.find(({ id_accessoire }) => id_accessoire === accessoryId)
      if (!lock || !accessory) return done(null)
      const form = await formIn(request)
      const refusal = duplicateRefusal(form, accessoryId)
      if (refusal) return refusal
      const share = { id: state.nextId++, lock: lock.id, id_accessoire: accessoryId } as FakeShare // the form fills the rest
      applyForm(share, form, state)
      if (state.switches.createdCode === 'other') share.code = drawn(state)
      state.shares.push(share)
      changed(lock)
      return done({ id: share.id, ...(state.switches.createdCode === 'missing' ? {} : { code: share.code }) })
    }),
    route('post', 'partage/accessoire/update/:id', async (id, request) => {
      const share = shareOf(id)
      if (!share) return unknownShare()
      const form = await formIn(request)
      const refusal = duplicateRefusal(form, share.id_accessoire, share.id)
      if (refusal) return refusal
      applyForm(share, form, state)
      touch(share)
      return done(state.switches.updateAnswer === 'null' ? null : { id: share.id, code: share.code })
    }),
    route('post', 'partage/accessoire/delete/:id', (id) => {
      const share = shareOf(id)
      if (!share) return unknownShare()
      state.shares = state.shares.filter((other) => other !== share)
      touch(share)
      return json({ status: 200 })
    }),

    /** For tests and the demo; the real cloud has no such window into a lock. */
    http.get(`${origin}/test-only/locks/:id/codes`, ({ params }) =>
      HttpResponse.json(lockOf(String(params['id']))?.device ?? null),
    ),

    http.all(`${api}/*`, ({ request }) => {
      if (!holdsToken(request)) return new HttpResponse('Unauthorized', { status: 401 })
      const { method } = request
      if (method === 'GET' || method === 'POST') return page(404, 'Not Found')
      return page(405, 'Method Not Allowed')
    }),
  ]

  function unknownShare(): Answer {
    const how = state.switches.unknownShare
    if (how === 'http-404') return page(404, 'Not Found')
    return how === 'null' ? done(null) : said(404, 'Partage introuvable')
  }

  function duplicateRefusal(form: URLSearchParams, accessoryId: string, except?: number) {
    const pin = form.get('partage_accessoire[code]')
    const { duplicatePins } = state.switches
    const taken = state.shares.some(
      ({ id, id_accessoire, code }) => id !== except && id_accessoire === accessoryId && code === pin,
    )
    if (duplicatePins === 'allowed' || !taken) return undefined
    const text = `Le code ${pin} est déjà utilisé`
    return duplicatePins === 'status-400' ? said(400, text) : json(body(409, null, text), 409)
  }
}

function takeFault(state: TheKeysState, url: string): PlannedAnswer | undefined {
  const planned = state.faults.find(({ path }) => path === undefined || url.includes(path))
  if (!planned) return undefined
  planned.times = (planned.times ?? 1) - 1
  if (planned.times <= 0) state.faults = state.faults.filter((other) => other !== planned)
  return planned
}

function plannedAnswer({ answer, status, message = 'Une erreur est survenue' }: PlannedAnswer): Answer {
  if (answer === 'html-500') return page(500, 'Internal Server Error')
  return answer === 'http' ? json(body(status, null, message), status) : said(status, message)
}

const body = (status: number, data: object | null, text?: string) => ({
  status,
  data,
  message: { global: [], form: text === undefined ? [] : [text] },
})
const json = (value: object, status = 200): Answer =>
  new HttpResponse(JSON.stringify(value), { status, headers: { 'content-type': 'application/json' } })
const done = (data: object | null): Answer => json(body(200, data))
const said = (status: number, text: string): Answer => json(body(status, null, text))
const page = (status: number, title: string): Answer =>
  new HttpResponse(`<!doctype html><title>${title}</title>`, { status, headers: { 'content-type': 'text/html' } })
