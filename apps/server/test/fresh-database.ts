import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import { parseMasterKeys } from '../src/secrets/master-keys.ts'
import { databaseAt, testMasterKey } from './database-address.ts'

export interface FreshDatabase {
  /** Owns the schema; only for what migrations do, and for looking past row level security. */
  readonly ownerUrl: string
  /** What the hub runs as. */
  readonly appUrl: string
}

/** The key that every test database is sealed with. */
export const testMasters = parseMasterKeys(testMasterKey, 'the tests')

/** A migrated database for one test file, cloned from the template. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const { ownerUrl, appUrl, template, run } = inject('postgres')
  const name = `t_${run}_${randomBytes(6).toString('hex')}`
  await asOwner(`create database ${name} template ${template} strategy file_copy`)
  return { ownerUrl: databaseAt(ownerUrl, name), appUrl: databaseAt(appUrl, name) }
}

/** A database without any table, for tests of migration itself; `role` names a login that nobody else uses. */
export async function emptyDatabase(): Promise<{ readonly ownerUrl: string; readonly role: string }> {
  const { ownerUrl, run } = inject('postgres')
  const suffix = `${run}_${randomBytes(6).toString('hex')}`
  await asOwner(`create database t_${suffix}`)
  return { ownerUrl: databaseAt(ownerUrl, `t_${suffix}`), role: `role_${suffix}` }
}

/** A copy of a database as it is now, and the way to put it back. Whoever is connected is cut off for a moment. */
export async function backUp(appUrl: string): Promise<() => Promise<void>> {
  const { ownerUrl } = inject('postgres')
  const name = new URL(appUrl).pathname.slice(1)
  const copy = `${name}_copy`
  await alone(name, async (client) => {
    await client.query(`create database ${copy} template ${name} strategy file_copy`)
  })
  return async () =>
    await alone(name, async (client) => {
      await client.query(`drop database ${name} with (force)`)
      await client.query(`create database ${name} template ${copy} strategy file_copy`)
    })

  async function alone(database: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
    const client = new pg.Client(ownerUrl)
    await client.connect()
    try {
      await client.query(`alter database ${database} with allow_connections false`)
      await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [database])
      await work(client)
      await client.query(`alter database ${database} with allow_connections true`)
    } finally {
      await client.end()
    }
  }
}

async function asOwner(statement: string): Promise<void> {
  const client = new pg.Client(inject('postgres').ownerUrl)
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
