import { createConnection } from 'node:net'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freshDatabase } from '../fresh-database.ts'
import { startCuttableDatabase } from './cuttable-database.ts'
import { addConnection, deliveriesOf, marksOf, post, startHub, type TestHub } from './hub.ts'

const booking = (ref: string) => JSON.stringify({ action: 'newReservation', ref })

describe('with a database that can be cut off', () => {
  let hub: TestHub
  let database: Awaited<ReturnType<typeof startCuttableDatabase>>
  beforeAll(async () => {
    const fresh = await freshDatabase()
    database = await startCuttableDatabase(fresh.appUrl)
    hub = await startHub({ database: fresh, appUrl: database.url, patience: 300, rememberAddresses: 60_000 })
  })
  afterAll(async () => {
    database.restore()
    await hub.stop()
    await database.stop()
  })

  it('says 503 with Retry-After while it is gone, keeps nothing, and works again afterwards', async () => {
    const known = await addConnection(hub.pool, 'bell')
    const unknown = await addConnection(hub.pool, 'bell')
    expect((await post(hub.url, known.path, booking('1'))).status).toBe(200)
    database.cut()
    const answers = await Promise.all(
      [known, unknown, known, known].map(({ path }) => post(hub.url, path, booking('2'))),
    )
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 503, 503])
    expect(answers.map((answer) => answer.headers.get('retry-after'))).toEqual(['5', '5', '5', '5'])
    database.restore()
    expect(await marksOf(hub.owner, known)).toEqual([`fetch:${known.id}/1`])
    expect(await deliveriesOf(hub.owner, unknown)).toEqual([])
    expect((await post(hub.url, known.path, booking('3'))).status).toBe(200)
    expect((await post(hub.url, unknown.path, booking('3'))).status).toBe(200)
    expect(await marksOf(hub.owner, known)).toEqual([`fetch:${known.id}/1`, `fetch:${known.id}/3`])
  })

  it('says 503 when it only stays silent, and does not use that connection again', async () => {
    const bell = await addConnection(hub.pool, 'bell')
    expect((await post(hub.url, bell.path, booking('1'))).status).toBe(200)
    database.silence()
    expect((await post(hub.url, bell.path, booking('2'))).status).toBe(503)
    database.restore()
    expect((await post(hub.url, bell.path, booking('3'))).status).toBe(200)
  })
})

