import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { loginProblems, refuseUnsafeLogin } from '../../src/persistence/logins.ts'
import { migrate } from '../../src/persistence/migrate.ts'
import { migrations } from '../../src/persistence/migrations/index.ts'
import { ownerOnly } from '../../src/persistence/reviewed-tables.ts'
import { emptyDatabase, freshDatabase, testMasters } from '../fresh-database.ts'
import { firstLine, runScript } from './child.ts'

const connected = async <T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return await use(client)
  } finally {
    await client.end()
  }
}

describe('migration', () => {
  it('works in three processes at once on an empty database, and gives all of them the same login', async () => {
    const { ownerUrl, role } = await emptyDatabase()
    const outcomes = await Promise.all(
      Array.from({ length: 3 }, () => firstLine(runScript('migrate-once.ts', ownerUrl, role))),
    )
    expect(new Set(outcomes.map(({ appUrl }) => appUrl)).size).toBe(1)
    expect(outcomes.flatMap(({ applied }) => applied)).toHaveLength(migrations.length)
    await refuseUnsafeLogin(String(outcomes[0]?.['appUrl']))
  })

  it('finds nothing to do the second time', async () => {
    const { ownerUrl, role } = await emptyDatabase()
    const first = await migrate({ ownerUrl, appRole: role, masters: testMasters })
    expect(await migrate({ ownerUrl, appRole: role, masters: testMasters })).toEqual({ ...first, applied: [] })
  })

  it('refuses a database with tables of somebody else', async () => {
    const { ownerUrl, role } = await emptyDatabase()
    await connected(ownerUrl, (client) => client.query('create table invoices ()'))
    await expect(migrate({ ownerUrl, appRole: role, masters: testMasters })).rejects.toThrow(
      /already holds other tables \("invoices"\). Give Stayward a database of its own/,
    )
  })

  it('gives rights on tables that come later with the next run, the owner’s own never', async () => {
    const { ownerUrl, role } = await emptyDatabase()
    const { appUrl } = await migrate({ ownerUrl, appRole: role, masters: testMasters })
    await connected(ownerUrl, (client) => client.query('create table later (id int)'))
    await connected(appUrl, (client) => expect(client.query('select from later')).rejects.toThrow(/permission denied/))
    await migrate({ ownerUrl, appRole: role, masters: testMasters })
    await connected(appUrl, async (client) => {
      await client.query('insert into later values (1)')
      for (const table of ownerOnly) {
        await expect(client.query(`select from ${table}`)).rejects.toThrow(/permission denied/)
      }
      await expect(client.query('create table mine ()')).rejects.toThrow(/permission denied/)
      await expect(client.query('drop table later')).rejects.toThrow(/must be owner/)
    })
  })
})

describe('the hub’s login', () => {
  it('sees the rows of the tenant it is in, and none without one', async () => {
    const { ownerUrl, appUrl } = await freshDatabase()
    const [anna, bert] = ['00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-00000000000b']
    await connected(ownerUrl, async (owner) => {
      await owner.query('alter table tenant_key no force row level security')
      for (const [id, slug] of [
        [anna, 'anna'],
        [bert, 'bert'],
      ]) {
        await owner.query(`insert into tenant values ($1, $2, 'live', '2026-07-10')`, [id, slug])
        await owner.query(`insert into tenant_key values ($1, $2, 'sealed', '2026-07-10')`, [id, slug])
      }
    })
    await connected(appUrl, async (app) => {
      const kids = async () =>
        (await app.query<{ kid: string }>('select kid from tenant_key')).rows.map(({ kid }) => kid)
      expect(await kids()).toEqual([])
      await app.query('begin')
      await app.query(`select set_config('app.tenant_id', $1, true)`, [anna])
      expect(await kids()).toEqual(['anna'])
      await expect(app.query(`insert into tenant_key values ($1, 'x', 'x', '2026-07-10')`, [bert])).rejects.toThrow(
        /row-level security/,
      )
      await app.query('rollback')
      expect(await kids()).toEqual([])
    })
  })

  it('is refused when it is the owner, a superuser, above the policies, a member of another, or a stranger', async () => {
    const { ownerUrl, appUrl } = await freshDatabase()
    const problems = async (prepare: string, role: string) =>
      await connected(ownerUrl, async (client) => {
        await client.query('begin')
        await client.query(prepare)
        await client.query(`set local session authorization ${role}`)
        const found = await loginProblems(client)
        await client.query('rollback')
        return found
      })
    await connected(appUrl, async (app) => expect(await loginProblems(app)).toEqual([]))
    const app = new URL(appUrl).username
    expect(await connected(ownerUrl, loginProblems)).toEqual(
      expect.arrayContaining([expect.stringContaining('is a superuser'), expect.stringContaining('owns the database')]),
    )
    expect(await problems(`alter role ${app} bypassrls`, app)).toEqual([
      expect.stringContaining('bypasses row level security'),
    ])
    expect(await problems(`create role other_${app}; grant other_${app} to ${app}`, app)).toEqual([
      expect.stringContaining('is a member of another role'),
    ])
    expect(await problems(`alter table tenant_key owner to ${app}`, app)).toEqual([
      expect.stringContaining('owns the database'),
    ])
    expect(await problems(`grant create on schema public to ${app}`, app)).toEqual([
      expect.stringContaining('revoke create on schema public'),
    ])
    expect(await problems(`create role stranger_${app} login`, `stranger_${app}`)).toEqual([
      expect.stringContaining('may not use the hub'),
    ])
  })
})
