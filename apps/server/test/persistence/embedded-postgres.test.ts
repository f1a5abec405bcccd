import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { durabilityOf } from '../../src/persistence/durability.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/persistence/embedded-postgres.ts'
import { isAlive, withStartLock } from '../../src/persistence/start-lock.ts'
import { firstLine, runScript } from './child.ts'

let base: string
let dir: string
const cleanups: (() => Promise<unknown> | void)[] = []
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'stayward-embedded-'))
  chmodSync(base, 0o711) // as home directories are on many machines
  dir = join(base, 'data', 'postgres')
})
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
  rmSync(base, { recursive: true, force: true })
})

const start = async (
  options: { readonly fast?: boolean; readonly trust?: boolean; readonly namespaces?: boolean } = {},
): Promise<EmbeddedPostgres> => {
  const server = await startEmbeddedPostgres({ dir, ...options })
  cleanups.push(() => server.stop())
  return server
}
const query = async (url: string, text: string): Promise<readonly unknown[]> => {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}
const goneSoon = (pid: number) => vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 10_000 })
// As an ordinary user there is one way to run it; root has two, of which one is for machines without namespaces.
const ways = process.getuid?.() === 0 ? [true, false] : [true]

describe('the embedded server', () => {
  it.each(ways)(
    'keeps data over a restart, asks for its password and is durable (namespaces: %s)',
    async (namespaces) => {
      const first = await start({ namespaces })
      expect(first.startedHere).toBe(true)
      await query(first.url, 'create table kept as select 42 as answer')
      const client = new pg.Client(first.url)
      await client.connect()
      expect(await durabilityOf(client)).toEqual([])
      await client.query('set synchronous_commit = off')
      expect(await durabilityOf(client)).toEqual(['synchronous_commit'])
      await client.end()
      const stranger = new URL(first.url)
      stranger.password = 'guessed'
      await expect(query(stranger.href, 'select 1')).rejects.toThrow(/password authentication failed/)
      expect(statSync(join(dir, 'password')).mode & 0o777).toBe(0o600)
      expect(statSync(join(dir, 'postgres.log')).mode & 0o777).toBe(0o600)
      expect(readdirSync(dir).toSorted()).toEqual(['data', 'owner', 'password', 'postgres.log'])
      await first.stop()
      await goneSoon(first.pid)
      const second = await start({ namespaces })
      expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }])
    },
  )

  it('is found by a second process, which leaves it running; and for tests it says which settings lose data', async () => {
    const first = await start({ fast: true })
    const second = await start({ fast: true })
    expect(second).toMatchObject({ startedHere: false, pid: first.pid, url: first.url })
    await second.stop()
    const client = new pg.Client(first.url)
    await client.connect()
    expect(await durabilityOf(client)).toEqual(['fsync', 'full_page_writes', 'synchronous_commit'])
    await client.end()
    expect(await query(first.url, 'select 1 as one')).toEqual([{ one: 1 }])
    await first.stop()
    await goneSoon(first.pid)
  })

  it('is created once when two processes start for the first time, and found, and stopped, after both were killed', async () => {
    const children = [runScript('start-embedded.ts', dir), runScript('start-embedded.ts', dir)]
    const [one, other] = await Promise.all(children.map(firstLine))
    expect(one?.['url']).toBe(other?.['url'])
    expect(new Set([one?.['startedHere'], other?.['startedHere']])).toEqual(new Set([true, false]))
    for (const child of children) {
      const closed = once(child, 'close')
      child.kill('SIGKILL')
      await closed
    }
    const pid = Number(one?.['pid'])
    cleanups.push(() => {
      if (isAlive(pid)) process.kill(pid, 'SIGINT')
      return goneSoon(pid)
    })
    const found = await start({ fast: true, trust: false })
    expect(found).toMatchObject({ startedHere: false, pid, url: one?.['url'] })
    // Nobody else is left to stop it.
    await found.stop()
    expect(isAlive(pid)).toBe(false)
  })

  it('never signals a process that got the number of a former server, and starts all the same', async () => {
    const first = await start({ fast: true })
    const left = readFileSync(join(dir, 'data', 'postmaster.pid'), 'utf8')
    await first.stop()
    const stranger = spawn('sleep', ['60'])
    cleanups.push(() => void stranger.kill('SIGKILL'))
    writeFileSync(join(dir, 'data', 'postmaster.pid'), left.replace(/^\d+/, String(stranger.pid)))
    const second = await start({ fast: true })
    expect(second.startedHere).toBe(true)
    expect(await query(second.url, 'select 1 as one')).toEqual([{ one: 1 }])
    expect(stranger.exitCode ?? stranger.signalCode).toBe(null)
  })

  it('goes on after a first start that was killed while it created the cluster', async () => {
    const first = await start({ fast: true, trust: false })
    await first.stop()
    rmSync(join(dir, 'data'), { recursive: true })
    writeFileSync(join(dir, 'start.lock'), '99999999')
    expect((await start({ fast: true, trust: false })).startedHere).toBe(true)
  })

  it('says what to do when the password beside the data is another one', async () => {
    await start({ fast: true, trust: false })
    writeFileSync(join(dir, 'password'), 'another')
    await expect(startEmbeddedPostgres({ dir, fast: true, trust: false })).rejects.toThrow(
      /Put the file "password" back/,
    )
  })
})

it.each(ways.filter((namespaces) => !namespaces))(
  'says which directory is closed to the account that runs it for root (namespaces: %s)',
  async (namespaces) => {
    chmodSync(base, 0o700)
    await expect(start({ fast: true, namespaces })).rejects.toThrow(/"nobody" may not enter .*chmod 711/)
  },
)

describe('the start lock', () => {
  it('lets one in at a time', async () => {
    const path = join(base, 'lock')
    const inside: string[] = []
    const task = (name: string) => async () => {
      inside.push(`${name} in`)
      await new Promise((done) => setTimeout(done, 20))
      inside.push(`${name} out`)
    }
    await Promise.all([withStartLock(path, task('a')), withStartLock(path, task('b'))])
    expect(inside.map((event) => event.split(' ')[1])).toEqual(['in', 'out', 'in', 'out'])
    expect(readdirSync(base)).toEqual([])
  })

  it.each([
    ['of a process that is gone', '99999999', 0],
    ['that nobody has touched for long, whatever process has its number now', String(process.pid), 60],
  ])('takes over a file %s', async (_, pid, age) => {
    const path = join(base, 'lock')
    writeFileSync(path, pid)
    const touched = Date.now() / 1000 - age
    utimesSync(path, touched, touched)
    expect(await withStartLock(path, () => Promise.resolve('in'))).toBe('in')
  })
})
