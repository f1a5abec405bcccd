import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { guardFetch } from '../../src/adapter/guard-fetch.ts'
import { createHttp, type HttpRequest } from '../../src/adapter/http.ts'
import { instantOf, plus } from '../../src/domain/instant.ts'
import { AdapterError } from '../../src/ports/adapter-error.ts'
import { leaked } from '../../src/testing/kits/secret-scan.ts'

const now = instantOf(Date.parse('2026-07-10T10:00:00.000Z'))
const calm = { signal: new AbortController().signal }

function httpOver(answer: (request: Request) => Response | Promise<Response>, retryHeaders: readonly string[] = []) {
  return createHttp({
    fetch: async (input, init) => await answer(new Request(input, init)),
    clock: { now: () => now },
    origin: 'https://api.vendor.example',
    vendor: 'Vendor',
    retryHeaders,
    authRemedy: 'Make a new key.',
  })
}
const read: HttpRequest = { method: 'GET', path: '/codes', effect: 'read' }
const write: HttpRequest = { method: 'POST', path: '/codes', effect: 'write', body: '{"pin":"0472"}' }

async function failure(promise: Promise<unknown>): Promise<AdapterError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!AdapterError.is(error)) throw new Error('expected an AdapterError', { cause: error })
  return error
}
const thrown = (error: Error) => () => Promise.reject(error)
const network = (code: string) => new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) })

describe('a request', () => {
  it('goes where and as it was said', async () => {
    let seen: Request | undefined
    const http = httpOver((request) => {
      seen = request
      return new Response('{"ok":true}')
    })
    const answer = await http({ ...write, query: 'a=%2B1', headers: { 'x-key': 'k' } }, calm)
    expect(seen?.url).toBe('https://api.vendor.example/codes?a=%2B1')
    expect(seen?.headers.get('x-key')).toBe('k')
    expect(await seen?.text()).toBe('{"pin":"0472"}')
    expect(answer).toMatchObject({ status: 200, text: '{"ok":true}' })
    expect(answer.json()).toEqual({ ok: true })
  })
})

describe('a status', () => {
  it.each([
    [401, 'auth', 'auth'],
    [403, 'auth', 'auth'],
    [404, 'gone', 'gone'],
    [408, 'unreachable', 'outcome-unknown'],
    [410, 'gone', 'gone'],
    [400, 'refused', 'refused'],
    [409, 'refused', 'refused'],
    [422, 'refused', 'refused'],
    [423, 'rate-limited', 'rate-limited'],
    [429, 'rate-limited', 'rate-limited'],
    [500, 'unreachable', 'outcome-unknown'],
    [502, 'unreachable', 'outcome-unknown'],
    [503, 'unreachable', 'outcome-unknown'],
    [507, 'unreachable', 'outcome-unknown'],
    [302, 'bad-response', 'outcome-unknown'],
  ])('%i becomes %s on a read and %s on a write', async (status, onRead, onWrite) => {
    const http = httpOver(() => new Response('', { status }))
    expect((await failure(http(read, calm))).code).toBe(onRead)
    expect((await failure(http(write, calm))).code).toBe(onWrite)
  })
  it('that the caller judges is handed over, body and all', async () => {
    const http = httpOver(() => new Response('full', { status: 507 }))
    expect(await http({ ...write, judges: [409, 507] }, calm)).toMatchObject({ status: 507, text: 'full' })
  })
  it('of bad credentials brings the remedy of the adapter', async () => {
    const http = httpOver(() => new Response('', { status: 401 }))
    expect((await failure(http(read, calm))).remedy).toBe('Make a new key.')
  })
  it.each([
    ['its own header first', { 'x-wait': '5', 'retry-after': '9' }, 5000],
    ['the common header', { 'retry-after': '9' }, 9000],
    ['a minute when nothing is said', {}, 60_000],
    ['at most a quarter of an hour', { 'retry-after': '99999' }, 900_000],
  ])('429 waits %s', async (_, headers, wait) => {
    const http = httpOver(() => new Response('', { status: 429, headers }), ['x-wait'])
    expect((await failure(http(read, calm))).retryAt).toBe(plus(now, wait))
  })
  it('503 with a time to come back is a wait, without one a failure', async () => {
    const http = httpOver(() => new Response('', { status: 503, headers: { 'retry-after': '4' } }))
    expect(await failure(http(write, calm))).toMatchObject({ code: 'rate-limited', retryAt: plus(now, 4000) })
  })
})

