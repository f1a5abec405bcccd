import type { MikroORM } from '@mikro-orm/postgresql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { entities } from '../../src/persistence/entities/index.ts'
import { ownerOnly, withoutRowSecurity } from '../../src/persistence/reviewed-tables.ts'
import { openHub, type TestHub } from './open-store.ts'

let hub: TestHub
beforeAll(async () => {
  hub = await openHub()
})
afterAll(() => hub.close())

const catalogue = async <Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> =>
  (await hub.owner.query<Row>(text, values)).rows

interface Table {
  readonly name: string
  readonly enabled: boolean
  readonly forced: boolean
}

const tables = () =>
  catalogue<Table>(
    `select relname as name, relrowsecurity as enabled, relforcerowsecurity as forced from pg_class
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by 1`,
  )
const tenantTables = async () => (await tables()).filter(({ name }) => !withoutRowSecurity.has(name))

describe('the catalogue', () => {
  it('forces row level security on every table but the reviewed ones', async () => {
    const all = await tables()
    expect(all.length).toBeGreaterThan(20)
    expect(all.filter(({ name, forced, enabled }) => !withoutRowSecurity.has(name) && !(forced && enabled))).toEqual([])
    const gone = [...withoutRowSecurity.keys()].filter((name) => !all.some((table) => table.name === name))
    expect(gone, 'reviewed tables that no longer exist').toEqual([])
  })

  it('lets a tenant’s policy decide on reading and on writing, for every command', async () => {
    const policies = await catalogue<{
      tablename: string
      permissive: string
      cmd: string
      qual: string
      with_check: string
    }>(`select tablename, permissive, cmd, qual, with_check from pg_policies where schemaname = 'public'`)
    const own = /^\(tenant_id = \(NULLIF\(current_setting\('app\.tenant_id'::text, true\), ''::text\)\)::uuid\)$/
    const without = (await tenantTables()).filter(
      ({ name }) =>
        !policies.some(
          ({ tablename, cmd, qual, with_check }) =>
            tablename === name && cmd === 'ALL' && own.test(qual) && own.test(with_check),
        ),
    )
    expect(without.map(({ name }) => name)).toEqual([])
    // Policies add up: any other one is a door of its own, and there are these and no more.
    const others = policies.filter(({ qual, with_check }) => !own.test(qual ?? '') || !own.test(with_check ?? ''))
    expect(others.map(({ tablename, cmd }) => `${tablename} ${cmd}`).sort()).toEqual([
      'connection SELECT',
      'connection UPDATE',
      'webhook_delivery INSERT',
      'webhook_delivery SELECT',
      'webhook_delivery UPDATE',
    ])
    for (const { qual, with_check } of others)
      for (const condition of [qual, with_check])
        if (condition !== null) expect(condition).toMatch(/^\(tenant_id = ANY .*app\.ingest_tenants/s)
  })

  it('has a tenant on every row', async () => {
    const missing = await catalogue<{ name: string }>(
      `select c.relname as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
       and not exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and a.attnotnull
         and a.atttypid = 'uuid'::regtype)`,
    )
    expect(missing.map(({ name }) => name).filter((name) => !withoutRowSecurity.has(name))).toEqual([])
  })

  it('leads every key with the tenant, and has it in every foreign key', async () => {
    const keys = await catalogue<{ table: string; name: string; columns: string[]; primary: boolean }>(
      `select c.relname as table, i.relname as name, x.indisprimary as primary,
         array(select a.attname::text from unnest(x.indkey::int2[]) with ordinality k (attnum, nr)
           join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum order by k.nr) as columns
       from pg_index x join pg_class c on c.oid = x.indrelid join pg_class i on i.oid = x.indexrelid
       where c.relnamespace = 'public'::regnamespace and x.indisunique`,
    )
    const ofTenants = keys.filter(({ table }) => !withoutRowSecurity.has(table))
    expect(ofTenants.length).toBeGreaterThan(30)
    expect(ofTenants.filter(({ columns }) => !columns.includes('tenant_id'))).toEqual([])
    expect(ofTenants.filter(({ primary, columns }) => primary && columns[0] !== 'tenant_id')).toEqual([])
    const foreign = await catalogue<{ table: string; name: string; columns: string[] }>(
      `select c.conrelid::regclass::text as table, c.conname as name,
         array(select a.attname::text from pg_attribute a where a.attrelid = c.conrelid and a.attnum = any (c.conkey)) as columns
       from pg_constraint c where c.contype = 'f' and c.connamespace = 'public'::regnamespace`,
    )
    expect(foreign.length).toBeGreaterThan(15)
    expect(foreign.filter(({ columns }) => !columns.includes('tenant_id'))).toEqual([])
  })

  it('asks nobody for the time', async () => {
    const clock = String.raw`\m(now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\(|\mcurrent_(timestamp|date|time)\M|\mlocaltime`
    const found = await catalogue<{ what: string }>(
      `select 'default of ' || d.adrelid::regclass::text as what from pg_attrdef d where pg_get_expr(d.adbin, d.adrelid) ~* $1
         and d.adrelid <> 'mikro_orm_migrations'::regclass -- the migrator's own book
       union all
       select 'function ' || p.proname from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosrc ~* $1
       union all
       select 'view ' || viewname from pg_views where schemaname = 'public' and definition ~* $1`,
      [clock],
    )
    expect(found).toEqual([])
  })

  it('lets no view and no function act with the owner’s rights', async () => {
    const found = await catalogue<{ name: string }>(
      `select p.proname as name from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef
       union all
       select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('v', 'm')
         and not coalesce(c.reloptions @> '{security_invoker=true}', false)`,
    )
    expect(found).toEqual([])
  })

  it('gives the hub a login that owns nothing and bypasses nothing', async () => {
    const { rows } = await hub.pool.query<{ name: string }>('select current_user as name')
    const name = rows[0]?.name
    const [role] = await catalogue(
      `select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication,
         (select count(*) from pg_class where relowner = r.oid)::int as owned,
         (select count(*) from pg_database where datdba = r.oid)::int as databases,
         (select count(*) from pg_auth_members where member = r.oid)::int as memberships
       from pg_roles r where rolname = $1`,
      [name],
    )
    expect(role).toEqual({
      rolsuper: false,
      rolbypassrls: false,
      rolcreaterole: false,
      rolcreatedb: false,
      rolreplication: false,
      owned: 0,
      databases: 0,
      memberships: 0,
    })
    for (const table of ownerOnly)
      await expect(hub.pool.query(`select 1 from ${table}`)).rejects.toThrow('permission denied')
    await expect(hub.pool.query('create table mine (id int)')).rejects.toThrow('permission denied')
  })
})

describe('the entities', () => {
  it('agree with the schema that the migrations made, column by column', async () => {
    const stored = await catalogue<{ table: string; column: string; type: string; nullable: boolean; key: boolean }>(
      `select c.relname as table, a.attname as column, format_type(a.atttypid, a.atttypmod) as type, not a.attnotnull as nullable,
         coalesce(a.attnum = any (x.indkey), false) as key
       from pg_attribute a join pg_class c on c.oid = a.attrelid left join pg_index x on x.indrelid = c.oid and x.indisprimary
       where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped`,
    )
    const mapped = mappedColumns(hub.orm)
    const names = new Set(mapped.map(({ table }) => table))
    const inOrder = (rows: readonly { table: string; column: string }[]) =>
      rows.map((row) => JSON.stringify(row)).sort()
    expect(inOrder(mapped)).toEqual(inOrder(stored.filter(({ table }) => names.has(table))))
    expect(names.size).toBe(entities.length)
    // Nobody's entities, because code of their own reads them: the work, the keys, the vendors' budgets, what webhooks
    // told, what connections keep of their vendors, what doors were ordered to do, the hub's memory and its own login.
    const rest = new Set(stored.map(({ table }) => table).filter((table) => !names.has(table)))
    const own = [
      'app_login',
      'connection_vault',
      'door_opening',
      'hub_memory',
      'message_report',
      'mikro_orm_migrations',
      'person_word',
      'tenant_key',
      'vendor_budget',
      'work',
    ]
    expect([...rest].sort()).toEqual(own)
  })
})

function mappedColumns(orm: MikroORM) {
  const spelled: Record<string, string> = {
    'timestamptz(3)': 'timestamp(3) with time zone',
    timestamptz: 'timestamp with time zone',
    int: 'integer',
    bigint: 'bigint',
    boolean: 'boolean',
    jsonb: 'jsonb',
    uuid: 'uuid',
    text: 'text',
    date: 'date',
  }
  return [...orm.getMetadata().getAll().values()].flatMap((entity) =>
    entity.props.map((property) => ({
      table: entity.tableName,
      column: property.fieldNames[0] ?? '',
      type: spelled[property.columnTypes[0] ?? ''] ?? `unknown ${property.columnTypes[0]}`,
      nullable: property.nullable === true,
      key: property.primary === true,
    })),
  )
}
