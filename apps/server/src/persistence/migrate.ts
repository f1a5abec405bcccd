import { Migrator } from '@mikro-orm/migrations'
import { MikroORM } from '@mikro-orm/postgresql'
import type pg from 'pg'
import type { MasterKeys } from '../secrets/master-keys.ts'
import { grantTo } from './grants.ts'
import { givenLogin, madeLogin } from './logins.ts'
import { migrations } from './migrations/index.ts'
import { releaseBroken } from './release-broken.ts'
import { withConnection } from './with-client.ts'

export interface MigrateOptions {
  /** The login that owns the schema. */
  readonly ownerUrl: string
  /** The login the hub runs as, if the operator made one. */
  readonly appUrl?: string | undefined
  /** The name of the login that migration makes. Roles belong to the whole server, so tests name their own. */
  readonly appRole?: string
  readonly masters: MasterKeys
}

export interface Migrated {
  /** What the hub connects with from now on. */
  readonly appUrl: string
  /** The migrations that ran just now. */
  readonly applied: readonly string[]
}

/** Any number that nobody else uses; one per database, since advisory locks are. */
const lock = 7_307_199_261_121n

/**
 * Brings the schema to this version and makes the hub's login. Several processes may do so at once on one database: one
 * works and the others wait, then find nothing left to do.
 */
export async function migrate({
  ownerUrl,
  appUrl,
  appRole = 'stayward_app',
  masters,
}: MigrateOptions): Promise<Migrated> {
  return await withConnection(ownerOptions(ownerUrl), async (owner) => {
    await refuseUnfit(owner)
    await owner.query('select pg_advisory_lock($1)', [lock]) // let go when the connection is closed
    await refuseForeign(owner)
    const applied = await runMigrations(ownerUrl)
    const login =
      appUrl === undefined
        ? await madeLogin(owner, { ownerUrl, role: appRole, masters })
        : await givenLogin(owner, appUrl, masters)
    await grantTo(owner, login.role)
    return { appUrl: login.url, applied }
  })
}

/** A statement of the owner that a policy would silently cut short fails instead. */
function ownerOptions(connectionString: string) {
  return { connectionString, options: '-c row_security=off' }
}

async function runMigrations(ownerUrl: string): Promise<readonly string[]> {
  const orm = await MikroORM.init({
    clientUrl: ownerUrl,
    // MikroORM reads host, port, login and database of an address, and nothing else (no sslmode).
    driverOptions: ownerOptions(ownerUrl),
    entities: [],
    discovery: { warnWhenNoEntities: false },
    extensions: [Migrator],
    pool: { min: 0, max: 2 },
    migrations: { migrationsList: migrations, snapshot: false, snapshotOnMigrate: false, silent: true },
  })
  try {
    await releaseBroken(orm.em.getConnection())
    return (await orm.migrator.up()).map(({ name }) => name)
  } finally {
    await orm.close()
  }
}

async function refuseUnfit(owner: pg.Client): Promise<void> {
  const { rows } = await owner.query<{ version: number; name: string }>(
    `select current_setting('server_version_num')::int as version, current_setting('server_version') as name`,
  )
  const [server] = rows
  if (server && server.version < 150_000) {
    throw new Error(
      `Stayward needs PostgreSQL 15 or newer, and the server in DATABASE_URL is ${server.name}: upgrade it, or give another one.`,
    )
  }
}

/** The hub's login gets rights on every table of this schema, so the schema has to be the hub's alone. */
async function refuseForeign(owner: pg.Client): Promise<void> {
  const { rows } = await owner.query<{ name: string }>(
    `select c.relname as name from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
       and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
       and to_regclass('public.mikro_orm_migrations') is null
     order by 1 limit 1`,
  )
  const [foreign] = rows
  if (foreign) {
    throw new Error(
      `The database in DATABASE_URL already holds other tables ("${foreign.name}"). Give Stayward a database of its own.`,
    )
  }
}
