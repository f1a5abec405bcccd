import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@stayward/core'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../../src/demo/hub-client.ts'
import { createTenant } from '../../src/persistence/tenants.ts'
import { testMasterKey } from '../database-address.ts'
import { type FreshDatabase, freshDatabase, testMasters } from '../fresh-database.ts'
import { type ChildHub, runChild } from './child-hub.ts'

const base = mkdtempSync(join(tmpdir(), 'stayward-hub-test-'))
const children: ChildHub[] = []
let database: FreshDatabase
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(async () => {
  await Promise.all(children.map((child) => child.end('SIGKILL')))
  rmSync(base, { recursive: true, force: true })
})

let number = 0
function start(env: Readonly<Record<string, string>>): ChildHub {
  number += 1
  const dir = join(base, String(number))
  const child = runChild('main.ts', { STAYWARD_DATA_DIR: dir, STAYWARD_PORT: '0', ...env })
  children.push(child)
  return child
}
const onDatabase = ({ ownerUrl, appUrl }: FreshDatabase) => ({
  DATABASE_URL: ownerUrl,
  STAYWARD_APP_DATABASE_URL: appUrl,
  STAYWARD_MASTER_KEYS: testMasterKey,
})

describe('starting the hub', () => {
  it('without the demo when told so, or beside a real tenant; and with it on a given database when told so', async () => {
    const without = start({ ...onDatabase(database), STAYWARD_DEMO: '0' })
    const url = await without.listening()
    expect((await fetch(`${url}/livez`)).status).toBe(200)
    expect(without.out()).not.toMatch(/Demo|API key|curl/)
    // What an operator has to be told is in the log, as one line of it.
    expect(without.out()).toMatch(/STAYWARD_PUBLIC_URL is not set/)
    expect(await without.end('SIGTERM')).toBe(0)

    const playing = start({ ...onDatabase(database), STAYWARD_DEMO: '1' })
    await until('its story has begun', async () =>
      /^booked +Smoobu announces/m.test(playing.out()) ? true : undefined,
    )
    expect(await playing.end('SIGINT')).toBe(0)
    expect(playing.complaints()).toBe('')

    const pool = new pg.Pool({ connectionString: database.appUrl, max: 1 })
    await createTenant(pool, testMasters, 'real-flats', systemClock.now())
    await pool.end()
    const beside = start({ ...onDatabase(database), STAYWARD_DEMO: '1' })
    await beside.listening()
    expect(beside.out()).not.toMatch(/Demo:|API key|curl|booked/)
    expect(await beside.end('SIGTERM')).toBe(0)
  }, 90_000)

  it.each([
    [
      'every wrong setting at once, one sentence each, and no value that may be secret',
      {
        STAYWARD_PORT: 'eighty',
        STAYWARD_DEMO: 'yes',
        STAYWARD_PUBLC_URL: 'https://hub.example',
        STAYWARD_MASTER_KEYS: 'canary-secret',
      },
      [
        /^STAYWARD_PUBLC_URL is not a setting; did you mean STAYWARD_PUBLIC_URL\?$/,
        /^STAYWARD_MASTER_KEYS .+/,
        /^STAYWARD_PORT .+/,
        /^STAYWARD_DEMO .+/,
      ],
    ],
    [
      'a package that is not installed',
      { STAYWARD_ADAPTERS: 'stayward-adapter-that-nobody-made' },
      [/stayward-adapter-that-nobody-made/],
    ],
    [
      'a database that cannot be reached',
      { DATABASE_URL: 'postgres://owner:canary-secret@127.0.0.1:1/stayward', STAYWARD_MASTER_KEYS: testMasterKey },
      [/^The database does not answer .*\(ECONNREFUSED\): is it running, and are .* in DATABASE_URL right\?$/],
    ],
  ] as const)('stops with %s', async (_, env, sentences) => {
    const child = start(env)
    expect(await child.ended).toBe(1)
    const lines = child.complaints().trim().split('\n')
    expect(lines.at(-1)).toBe('Stayward has not started.')
    expect(lines).toHaveLength(sentences.length + 1)
    for (const sentence of sentences) expect(lines.filter((line) => sentence.test(line))).toHaveLength(1)
    expect(child.complaints()).not.toMatch(/canary-secret|\bat \S+:\d+:\d+/)
    expect(child.out()).toBe('')
  })

  it('stops on a login that no row level security holds, and on a database that another key has sealed', async () => {
    const fresh = await freshDatabase()
    const owner = start({ ...onDatabase(fresh), STAYWARD_APP_DATABASE_URL: fresh.ownerUrl })
    const other = start({
      ...onDatabase(fresh),
      STAYWARD_MASTER_KEYS: `other:${Buffer.alloc(32, 9).toString('base64')}`,
    })
    expect([await owner.ended, await other.ended]).toEqual([1, 1])
    expect(owner.complaints()).toMatch(/is a superuser, whom no row level security holds/)
    expect(other.complaints()).toMatch(/master key/i)
  }, 30_000)
})
