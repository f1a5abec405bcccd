import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/persistence/embedded-postgres.ts'
import { refuseUnsafeLogin } from '../../src/persistence/logins.ts'
import { migrate } from '../../src/persistence/migrate.ts'
import { parseMasterKeys } from '../../src/secrets/master-keys.ts'
import { databaseAt } from '../database-address.ts'
import { testMasters } from '../fresh-database.ts'

// A server that asks for passwords: on the tests' own one, every password is right.
let server: EmbeddedPostgres
const dir = mkdtempSync(join(tmpdir(), 'stayward-logins-'))
beforeAll(async () => {
  server = await startEmbeddedPostgres({ dir: join(dir, 'postgres'), fast: true, trust: false })
})
afterAll(async () => {
  await server.stop()
  rmSync(dir, { recursive: true, force: true })
})

let ownerUrl: string
let role: string
let count = 0
beforeEach(async () => {
  count++
  role = `hub_${count}`
  ownerUrl = databaseAt(server.url, `db_${count}`)
  await run(`create database db_${count}`)
})
const run = async (statement: string, url = server.url) => {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return await client.query(statement)
  } finally {
    await client.end()
  }
}
const migrated = (options: { readonly ownerUrl?: string; readonly appUrl?: string } = {}) =>
  migrate({ ownerUrl, appRole: role, masters: testMasters, ...options })

describe('the login that migration makes', () => {
  it('opens with the stored password, also after somebody changed it or dropped the role', async () => {
    const { appUrl } = await migrated()
    await refuseUnsafeLogin(appUrl)
    await run(`alter role ${role} password 'changed by hand'`)
    await expect(refuseUnsafeLogin(appUrl)).rejects.toThrow(/password authentication failed/)
    expect((await migrated()).appUrl).toBe(appUrl)
    await refuseUnsafeLogin(appUrl)
    await run(`drop owned by ${role}; drop role ${role}`, ownerUrl)
    expect((await migrated()).appUrl).toBe(appUrl)
    await refuseUnsafeLogin(appUrl)
  })

  it('is not taken away from another database of the server', async () => {
    const first = await migrated()
    await run('create database beside')
    const beside = databaseAt(server.url, 'beside')
    await expect(migrated({ ownerUrl: beside })).rejects.toThrow(
      new RegExp(`"${role}" already serves the database "db_${count}"`),
    )
    await refuseUnsafeLogin(first.appUrl)
    await run(`drop database db_${count}`)
    await refuseUnsafeLogin((await migrated({ ownerUrl: beside })).appUrl)
    await run('drop database beside')
  })

  it('is sealed again under a new master key, and lost with a lost one in a sentence', async () => {
    const { appUrl } = await migrated()
    const key = (name: string, byte: number) => `${name}:${Buffer.alloc(32, byte).toString('base64')}`
    const rotated = parseMasterKeys(`${key('next', 9)},${key('test', 7)}`, 'a test')
    expect((await migrate({ ownerUrl, appRole: role, masters: rotated })).appUrl).toBe(appUrl)
    const alone = parseMasterKeys(key('next', 9), 'a test')
    expect((await migrate({ ownerUrl, appRole: role, masters: alone })).appUrl).toBe(appUrl)
    await expect(migrated()).rejects.toThrow(/Put the file "master-keys" back/)
  })

  it('is asked for in one sentence when the owner may not create logins', async () => {
    await run(`create role plain_${count} login password 'plain'`)
    await run(`alter database db_${count} owner to plain_${count}`)
    const plain = new URL(ownerUrl)
    plain.username = `plain_${count}`
    plain.password = 'plain'
    await expect(migrated({ ownerUrl: plain.href })).rejects.toThrow(
      new RegExp(
        `may not create logins: run "create role "${role}" login password .* and "grant usage .* STAYWARD_APP_DATABASE_URL`,
      ),
    )
    await run(`create role "${role}" login password 'given'; grant usage on schema public to "${role}"`, ownerUrl)
    const given = new URL(ownerUrl)
    given.username = role
    given.password = 'given'
    expect((await migrated({ ownerUrl: plain.href, appUrl: given.href })).appUrl).toBe(given.href)
    await refuseUnsafeLogin(given.href)
    const masters = parseMasterKeys(`other:${Buffer.alloc(32, 3).toString('base64')}`, 'a test')
    await expect(migrate({ ownerUrl: plain.href, appUrl: given.href, masters })).rejects.toThrow(
      /Put the file "master-keys"/,
    )
  })
})

describe('a login that the operator gave', () => {
  it('is reported with its reason when it does not open', async () => {
    const wrong = new URL(ownerUrl)
    wrong.password = 'wrong'
    await expect(migrated({ appUrl: wrong.href })).rejects.toThrow(
      /cannot connect with STAYWARD_APP_DATABASE_URL \(password authentication failed/,
    )
  })

  it('is refused when it is the owner’s', async () => {
    const { appUrl } = await migrated({ appUrl: ownerUrl })
    await expect(refuseUnsafeLogin(appUrl)).rejects.toThrow(/is a superuser, whom no row level security holds/)
  })
})
