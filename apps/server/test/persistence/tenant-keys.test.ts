import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inTenant } from '../../src/persistence/in-tenant.ts'
import { type MasterKeys, parseMasterKeys } from '../../src/secrets/master-keys.ts'
import { addTenantKey, destroyTenantKeys, resealTenantKeys, tenantKeys } from '../../src/persistence/tenant-keys.ts'
import { newDataKey, tenantSecrets } from '../../src/secrets/tenant-secrets.ts'
import { freshDatabase } from '../fresh-database.ts'

const [anna, bert] = ['00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-00000000000b']
const place = { table: 'code', column: 'sealed_pin', row: 'code-1' }
const key = (name: string, byte: number) => `${name}:${Buffer.alloc(32, byte).toString('base64')}`
const first = parseMasterKeys(key('m1', 1), 'a test')
const both = parseMasterKeys(`${key('m2', 2)},${key('m1', 1)}`, 'a test')
const second = parseMasterKeys(key('m2', 2), 'a test')

let pool: pg.Pool
beforeAll(async () => {
  pool = new pg.Pool({ connectionString: (await freshDatabase()).appUrl })
  for (const [id, slug] of [
    [anna, 'anna'],
    [bert, 'bert'],
  ] as const) {
    await pool.query(`insert into tenant values ($1, $2, 'live', '2026-07-10')`, [id, slug])
    await inTenant(pool, id, (client) => addTenantKey(client, first, id, '2026-07-10T00:00:00.000Z'))
  }
})
afterAll(() => pool.end())
const secretsOf = async (tenantId: string, masters: MasterKeys) =>
  tenantSecrets(await tenantKeys(pool, masters, tenantId))

describe('a tenant’s secrets', () => {
  it('open with the tenant’s key and with no other tenant’s', async () => {
    const [ours, theirs] = [await secretsOf(anna, first), await secretsOf(bert, first)]
    const sealed = ours.seal('482913', place)
    expect(ours.open(sealed, place)).toBe('482913')
    expect(ours.openBytes(ours.seal(Buffer.from([0, 255]), place), place)).toEqual(Buffer.from([0, 255]))
    expect(() => theirs.open(sealed, place)).toThrow(/the key ".*" is not here/)
  })

  it('do not open for another tenant even under a key of the same name and bytes', () => {
    const data = newDataKey(anna)
    const sealed = tenantSecrets([data]).seal('482913', place)
    expect(() => tenantSecrets([{ ...data, tenantId: bert }]).open(sealed, place)).toThrow(/another tenant/)
  })

  it('have fingerprints that are equal for equal PINs on one device of one tenant only', async () => {
    const [ours, theirs] = [await secretsOf(anna, first), await secretsOf(bert, first)]
    const print = ours.fingerprint('device-1', '482913')
    expect(print).toMatch(/^[\w-]{43}$/)
    expect((await secretsOf(anna, first)).fingerprint('device-1', '482913')).toBe(print)
    const others = [
      ours.fingerprint('device-2', '482913'),
      ours.fingerprint('device-1', '482914'),
      ours.fingerprint('device-14', '82913'),
      theirs.fingerprint('device-1', '482913'),
    ]
    expect(others).not.toContain(print)
  })

  it('survive a change of the tenant’s key: old values open, new ones need it, fingerprints stay', async () => {
    const [old] = await tenantKeys(pool, first, bert)
    const before = tenantSecrets([old])
    const sealed = before.seal('482913', place)
    await inTenant(pool, bert, (client) => addTenantKey(client, first, bert, '2026-07-11T00:00:00.000Z', old))
    const after = await secretsOf(bert, first)
    expect(after.open(sealed, place)).toBe('482913')
    expect(() => before.open(after.seal('482913', place), place)).toThrow(/is not here/)
    expect(after.fingerprint('d', '1')).toBe(before.fingerprint('d', '1'))
  })

  it('survive a change of the master key, which needs the old one no more', async () => {
    const sealed = (await secretsOf(anna, first)).seal('482913', place)
    await expect(secretsOf(anna, second)).rejects.toThrow(/the key "m1" is not here/)
    expect(await resealTenantKeys(pool, both)).toBe(3)
    expect(await resealTenantKeys(pool, both)).toBe(0)
    expect((await secretsOf(anna, second)).open(sealed, place)).toBe('482913')
    await expect(secretsOf(anna, first)).rejects.toThrow(/the key "m2" is not here/)
  })

  it('do not open when a stored key was swapped for another tenant’s', async () => {
    const keyOf = async (id: string) =>
      await inTenant(
        pool,
        id,
        async (client) => (await client.query<{ kid: string; sealed_key: string }>('select * from tenant_key')).rows[0],
      )
    const theirs = await keyOf(bert)
    await inTenant(pool, anna, async (client) => {
      await client.query('update tenant_key set sealed_key = $1', [theirs?.sealed_key])
    })
    await expect(secretsOf(anna, both)).rejects.toThrow(/another tenant, table, column or row/)
  })

  it('are gone with the key', async () => {
    await destroyTenantKeys(pool, bert)
    await expect(tenantKeys(pool, both, bert)).rejects.toThrow(/has no key/)
  })
})
