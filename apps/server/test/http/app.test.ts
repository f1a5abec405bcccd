import { readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { Router } from 'express'
import { afterEach, describe, expect, it } from 'vitest'
import { Problem, problems } from '../../src/problem.ts'
import { createApp } from '../../src/http/app.ts'
import { type Listening, listen } from '../../src/http/listen.ts'
import { type Check, readinessOf, workLoopCheck } from '../../src/http/readiness.ts'
import { hubMetrics } from '../../src/telemetry/hub-metrics.ts'
import { createLog } from '../../src/telemetry/log.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'

const open: Listening[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.stop(50)))
})

async function serve(api?: Router, checks: Record<string, Check> = {}) {
  const lines: string[] = []
  const log = createLog({ level: 'info', destination: { write: (line: string) => void lines.push(line) } })
  const metrics = createMetrics()
  const { http } = hubMetrics(metrics, {})
  const app = createApp({
    trustProxy: false,
    log,
    metrics,
    http,
    readiness: readinessOf(checks),
    ...(api ? { api } : {}),
  })
  const server = await listen(app, { host: '127.0.0.1', port: 0 })
  open.push(server)
  return { url: `http://127.0.0.1:${server.port}`, logged: () => lines.join('') }
}

const failing = (error: unknown): Router =>
  Router().all('/things/:name', () => {
    throw error
  })

describe('health', () => {
  it('is live as soon as it answers', async () => {
    const { url } = await serve()
    expect(await (await fetch(`${url}/livez`)).json()).toEqual({ live: true })
  })

  it('is ready when every check is, and says which is not', async () => {
    let turn: number | undefined
    const checks = {
      database: async () => undefined,
      work: workLoopCheck(
        () => turn,
        () => 100_000,
      ),
    }
    const { url } = await serve(undefined, checks)
    const state = async () => {
      const answer = await fetch(`${url}/readyz`)
      return [answer.status, await answer.json()]
    }
    expect(await state()).toEqual([
      503,
      { ready: false, checks: { database: 'ok', work: 'the work loop has not started' } },
    ])
    turn = 90_000
    expect(await state()).toEqual([200, { ready: true, checks: { database: 'ok', work: 'ok' } }])
    turn = 60_000
    expect(await state()).toEqual([
      503,
      { ready: false, checks: { database: 'ok', work: 'the work loop has been silent for 40 seconds' } },
    ])
  })

  it('tells nothing of a failing check’s error', async () => {
    const { url } = await serve(undefined, {
      database: () => Promise.reject(new Error('postgres://canary:canary@host')),
    })
    expect(await (await fetch(`${url}/readyz`)).text()).toBe('{"ready":false,"checks":{"database":"failed"}}')
  })

  it('shows metrics with route patterns and nothing that was in an address', async () => {
    const { url } = await serve(failing(new Problem('not-found')))
    await fetch(`${url}/api/v1/things/canary?canary=1`)
    await fetch(`${url}/canary`)
    const answer = await fetch(`${url}/metrics`)
    const text = await answer.text()
    expect(answer.headers.get('content-type')).toContain('version=0.0.4')
    expect(text).toContain(
      'stayward_http_request_duration_seconds_count{method="GET",route="/api/v1/things/:name",status="404"} 1',
    )
    expect(text).toContain('route="(none)",status="404"} 1')
    expect(text).not.toContain('canary')
  })
})

describe('refusals', () => {
  it('are problem details with a code that has a page', async () => {
    const { url } = await serve(
      failing(new Problem('invalid-request', { detail: 'd', errors: [{ at: 'query.x', problem: 'p' }] })),
    )
    const answer = await fetch(`${url}/api/v1/things/1`)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    const problem: unknown = await answer.json()
    expect(problem).toEqual({
      type: '/problems/invalid-request',
      title: 'The request is not understood.',
      status: 400,
      code: 'invalid-request',
      detail: 'd',
      errors: [{ at: 'query.x', problem: 'p' }],
    })
    expect(await (await fetch(`${url}/problems/invalid-request`)).text()).toContain('# invalid-request (400)')
    expect((await fetch(`${url}/problems/nonsense`)).status).toBe(404)
  })

  it.each([
    ['a bug', new TypeError('canary'), 500, 'internal-error'],
    ['a thrown text', 'canary', 500, 'internal-error'],
    ['a database that is away', Object.assign(new Error('canary'), { code: 'ECONNREFUSED' }), 503, 'unavailable'],
    ['a database that stops', Object.assign(new Error('canary'), { code: '57P01' }), 503, 'unavailable'],
    ['a pool that waited too long', new Error('timeout exceeded when trying to connect'), 503, 'unavailable'],
  ])('%s becomes a problem without its words', async (_, error, status, code) => {
    const { url, logged } = await serve(failing(error))
    const answer = await fetch(`${url}/api/v1/things/1`)
    const text = await answer.text()
    expect([answer.status, JSON.parse(text)]).toMatchObject([status, { code }])
    expect(text).not.toContain('canary')
    await expect.poll(logged).toContain('"request"')
    expect(logged()).not.toContain('canary')
  })

  it.each([
    ['broken JSON', '{"a":', 400, 'invalid-request'],
    ['a body that is too large', JSON.stringify('x'.repeat(70_000)), 413, 'too-large'],
  ])('%s is refused readably', async (_, body, status, code) => {
    const { url } = await serve(failing(new Problem('not-found')))
    const answer = await fetch(`${url}/api/v1/things/1`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    })
    expect([answer.status, await answer.json()]).toMatchObject([status, { code }])
  })

  it('of an address that is not encoded correctly is a 400', async () => {
    const { url } = await serve(failing(new Problem('not-found')))
    expect((await fetch(`${url}/api/v1/things/%E0%A4%A`)).status).toBe(400)
  })

  it('limits how often a client may try keys', async () => {
    const { url } = await serve(failing(new Problem('key-refused')))
    const statuses: number[] = []
    for (let n = 0; n < 32; n++) statuses.push((await fetch(`${url}/api/v1/things/1`)).status)
    expect(statuses.filter((status) => status === 401)).toHaveLength(30)
    expect(statuses.slice(30)).toEqual([429, 429])
  })

  it('all have their page, and every page its problem', () => {
    const pages = readdirSync(resolve(import.meta.dirname, '../../../../docs/problems')).map((file) =>
      file.replace(/\.md$/, ''),
    )
    expect(pages.toSorted()).toEqual(Object.keys(problems).toSorted())
  })
})

describe('listening', () => {
  it('says in one sentence what to do when the port is taken', async () => {
    const { url } = await serve()
    const port = Number(new URL(url).port)
    await expect(listen(() => undefined, { host: '127.0.0.1', port })).rejects.toThrow(
      `Port ${port} on 127.0.0.1 is in use: stop the other program, or set STAYWARD_PORT to another port.`,
    )
  })

  it('lets a request under way end before it stops', async () => {
    const { promise, resolve: arrived } = Promise.withResolvers<() => void>()
    const server = await listen((_req, res) => arrived(() => res.end('done')), { host: '127.0.0.1', port: 0 })
    const answer = fetch(`http://127.0.0.1:${server.port}/`)
    const finish = await promise
    const stopped = server.stop(5_000)
    finish()
    expect(await (await answer).text()).toBe('done')
    await stopped
    await expect(fetch(`http://127.0.0.1:${server.port}/`)).rejects.toThrow()
  })
})
