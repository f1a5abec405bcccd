import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { startEmbeddedPostgres } from '../src/persistence/embedded-postgres.ts'
import { migrate } from '../src/persistence/migrate.ts'
import { parseMasterKeys } from '../src/secrets/master-keys.ts'
import { databaseAt, testMasterKey } from './database-address.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** What `freshDatabase` clones, and how to log in to the clones. */
    postgres: { readonly ownerUrl: string; readonly appUrl: string; readonly template: string; readonly run: string }
  }
}

/**
 * One PostgreSQL for all tests: an embedded one, or the server of `STAYWARD_TEST_DATABASE_URL`, whose login must be a
 * superuser. Never `DATABASE_URL`. Names carry a random part, so that runs on one server do not meet.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['STAYWARD_TEST_DATABASE_URL']
  const dir = mkdtempSync(join(tmpdir(), 'stayward-test-'))
  const server = given ? undefined : await startEmbeddedPostgres({ dir: join(dir, 'postgres'), fast: true })
  const guard = server ? endWithUs(server.pid, dir) : undefined
  const ownerUrl = given ?? server?.url ?? ''
  const run = randomBytes(4).toString('hex')
  const template = `stayward_tpl_${run}`
  const role = `stayward_app_${run}`
  const admin = new pg.Client(ownerUrl)
  const teardown = async () => {
    if (given) await dropAll(admin, run)
    await admin.end()
    guard?.kill('SIGKILL')
    await server?.stop()
    rmSync(dir, { recursive: true, force: true })
  }
  try {
    await admin.connect()
    await admin.query(`create database ${template}`)
    const masters = parseMasterKeys(testMasterKey, 'the tests')
    const { appUrl } = await migrate({ ownerUrl: databaseAt(ownerUrl, template), appRole: role, masters })
    project.provide('postgres', { ownerUrl, appUrl, template, run })
  } catch (error) {
    await teardown()
    throw error
  }
  return teardown
}

/** Ends the server when this process is killed: then the pipe closes that the guard reads from. */
function endWithUs(pid: number, dir: string): ChildProcess {
  const script = 'read _; kill -INT "$1"; while kill -0 "$1" 2>/dev/null; do sleep 0.1; done; rm -rf "$2"'
  const guard = spawn('sh', ['-c', script, 'guard', String(pid), dir], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  guard.unref()
  return guard
}

/** Leaves a server that is not ours as it was. Every name of a run contains its random part. */
async function dropAll(admin: pg.Client, run: string): Promise<void> {
  const databases = await admin.query<{ name: string }>(
    `select datname as name from pg_database where datname ~ '^(t|stayward_tpl)_' and position($1 in datname) > 0`,
    [run],
  )
  for (const { name } of databases.rows) await admin.query(`drop database ${pg.escapeIdentifier(name)} with (force)`)
  const roles = await admin.query<{ name: string }>(
    `select rolname as name from pg_roles where rolname ~ '^(role|stayward_app)_' and position($1 in rolname) > 0`,
    [run],
  )
  for (const { name } of roles.rows) await admin.query(`drop role ${pg.escapeIdentifier(name)}`)
}
