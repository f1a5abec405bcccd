import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../../src/demo/hub-client.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/persistence/embedded-postgres.ts'
import { migrate } from '../../src/persistence/migrate.ts'
import { migrations } from '../../src/persistence/migrations/index.ts'
import { databaseAt, testMasterKey } from '../database-address.ts'
import { testMasters } from '../fresh-database.ts'
import { runChild } from './child-hub.ts'
import { book, letIn, letOut, toldPin } from './guests.ts'
import { type RunningHub, setStage, type Stage, startOn } from './stage.ts'

const base = mkdtempSync(join(tmpdir(), 'stayward-hub-test-'))
chmodSync(base, 0o711) // the server may have to run as another account
let postgres: EmbeddedPostgres
/** With all its durability: a server that writes late forgets what it has acknowledged when it falls over. */
const startServer = (port?: number) =>
  startEmbeddedPostgres({ dir: join(base, 'postgres'), trust: true, ...(port === undefined ? {} : { port }) })
beforeAll(async () => {
  postgres = await startServer()
})
afterAll(async () => {
  await postgres.stop()
  rmSync(base, { recursive: true, force: true })
})

async function query<Row extends object>(url: string, text: string): Promise<readonly Row[]> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return (await client.query<Row>(text)).rows
  } finally {
    await client.end()
  }
}

const readiness = async (url: string) => (await fetch(`${url}/readyz`)).status
const readyAt = (url: string) =>
  until('/readyz is 200', async () => ((await readiness(url)) === 200 ? true : undefined))

describe('three starts at once on a new database', () => {
  it('all come up, and every migration has run once', async () => {
    await query(postgres.url, 'create database many')
    const ownerUrl = databaseAt(postgres.url, 'many')
    const hubs = [1, 2, 3].map((number) =>
      runChild('main.ts', {
        DATABASE_URL: ownerUrl,
        STAYWARD_MASTER_KEYS: testMasterKey,
        STAYWARD_DATA_DIR: join(base, `hub-${number}`),
        STAYWARD_PORT: '0',
        STAYWARD_LOG_LEVEL: 'warn',
      }),
    )
    try {
      const urls = await Promise.all(hubs.map((hub) => hub.listening()))
      expect(new Set(urls).size).toBe(3)
      for (const url of urls) await readyAt(url)
      const rows = await query<{ name: string }>(ownerUrl, 'select name from mikro_orm_migrations')
      expect(rows.map(({ name }) => name).toSorted()).toEqual(migrations.map(({ name }) => name).toSorted())
      const roles = await query(ownerUrl, `select 1 from pg_roles where rolname = 'stayward_app'`)
      expect(roles).toHaveLength(1)
      expect(await Promise.all(hubs.map((hub) => hub.end('SIGTERM')))).toEqual([0, 0, 0])
    } finally {
      await Promise.all(hubs.map((hub) => hub.end('SIGKILL')))
    }
  }, 60_000)
})

describe('PostgreSQL away', () => {
  let stage: Stage
  let hub: RunningHub
  beforeAll(async () => {
    await query(postgres.url, 'create database away')
    const ownerUrl = databaseAt(postgres.url, 'away')
    const { appUrl } = await migrate({ ownerUrl, appRole: 'stayward_away', masters: testMasters })
    stage = await setStage({ appUrl })
    hub = await startOn(stage)
    await until('the hub has read Smoobu for the first time', () => hub.client.hasRead('smoobu'))
  }, 60_000)
  afterAll(async () => {
    await hub.stop()
    await stage.stop()
  })

  it('for ten seconds: webhooks are sent back with 503 and come again, and then all is right', async () => {
    const leaving = book(stage, 1)
    await letIn(stage, hub, { guest: 1, ref: leaving, keypads: ['street', 'loft'], messages: 1 })
    const pin = toldPin(stage, 1) ?? ''
    const arriving = book(stage, 2, { unit: 'studio' })
    await until('Smoobu was asked about it', async () =>
      stage.faults.calls.some(({ url }) => url.includes(`/reservations/${arriving}`)) ? true : undefined,
    )

    await postgres.stop()
    const goneAt = Date.now()
    stage.vendors.smoobu.cancel(leaving)
    const later = book(stage, 3, { from: 5, to: 7 })
    const body = JSON.stringify({ action: 'newReservation', user: 4711, data: { id: Number(later) } })
    const answer = await fetch(stage.world.addresses?.smoobu ?? '', { method: 'POST', body })
    expect(answer.status).toBe(503)
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await answer.text()).not.toMatch(/postgres|127\.0\.0\.1|password/i)
    expect(await readiness(hub.url)).toBe(503)
    expect((await fetch(`${hub.url}/livez`)).status).toBe(200)
    expect((await hub.api('/connections')).status).toBe(503)
    await until('both webhooks wait', async () => (stage.world.outbox.length === 2 ? true : undefined))
    await sleep(Math.max(0, goneAt + 10_000 - Date.now()))

    postgres = await startServer(postgres.port)
    await readyAt(hub.url)
    await letOut(stage, hub, { guest: 1, ref: leaving, pin, messages: 2 })
    await letIn(stage, hub, { guest: 2, ref: arriving, keypads: ['street', 'studio'], messages: 1 })
    const seen = await until('the third is stored', () => hub.client.booking(later))
    expect(seen.timeline.map(({ kind }) => kind)).toContain('too-early')
    expect(stage.world.outbox).toEqual([])
    expect(hub.logged()).not.toMatch(/password|scram/i)
    // An outage is no bug, and ten seconds of it are no flood.
    expect(hub.logged().match(/"level":"error"/g)).toBeNull()
    expect(hub.logged().match(/"level":"warn"/g)?.length).toBeLessThan(30)
  }, 90_000)

  it('falling over in the middle of work, twice: nothing is doubled and nothing is lost', async () => {
    const refs: string[] = []
    for (const guest of [4, 5]) {
      const asked = stage.faults.calls.length
      const ref = book(stage, guest, { from: 1, to: 2 + guest })
      refs.push(ref)
      await until('the work has begun', async () =>
        stage.faults.calls.slice(asked).some(({ url }) => url.includes('/create/') && url.includes('/7002/'))
          ? true
          : undefined,
      )
      process.kill(postgres.pid, 'SIGQUIT') // ends at once, as in a crash; the next start recovers
      await postgres.stop()
      postgres = await startServer(postgres.port)
      await readyAt(hub.url)
    }
    for (const [index, ref] of refs.entries())
      await letIn(stage, hub, { guest: 4 + index, ref, keypads: ['street', 'loft'], messages: 1 })
  }, 90_000)
})
