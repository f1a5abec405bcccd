import { compactDecrypt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { storedKey } from './stored-key.ts'
import { canaries, liveIn, type Lived } from './lived-in.ts'
import { openHub, type TestHub, type TestTenant } from './open-store.ts'

let hub: TestHub
let tenant: TestTenant
let lived: Lived
beforeAll(async () => {
  hub = await openHub()
  tenant = await hub.addTenant()
  lived = await liveIn(tenant)
  await tenant.rooms.rotateToken('Bookings', 60_000)
})
afterAll(() => hub.close())

describe('what lies in the database', () => {
  it('spells out no secret and nobody’s name, in any table and in any of the usual spellings', async () => {
    const dump = await dumpOf(hub)
    expect(dump).toContain('Street door')
    for (const [name, secret] of Object.entries(canaries))
      for (const [spelling, text] of spellings(secret)) expect(dump.includes(text), `${name}, ${spelling}`).toBe(false)
    const [token] = await tenant.rooms.tokens('Bookings')
    for (const [spelling, text] of spellings(token?.token ?? 'no token'))
      expect(dump.includes(text), `token, ${spelling}`).toBe(false)
  })

  it('is sealed as JWE under the tenant’s key, each bound to its own place', async () => {
    const columns = await hub.owner.query<{ table: string; column: string }>(
      `select table_name as table, column_name as column from information_schema.columns
       where table_schema = 'public' and column_name like '%\\_sealed' and table_name <> 'app_login'`,
    )
    const key = await storedKey(hub, tenant.tenantId)
    const seen = new Set<string>()
    for (const { table, column } of columns.rows) {
      const { rows } = await hub.owner.query<{ sealed: string }>(
        `select ${column} as sealed from ${table} where tenant_id = $1 and ${column} is not null`,
        [tenant.tenantId],
      )
      for (const { sealed } of rows) {
        const { protectedHeader } = await compactDecrypt(sealed, key.sealing)
        expect(protectedHeader).toMatchObject({
          alg: 'dir',
          enc: 'A256GCM',
          kid: key.kid,
          tenant: tenant.tenantId,
          table,
          column,
        })
        seen.add(`${table}.${column}`)
      }
    }
    const empty = columns.rows.map(({ table, column }) => `${table}.${column}`).filter((name) => !seen.has(name))
    // Only what came by webhook is sealed by somebody else.
    expect(empty.sort()).toEqual(['webhook_delivery.headers_sealed', 'webhook_delivery.payload_sealed'])
  })

  it('does not open in another row', async () => {
    await hub.owner.query(
      `update code set pin_sealed = (select last_pin_sealed from booking where tenant_id = $1 and id = $2) where tenant_id = $1 and id = $3`,
      [tenant.tenantId, lived.booking.id, lived.code.id],
    )
    await expect(tenant.store.loadStay(lived.booking.id, lived.code.wantedSince)).rejects.toThrow(
      'another tenant, table, column or row',
    )
  })
})

async function dumpOf({ owner }: TestHub): Promise<string> {
  const { rows } = await owner.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`,
  )
  const tables = await Promise.all(
    rows.map(({ name }) => owner.query<{ line: string }>(`select t::text as line from ${name} t`)),
  )
  return tables.flatMap(({ rows: lines }) => lines.map(({ line }) => line)).join('\n')
}

function spellings(secret: string): readonly (readonly [string, string])[] {
  const bytes = Buffer.from(secret)
  return [
    ['plain', secret],
    ['spaced', Array.from(secret).join(' ')],
    ['URL', encodeURIComponent(secret)],
    ['base64', bytes.toString('base64').replaceAll('=', '')],
    ['base64url', bytes.toString('base64url')],
    ['hex', bytes.toString('hex')],
    ['JSON', JSON.stringify(secret).slice(1, -1)],
    ['reversed', Array.from(secret).toReversed().join('')],
  ]
}
