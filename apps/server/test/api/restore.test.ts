import { systemClock } from '@stayward/core'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { apiRouter } from '../../src/api/router.ts'
import { restoreRoutes } from '../../src/api/restore-routes.ts'
import { createApiKeys } from '../../src/auth/api-keys.ts'
import { announceRestore } from '../../src/persistence/memory/restore-notices.ts'
import { createRestoreDesk } from '../../src/persistence/memory/restore-desk.ts'
import { addConnection, startHub, type TestConnection, type TestHub } from '../intake/hub.ts'

let hub: TestHub
let mine: TestConnection
let [plainKey, doorKey, operatorKey, operatorKeyId] = ['', '', '', '']
beforeAll(async () => {
  hub = await startHub({
    api: (pool) =>
      apiRouter({
        routes: restoreRoutes(createRestoreDesk({ pool, clock: systemClock })),
        keys: createApiKeys({ pool, clock: systemClock }),
      }),
  })
  mine = await addConnection(hub.pool, 'bell')
  await addConnection(hub.pool, 'bell')
  const keys = createApiKeys({ pool: hub.pool, clock: systemClock })
  const tenant = { id: mine.tenantId, slug: mine.slug }
  plainKey = (await keys.add(tenant, { name: 'k' })).text
  doorKey = (await keys.add(tenant, { name: 'k', seePins: true, openDoors: true })).text
  const operator = await keys.add(tenant, { name: 'operator', confirmRestores: true })
  operatorKey = operator.text
  operatorKeyId = operator.id
})
afterAll(() => hub.stop())

const lost = { from: '2026-07-01T08:00:00.000Z', until: '2026-07-01T20:00:00.000Z' }
const setBack = async ({ from, until } = lost): Promise<void> => {
  await hub.owner.query(
    `update hub_memory set beat_at = $1, lost_from = $1, lost_until = $2, noticed_at = '2026-07-02T08:00:00Z',
      cause = 'behind', confirmed_at = null, confirmed_by = null`,
    [from, until],
  )
  const now = await createRestoreDesk({ pool: hub.pool, clock: systemClock }).state()
  if (now.state !== 'whole') await announceRestore(hub.pool, now, systemClock.now())
}
beforeEach(() => setBack())

const ask = async (path: string, key: string, body?: object): Promise<{ status: number; body: unknown }> => {
  const answer = await fetch(`${hub.url}/api/v1${path}`, {
    headers: { authorization: `Bearer ${key}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
  })
  return { status: answer.status, body: await answer.json() }
}
const confirm = (body: object, key = operatorKey) => ask('/restore/confirm', key, body)
const memory = async () =>
  (await hub.owner.query<{ epoch: number; by: string | null }>('select epoch, confirmed_by as by from hub_memory'))
    .rows[0]
const openAlerts = async () =>
  (await hub.owner.query("select 1 from alert where kind = 'restore' and closed_at is null")).rowCount

it('shows a tenant its own part, and who may confirm also how much waits elsewhere', async () => {
  const plain = (await ask('/restore', plainKey)).body
  expect(plain).toMatchObject({ state: 'restoring', ...lost, found: { unread: ['bell'] } })
  expect(plain).not.toHaveProperty('elsewhere')
  expect((await ask('/restore', operatorKey)).body).toMatchObject({
    found: { unread: ['bell'] },
    elsewhere: { tenants: 1, unread: 1, adopted: 0, perhapsTold: 0, waiting: 0, strays: 0 },
  })
})

it('is confirmed only by a key to which the operator gave that right', async () => {
  const before = await memory()
  for (const key of [plainKey, doorKey])
    expect(await confirm(lost, key)).toMatchObject({ status: 403, body: { code: 'not-allowed' } })
  expect((await confirm(lost, 'sw_nobody_x')).status).toBe(401)
  expect(await memory()).toEqual(before)
  expect(await openAlerts()).toBe(2)
})

it('goes on for every tenant, writes down who confirmed, and answers the same word again as the first time', async () => {
  const before = await memory()
  const first = await confirm(lost)
  expect(first).toMatchObject({ status: 200, body: { state: 'confirmed', ...lost } })
  const after = { epoch: (before?.epoch ?? 0) + 1, by: `API key ${operatorKeyId}` }
  expect(await memory()).toEqual(after)
  expect(await openAlerts()).toBe(0)
  const { rows } = await hub.owner.query('select distinct tenant_id from work where kind = $1', ['connection'])
  expect(rows).toHaveLength(2)
  expect(await confirm(lost)).toEqual(first)
  expect(await memory()).toEqual(after)
  expect((await ask('/restore', plainKey)).body).toMatchObject({ state: 'confirmed' })
})

it('is not confirmed by a word about what was shown before more was found, nor by one that says nothing', async () => {
  await setBack({ ...lost, until: '2026-07-01T21:00:00.000Z' })
  const before = await memory()
  expect(await confirm(lost)).toMatchObject({ status: 409, body: { code: 'nothing-to-confirm' } })
  expect((await confirm({})).status).toBe(400)
  expect((await confirm({ from: lost.from, until: 'soon' })).status).toBe(400)
  expect(await memory()).toEqual(before)
  // The time as another clock writes it is the same time.
  expect((await confirm({ from: '2026-07-01T10:00:00+02:00', until: '2026-07-01T23:00:00+02:00' })).status).toBe(200)
})

it('has nothing to confirm where nothing was forgotten', async () => {
  await hub.owner.query('update hub_memory set noticed_at = null, lost_from = null, lost_until = null, cause = null')
  expect(await confirm(lost)).toMatchObject({ status: 409, body: { code: 'nothing-to-confirm' } })
})