describe('silence', () => {
  it.each([
    ['ECONNREFUSED', 'unreachable'],
    ['ENOTFOUND', 'unreachable'],
    ['UND_ERR_CONNECT_TIMEOUT', 'unreachable'],
    ['CERT_HAS_EXPIRED', 'unreachable'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'unreachable'],
    ['ECONNRESET', 'outcome-unknown'],
    ['UND_ERR_SOCKET', 'outcome-unknown'],
    ['UND_ERR_HEADERS_TIMEOUT', 'outcome-unknown'],
    ['ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC', 'outcome-unknown'],
  ])('by %s is unreachable on a read, and on a write %s', async (code, onWrite) => {
    const http = httpOver(thrown(network(code)))
    expect((await failure(http(read, calm))).code).toBe('unreachable')
    expect((await failure(http(write, calm))).code).toBe(onWrite)
  })
  it('of a device in the house has a remedy of its own', async () => {
    const http = createHttp({
      fetch: thrown(network('EHOSTUNREACH')),
      clock: { now: () => now },
      origin: 'https://192.168.1.40',
      vendor: 'The intercom',
      authRemedy: 'Sign in.',
      silenceRemedy: 'Look whether it has power.',
    })
    expect((await failure(http(read, calm))).remedy).toBe('Look whether it has power.')
    expect((await failure(httpOver(thrown(network('EHOSTUNREACH')))(read, calm))).remedy).toContain('status page')
  })
  it('that breaks an answer off is no answer', async () => {
    const broken = () => {
      let sent = false
      const pull = (out: ReadableStreamDefaultController) => {
        if (sent) out.error(network('ECONNRESET'))
        else out.enqueue(new TextEncoder().encode('[{"id":'))
        sent = true
      }
      return new Response(new ReadableStream({ pull }))
    }
    expect((await failure(httpOver(broken)(read, calm))).code).toBe('unreachable')
    expect((await failure(httpOver(broken)(write, calm))).code).toBe('outcome-unknown')
  })
  it.each([read, write])('is met once: whether $method is worth a second try, the queue decides', async (request) => {
    const answers = [thrown(network('ECONNRESET')), () => new Response('', { status: 503 })]
    for (const answer of answers) {
      let asked = 0
      const http = httpOver(() => {
        asked += 1
        return answer()
      })
      await failure(http(request, calm))
      expect(asked).toBe(1)
    }
  })
  it('of our own budget is a wait until there is a turn, and nothing was sent', async () => {
    let sent = 0
    const fetch = guardFetch(
      async () => {
        sent++
        return new Response('{}')
      },
      { hosts: ['api.vendor.example'], rate: { perSecond: 0.01, burst: 1 } },
    )
    const http = createHttp({
      fetch,
      clock: { now: () => now },
      origin: 'https://api.vendor.example',
      vendor: 'Vendor',
      authRemedy: '-',
    })
    await http(write, calm)
    const { code, retryAt } = await failure(http(write, calm))
    expect(code).toBe('rate-limited')
    expect(Date.parse(retryAt ?? '') - Date.parse(now)).toBeGreaterThan(90_000)
    expect(sent).toBe(1)
  })
  it('by an abort of ours is the reason of the abort and no failure of the vendor', async () => {
    const abort = new AbortController()
    const http = httpOver((request) => {
      abort.abort(new Error('the lease is lost'))
      return Promise.reject(request.signal.reason as Error) // aborted in the line above
    })
    const error: unknown = await http(write, abort).then(undefined, (reason: unknown) => reason)
    expect(error).toMatchObject({ message: 'the lease is lost' })
    expect(AdapterError.is(error)).toBe(false)
  })
  it('towards an undeclared host stays the bug it is', async () => {
    const fetch = guardFetch(() => Promise.reject(new Error('never called')), {
      hosts: ['other.example'],
      rate: { perSecond: 1, burst: 1 },
    })
    const http = createHttp({
      fetch,
      clock: { now: () => now },
      origin: 'https://api.vendor.example',
      vendor: 'Vendor',
      authRemedy: '-',
    })
    await expect(http(read, calm)).rejects.toMatchObject({ name: 'HostRefused' })
  })
})

describe('a body', () => {
  const shape = z.object({ id: z.number(), guest: z.object({ name: z.string() }) })
  it('of the right shape is read, and only the fields that are asked for', async () => {
    const http = httpOver(() => new Response('{"id":1,"guest":{"name":"Ada","more":1},"more":2}'))
    expect((await http(read, calm)).as(shape)).toEqual({ id: 1, guest: { name: 'Ada' } })
  })
  it.each([
    ['no JSON', '<h1>Ada Lovelace 0472</h1>'],
    ['cut JSON', '{"id":1,"guest":{"name":"Ada Lovelace 0472'],
    ['nothing', ''],
    ['another shape', '{"id":"Ada Lovelace 0472","guest":null}'],
  ])('that is %s says so without quoting it', async (_, body) => {
    const http = httpOver(() => new Response(body))
    for (const [request, code] of [
      [read, 'bad-response'],
      [write, 'outcome-unknown'],
    ] as const) {
      const error = await failure(http(request, calm).then((answer) => answer.as(shape)))
      expect(error.code).toBe(code)
      expect(leaked(error, ['Ada', 'Lovelace', '0472'])).toBeUndefined()
    }
  })
})

describe('an error', () => {
  it('keeps the kinds of its causes and none of their words', async () => {
    const inner = Object.assign(new Error('getaddrinfo api.vendor.example/+33600000000?pin=0472'), {
      code: 'ECONNRESET',
      input: '+33600000000',
    })
    const error = await failure(httpOver(thrown(new TypeError('POST {"pin":"0472"}', { cause: inner })))(write, calm))
    expect(leaked(error, ['0472', '+33600000000'])).toBeUndefined()
    expect(String(error.cause)).toContain('ECONNRESET')
  })
  it('never shows headers, path or body of the request', async () => {
    for (const status of [400, 401, 404, 429, 500]) {
      const http = httpOver(() => new Response('token-of-the-tenant 0472', { status }))
      const request = { ...write, path: '/+33600000000', headers: { authorization: 'token-of-the-tenant' } }
      expect(leaked(await failure(http(request, calm)), ['token-of', '0472', '+3360'])).toBeUndefined()
    }
  })
})
