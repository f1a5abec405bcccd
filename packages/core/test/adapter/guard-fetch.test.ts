import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { BodyTooLarge, guardFetch, HostRefused } from '../../src/adapter/guard-fetch.ts'
import { OutOfTurn } from '../../src/adapter/turns.ts'

const hosts = ['api.vendor.example']
const url = 'https://api.vendor.example/codes'
const generous = { perSecond: 1_000_000, burst: 1_000_000 }

/** A vendor that remembers when it was asked what. */
function vendor(answer: (request: Request) => Response | Promise<Response> = () => new Response('{}')) {
  const asked: { url: string; at: number; request: Request }[] = []
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init)
    asked.push({ url: request.url, at: performance.now(), request })
    return await answer(request)
  }
  return { asked, fetch }
}

/** Sends a first chunk and then neither more nor an end. */
const stuck = () => new Response(new ReadableStream({ start: (out) => out.enqueue(new TextEncoder().encode('[')) }))

const never = (request: Request) =>
  new Promise<Response>((_, reject) => {
    const abort = () => reject(request.signal.reason as Error) // whoever aborts gives an Error
    if (request.signal.aborted) abort()
    else request.signal.addEventListener('abort', abort, { once: true })
  })

describe('where a request may go', () => {
  it.each([
    'https://elsewhere.example/',
    'https://api.vendor.example.elsewhere.example/',
    'https://elsewhere.example/https://api.vendor.example/',
    'https://sub.api.vendor.example/',
    'http://api.vendor.example/',
    'https://127.0.0.1/',
    'data:text/plain,1',
  ])('refuses %s, and nothing leaves', async (target) => {
    const { asked, fetch } = vendor()
    await expect(guardFetch(fetch, { hosts, rate: generous })(target)).rejects.toThrow(HostRefused)
    expect(asked).toEqual([])
  })
  it.each([
    'https://192.168.1.40/',
    'https://192.168.1.40:8444/',
    'https://192.168.1.41:8443/',
    'http://192.168.1.40:8443/',
    'https://192.168.1.40.elsewhere.example:8443/',
  ])('refuses %s beside a site at another port or address', async (target) => {
    const { asked, fetch } = vendor()
    const site = { origin: 'https://192.168.1.40:8443' }
    await expect(guardFetch(fetch, { hosts: [], site, rate: generous })(target)).rejects.toThrow(HostRefused)
    expect(asked).toEqual([])
  })
  it('lets the site through, and the hosts beside it', async () => {
    const { asked, fetch } = vendor()
    const guarded = guardFetch(fetch, { hosts, site: { origin: 'https://192.168.1.40:8443' }, rate: generous })
    await guarded('https://192.168.1.40:8443/api')
    await guarded(url)
    expect(asked.map((one) => one.url)).toEqual(['https://192.168.1.40:8443/api', url])
  })
  it('lets a declared host through with method, headers and body', async () => {
    const { asked, fetch } = vendor()
    await guardFetch(fetch, { hosts, rate: generous })(url, { method: 'POST', headers: { 'x-a': '1' }, body: 'a=%26' })
    expect(asked[0]?.request.method).toBe('POST')
    expect(asked[0]?.request.headers.get('x-a')).toBe('1')
    expect(await asked[0]?.request.text()).toBe('a=%26')
  })
  it('says the host it refuses, and not the rest of the address', async () => {
    const { fetch } = vendor()
    const refused = guardFetch(fetch, { hosts, rate: generous })('https://elsewhere.example/+33600000000?pin=4711')
    await expect(refused).rejects.toThrow(/elsewhere\.example/)
    await expect(refused).rejects.not.toThrow(/33600000000|4711/)
  })
  it('hands a redirect back instead of following it', async () => {
    const { asked, fetch } = vendor(
      () => new Response('', { status: 307, headers: { location: 'https://elsewhere.example/' } }),
    )
    const response = await guardFetch(fetch, { hosts, rate: generous })(url)
    expect(response.status).toBe(307)
    expect(asked[0]?.request.redirect).toBe('manual')
    expect(asked).toHaveLength(1)
  })
})