describe('with a database of its own', () => {
  let hub: TestHub
  let fresh: Awaited<ReturnType<typeof freshDatabase>>
  beforeAll(async () => {
    fresh = await freshDatabase()
    hub = await startHub({ database: fresh, rememberAddresses: 60_000 })
  })
  afterAll(() => hub.stop())

  it('stores the others when one of a batch cannot be stored', async () => {
    const connections = await Promise.all(Array.from({ length: 8 }, () => addConnection(hub.pool, 'bell')))
    const gone = connections[3]
    if (!gone) throw new Error('eight were made')
    // Its address is still remembered when it goes.
    for (const { path } of connections) expect((await post(hub.url, path, booking('1'))).status).toBe(200)
    await hub.owner.query('delete from connection where id = $1', [gone.id])
    const statuses = await Promise.all(
      connections.map(async ({ path }) => (await post(hub.url, path, booking('2'))).status),
    )
    expect(statuses).toEqual(connections.map((connection) => (connection === gone ? 503 : 200)))
    for (const connection of connections.filter((one) => one !== gone))
      expect(await marksOf(hub.owner, connection)).toEqual([`fetch:${connection.id}/1`, `fetch:${connection.id}/2`])
  })

  it('has what it acknowledged when its process is gone the moment after', async () => {
    const bell = await addConnection(hub.pool, 'bell')
    const acknowledged: string[] = []
    let killed = false
    const sending = Array.from({ length: 40 }, async (_, n) => {
      // Some before, some while the connections die.
      const answer = await post(hub.url, bell.path, booking(String(n)))
      if (answer.status === 200) acknowledged.push(`fetch:${bell.id}/${n}`)
      if (!killed && acknowledged.length >= 5) {
        killed = true
        await hub.owner.query(
          'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
        )
      }
    })
    await Promise.all(sending)
    // A later incarnation: another pool on the same database.
    const later = new pg.Pool({ connectionString: fresh.ownerUrl, max: 1 })
    try {
      expect(acknowledged.length).toBeGreaterThanOrEqual(5)
      expect(await marksOf(later, bell)).toEqual(expect.arrayContaining(acknowledged))
      expect((await deliveriesOf(later, bell)).length).toBeGreaterThanOrEqual(acknowledged.length)
    } finally {
      await later.end()
    }
    // A connection that was ended is found out by who uses it; the next test is not to be the one.
    const askOnAll = () => Promise.all(Array.from({ length: 10 }, () => hub.pool.query('select 1')))
    const state = async () =>
      await askOnAll().then(
        () => 'well',
        () => 'broken',
      )
    await expect.poll(state).toBe('well')
  })

  it('keeps nothing of a sender that hangs up before the end, and what came whole of one that does not wait', async () => {
    const bell = await addConnection(hub.pool, 'bell')
    const whole = booking('9')
    const { hostname, port } = new URL(hub.url)
    const send = (length: number, body: string) =>
      new Promise<void>((done) => {
        const socket = createConnection({ host: hostname, port: Number(port) }, () => {
          socket.write(`POST ${bell.path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n${body}`, () => {
            socket.end()
            done()
          })
        })
        socket.on('error', () => undefined) // the hub may reset it; that is what is tried here
      })
    await send(whole.length + 10, whole)
    await send(whole.length, whole)
    await expect.poll(() => marksOf(hub.owner, bell)).toEqual([`fetch:${bell.id}/9`])
    expect(await deliveriesOf(hub.owner, bell)).toMatchObject([{ copies: 1 }])
  })

  it('lets go of an old address within seconds of its removal', async () => {
    const strict = await startHub({ database: fresh, rememberAddresses: 40 })
    try {
      const bell = await addConnection(strict.pool, 'bell')
      expect((await post(strict.url, bell.path, booking('1'))).status).toBe(200)
      await strict.owner.query('delete from connection_address where connection_id = $1', [bell.id])
      await expect.poll(async () => (await post(strict.url, bell.path, booking('1'))).status).toBe(404)
    } finally {
      await strict.stop()
    }
  })

  it('quarantines with its reason when the connection’s configuration does not open', async () => {
    const bell = await addConnection(hub.pool, 'bell')
    await hub.owner.query(`update connection set config_sealed = 'broken' where id = $1`, [bell.id])
    expect((await post(hub.url, bell.path, booking('1'))).status).toBe(200)
    const [row] = await deliveriesOf(hub.owner, bell)
    expect(row?.reason).toContain('master key')
    expect(await marksOf(hub.owner, bell)).toEqual([`connection:${bell.id}`])
  })

  it('does not let a flood of forgeries fill the quarantine', async () => {
    const bell = await addConnection(hub.pool, 'signed-bell')
    for (let round = 0; round < 5; round++)
      await Promise.all(Array.from({ length: 50 }, (_, n) => post(hub.url, bell.path, `forgery ${round} ${n}`)))
    const rows = await deliveriesOf(hub.owner, bell)
    expect(rows.length).toBeLessThanOrEqual(101)
    expect(rows.reduce((sum, { copies }) => sum + copies, 0)).toBe(250)
  })

  it('holds at most 10,000 strays', async () => {
    await hub.owner.query(`insert into stray_delivery (id, at, last_at, size, body_hash, reason)
      select gen_random_uuid(), '2020-01-01', '2020-01-01', 1, n::text, 'unknown-address' from generate_series(1, 10050) n`)
    await post(hub.url, `/api/webhooks/deaf/t/nobody/${'n'.repeat(22)}`, 'x')
    const count = async () =>
      (await hub.owner.query<{ n: number }>('select count(*)::int as n from stray_delivery')).rows[0]?.n
    await expect.poll(count, { timeout: 5_000 }).toBe(10_000)
    const { rows } = await hub.owner.query(`select 1 from stray_delivery where adapter = 'deaf'`)
    expect(rows).toHaveLength(1)
  })
})
