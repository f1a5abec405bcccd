import { randomUUIDv7 } from 'node:crypto'
import { type Clock, type Instant, plus, systemClock } from '@stayward/core/adapter'
import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ApiKeys, createApiKeys, type TenantRef } from '../../src/auth/api-keys.ts'
import { freshDatabase } from '../fresh-database.ts'

let pool: pg.Pool
let owner: pg.Pool
let keys: ApiKeys
let now: Instant = systemClock.now()
const clock: Clock = { now: () => now }
const tenants: TenantRef[] = []

beforeAll(async () => {
  const { appUrl, ownerUrl } = await freshDatabase()
  pool = new pg.Pool({ connectionString: appUrl, max: 2 })
  owner = new pg.Pool({ connectionString: ownerUrl, max: 1 })
  keys = createApiKeys({ pool, clock })
  for (const slug of ['harbour', 'harbour-2']) {
    const id = randomUUIDv7()
    await pool.query('insert into tenant (id, slug, state, created_at) values ($1, $2, $3, $4)', [
      id,
      slug,
      'active',
      now,
    ])
    tenants.push({ id, slug })
  }
})
afterAll(() => Promise.all([pool.end(), owner.end()]))

const [first, second] = [() => tenants[0] as TenantRef, () => tenants[1] as TenantRef] // made in beforeAll

it('makes a key that names its tenant, is shown once, and is kept as a hash', async () => {
  const { id, text } = await keys.add(first(), { name: 'console', seePins: false })
  expect(text).toMatch(/^sw_harbour_[a-z2-7]{40}$/)
  expect(await keys.verify(text)).toEqual({
    tenantId: first().id,
    slug: 'harbour',
    keyId: id,
    seePins: false,
    openDoors: false,
    confirmRestores: false,
  })
  const { rows } = await owner.query('select * from api_key')
  expect(JSON.stringify(rows)).not.toContain(text.slice(-20))
})

it('says whether it may see PINs, and when it was last used', async () => {
  const { id, text } = await keys.add(first(), { name: 'desk', seePins: true })
  expect(await keys.verify(text)).toMatchObject({ seePins: true, openDoors: false })
  const opens = await keys.add(first(), { name: 'doorman', seePins: false, openDoors: true })
  expect(await keys.verify(opens.text)).toMatchObject({ seePins: false, openDoors: true, confirmRestores: false })
  const operates = await keys.add(first(), { name: 'operator', confirmRestores: true })
  expect(await keys.verify(operates.text)).toMatchObject({ seePins: false, openDoors: false, confirmRestores: true })
  now = plus(now, 59_000)
  await keys.verify(text)
  const lastUse = async () => (await keys.list(first())).find((key) => key.id === id)?.lastUsedAt
  expect(await lastUse()).toBe(plus(now, -59_000))
  now = plus(now, 1_000)
  await keys.verify(text)
  expect(await lastUse()).toBe(now)
})

it('refuses a revoked key at once, and a second revocation', async () => {
  const { id, text } = await keys.add(first(), { name: 'lost', seePins: false })
  expect(await keys.revoke(second(), id)).toBe(false)
  expect(await keys.verify(text)).toBeDefined()
  expect(await keys.revoke(first(), id)).toBe(true)
  expect(await keys.verify(text)).toBeUndefined()
  expect(await keys.revoke(first(), id)).toBe(false)
  expect((await keys.list(first())).find((key) => key.id === id)).toMatchObject({ name: 'lost', revokedAt: now })
})

it('refuses everything else', async () => {
  const { text } = await keys.add(first(), { name: 'k', seePins: false })
  const wrong = [
    text.replace('harbour', 'harbour-2'),
    text.replace('harbour', 'nobody'),
    text.slice(0, -1),
    `${text}a`,
    text.toUpperCase(),
    text.slice(0, -1) + (text.endsWith('a') ? 'b' : 'a'),
    '',
    'sw__',
    `sw_harbour' or true --_${'a'.repeat(40)}`,
  ]
  for (const one of wrong) expect(await keys.verify(one)).toBeUndefined()
})

it('lists one tenant’s keys only', async () => {
  await keys.add(second(), { name: 'theirs', seePins: false })
  expect((await keys.list(second())).map(({ name }) => name)).toEqual(['theirs'])
  expect((await keys.list(first())).map(({ name }) => name)).not.toContain('theirs')
})