describe('how long and how much', () => {
  it('reads an answer up to the cap and no byte more', async () => {
    const body = 'x'.repeat(1000)
    const { fetch } = vendor(() => new Response(body))
    expect(await (await guardFetch(fetch, { hosts, rate: generous, maxBytes: 1000 })(url)).text()).toBe(body)
    const tooLong = await guardFetch(fetch, { hosts, rate: generous, maxBytes: 999 })(url)
    await expect(tooLong.text()).rejects.toThrow(BodyTooLarge)
  })
  it('stops taking an endless answer', async () => {
    let chunks = 0
    const chunk = new Uint8Array(1000)
    const endless = () =>
      new Response(
        new ReadableStream({
          pull: (out) => {
            if (++chunks > 100) out.close()
            else out.enqueue(chunk)
          },
        }),
      )
    const response = await guardFetch(vendor(endless).fetch, { hosts, rate: generous, maxBytes: 10_000 })(url)
    await expect(response.text()).rejects.toThrow(BodyTooLarge)
    expect(chunks).toBeLessThan(50)
  })
  it('keeps answers that have no body', async () => {
    const { fetch } = vendor(() => new Response(null, { status: 204 }))
    expect((await guardFetch(fetch, { hosts, rate: generous })(url)).status).toBe(204)
  })
  it('gives up on a vendor that does not answer', async () => {
    const guarded = guardFetch(vendor(never).fetch, { hosts, rate: generous, timeout: 20 })
    await expect(guarded(url)).rejects.toMatchObject({ name: 'TimeoutError' })
  })
  it('gives up on an answer that does not end', async () => {
    const response = await guardFetch(vendor(stuck).fetch, { hosts, rate: generous, timeout: 20 })(url)
    await expect(response.text()).rejects.toMatchObject({ name: 'TimeoutError' })
  })
  it('ends at once when the caller aborts, with the reason of the caller', async () => {
    const abort = new AbortController()
    const call = guardFetch(vendor(never).fetch, { hosts, rate: generous })(url, { signal: abort.signal })
    abort.abort(new Error('the hub stops'))
    await expect(call).rejects.toThrow('the hub stops')
  })
})

describe('the budget', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
  afterEach(() => void vi.useRealTimers())

  it('lets a burst through and then one at a time, in order', async () => {
    const { asked, fetch } = vendor()
    const guarded = guardFetch(fetch, { hosts, rate: { perSecond: 2, burst: 3 } })
    const all = Promise.all(Array.from({ length: 7 }, (_, n) => guarded(`${url}/${n}`)))
    await vi.advanceTimersByTimeAsync(10_000)
    await all
    const start = asked[0]?.at ?? 0
    expect(asked.map(({ at }) => at - start)).toEqual([0, 0, 0, 500, 1000, 1500, 2000])
    expect(asked.map((each) => each.url.at(-1))).toEqual(['0', '1', '2', '3', '4', '5', '6'])
  })
  it('is full again after a pause, and never fuller', async () => {
    const { asked, fetch } = vendor()
    const guarded = guardFetch(fetch, { hosts, rate: { perSecond: 1, burst: 2 } })
    await Promise.all([guarded(url), guarded(url)])
    await vi.advanceTimersByTimeAsync(3_600_000)
    const before = performance.now()
    const all = Promise.all([guarded(url), guarded(url), guarded(url)])
    await vi.advanceTimersByTimeAsync(5000)
    await all
    expect(asked.slice(2).map(({ at }) => at - before)).toEqual([0, 0, 1000])
  })
  it('says at once that a turn comes too late, and sends nothing', async () => {
    const { asked, fetch } = vendor()
    const guarded = guardFetch(fetch, { hosts, rate: { perSecond: 1, burst: 1 }, timeout: 3750 })
    const outcomes = Promise.allSettled(Array.from({ length: 5 }, () => guarded(url)))
    await vi.advanceTimersByTimeAsync(10_000)
    const refused = (await outcomes).filter(({ status }) => status === 'rejected')
    expect(refused).toMatchObject([{ reason: expect.any(OutOfTurn) }, { reason: expect.any(OutOfTurn) }])
    expect(asked).toHaveLength(3)
  })
  it('gives the turn of an aborted call to the next one', async () => {
    const { asked, fetch } = vendor()
    const guarded = guardFetch(fetch, { hosts, rate: { perSecond: 1, burst: 1 } })
    await guarded(url)
    const abort = new AbortController()
    const left = guarded(url, { signal: abort.signal })
    abort.abort(new Error('no longer needed'))
    await expect(left).rejects.toThrow('no longer needed')
    const next = guarded(url)
    await vi.advanceTimersByTimeAsync(5000)
    await next
    expect(asked.map(({ at }) => at - (asked[0]?.at ?? 0))).toEqual([0, 1000])
  })
  it('is kept by each account for itself', async () => {
    const { asked, fetch } = vendor()
    const rate = { perSecond: 1, burst: 1 }
    const [one, other] = [guardFetch(fetch, { hosts, rate }), guardFetch(fetch, { hosts, rate })]
    await Promise.all([one(url), other(url)])
    expect(asked).toHaveLength(2)
  })
})
