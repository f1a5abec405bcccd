import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSession, settingsOf } from '../../src/cli/session.ts'
import { jsonOf, openRehearsal, type Rehearsal } from './rehearsal.ts'

const main = new URL('../../src/cli/main.ts', import.meta.url).pathname

let hub: Rehearsal
beforeAll(async () => {
  hub = await openRehearsal()
})
afterAll(() => hub.close())

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Runs the command line as people do: a process of its own. */
function stayward(
  argv: readonly string[],
  { env = hub.env, input = '', until }: { env?: Record<string, string>; input?: string; until?: string } = {},
): Promise<Ended> {
  const child = spawn(process.execPath, ['--conditions=@stayward/source', main, ...argv], {
    env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'], ...env },
  })
  let [out, err] = ['', '']
  let asked = false
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString()
    if (until !== undefined && !asked && out.includes(until)) asked = child.kill('SIGTERM')
  })
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString()
  })
  child.stdin.end(input)
  return new Promise((done, fail) => {
    child.once('error', fail)
    child.once('close', (code) => done({ code, out, err }))
  })
}

describe('the process', () => {
  it('explains itself', async () => {
    const { code, out, err } = await stayward(['--help'])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    for (const word of ['doctor', 'going-live.md', 'npm run --silent stayward --']) expect(out).toContain(word)
  })

  it('keeps its two streams and its exit codes apart', async () => {
    const wrong = await stayward(['door', 'add', 'street'])
    expect({ ...wrong, err: wrong.err.split('\n')[0] }).toEqual({
      code: 2,
      out: '',
      err: "Required option '--name <name>' not specified.",
    })
    const unset = await stayward(['tenant', 'list'], { env: { ...hub.env, STAYWARD_PORT: 'eighty' } })
    expect(unset).toMatchObject({ code: 2, out: '' })
    expect(unset.err).toMatch(/^STAYWARD_PORT has to be a port number/)
  })

  it('reads a configuration from standard input', async () => {
    await stayward(['tenant', 'add', 'quai'])
    const argv = ['connection', 'add', 'smoobu', '--adapter', 'smoobu', '--config', '-', '--json']
    const { code, out } = await stayward(argv, { input: hub.files.get('smoobu.json') ?? '' })
    expect(code).toBe(0)
    expect(jsonOf(out.trim().split('\n'), true).result).toMatchObject({
      ok: true,
      test: { ok: true, account: { id: '4711' } },
    })
  })

  it('serves until it is asked to stop, and ends well', async () => {
    const { code, out } = await stayward(['serve'], {
      env: { ...hub.env, STAYWARD_PORT: '0' },
      until: 'Stayward serves',
    })
    expect(code).toBe(0)
    expect(out).toMatch(/Stayward serves at http:\/\/127\.0\.0\.1:\d+\nStopping/)
  })

  it('says when a database cannot be had', async () => {
    const env = { ...hub.env, DATABASE_URL: 'postgres://owner:password@127.0.0.1:9/none' }
    const { code, err } = await stayward(['tenant', 'list'], { env })
    expect(code).toBe(1)
    expect(err).toMatch(/^The database does not answer \(ECONNREFUSED\)\./)
  })
})

describe('the embedded database', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'stayward-cli-own-'))
  const env = { STAYWARD_DATA_DIR: dataDir, STAYWARD_DEMO: '0', STAYWARD_PORT: '0' }
  const pidFile = join(dataDir, 'postgres', 'data', 'postmaster.pid')
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }))

  it('is started for one command and stopped after it', async () => {
    const { code, err } = await stayward(['tenant', 'add', 'quai'], { env })
    expect({ code, err }).toMatchObject({ code: 0 })
    expect(existsSync(join(dataDir, 'master-keys'))).toBe(true)
    expect(existsSync(pidFile)).toBe(false)
  })

  it('goes on running when somebody else has come to rely on it', async () => {
    const session = await openSession(settingsOf(env))
    const other = new pg.Client(session.database.appUrl)
    await other.connect()
    await session.close()
    expect((await other.query('select slug from tenant')).rows).toEqual([{ slug: 'quai' }])
    await other.end()

    const [pid] = readFileSync(pidFile, 'utf8').split('\n').map(Number)
    process.kill(pid ?? 0, 'SIGINT')
    await expect.poll(() => existsSync(pidFile), { timeout: 10_000 }).toBe(false)
  })
})
