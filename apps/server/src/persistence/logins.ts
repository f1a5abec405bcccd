import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'
import pg from 'pg'
import type { MasterKeys } from '../secrets/master-keys.ts'
import { SealError } from '../secrets/sealed-value.ts'
import { isCode } from './start-lock.ts'
import { withConnection } from './with-client.ts'

/** The login the hub runs as: it owns nothing and no policy passes it by. */
export interface AppLogin {
  readonly role: string
  readonly url: string
}

interface MadeLogin {
  readonly ownerUrl: string
  readonly role: string
  readonly masters: MasterKeys
}

type Connection = Pick<pg.ClientBase, 'query'>

/** The login that the operator made and named in `STAYWARD_APP_DATABASE_URL`. */
export async function givenLogin(owner: Connection, url: string, masters: MasterKeys): Promise<AppLogin> {
  const role = await withConnection(loginAt(url), async (client) => {
    const { rows } = await client.query<{ role: string }>('select current_user as role')
    return rows[0]?.role ?? ''
  }).catch((cause: unknown) => {
    throw new Error(
      `Stayward cannot connect with STAYWARD_APP_DATABASE_URL (${reasonOf(cause)}). Check its login, password and address.`,
      { cause },
    )
  })
  const known = await owner.query('select from pg_roles where rolname = $1', [role])
  if (known.rowCount === 0) {
    throw new Error(
      `STAYWARD_APP_DATABASE_URL and DATABASE_URL lead to different servers: the login "${role}" exists on only one of them.`,
    )
  }
  // Nobody logs in with it; opening it proves that the master key is the one this database was sealed under.
  await storedPassword(owner, role, masters)
  return { role, url }
}

/**
 * The login that migration makes. Its random password is sealed in a table that only the owner can read, so that every
 * process finds the same one, and a restored or cloned database finds its own. Call it under the migration's lock.
 */
export async function madeLogin(owner: Connection, { ownerUrl, role, masters }: MadeLogin): Promise<AppLogin> {
  const password = await storedPassword(owner, role, masters)
  const url = withLogin(ownerUrl, role, password)
  try {
    if (await createRole(owner, role, password)) return { role, url }
    if (await opens(url)) return { role, url }
    await refuseShared(owner, role)
    await owner.query(`alter role ${pg.escapeIdentifier(role)} ${attributes} password '${scramVerifier(password)}'`)
  } catch (error) {
    if (!isCode(error, '42501')) throw error
    const name = pg.escapeIdentifier(role)
    throw new Error(
      'The login in DATABASE_URL may not create logins: run ' +
        `"create role ${name} login password '<a password>'" and "grant usage on schema public to ${name}" ` +
        'as an administrator of the database, and give that login in STAYWARD_APP_DATABASE_URL.',
      { cause: error },
    )
  }
  return { role, url }
}

/** Why the hub must not run with this connection's login, one sentence each; empty for a safe one. */
export async function loginProblems(connection: Connection): Promise<readonly string[]> {
  const { rows } = await connection.query<Record<string, boolean> & { role: string }>(`
    select r.rolname as role, r.rolsuper as superuser, r.rolbypassrls as bypasses, session_user <> current_user as switched,
      exists (select from pg_auth_members m where m.member = r.oid) as member,
      exists (select from pg_database d where d.datname = current_database() and d.datdba = r.oid)
        or exists (select from pg_namespace n where n.nspname = 'public' and n.nspowner = r.oid)
        or exists (select from pg_class c where c.relnamespace = 'public'::regnamespace and c.relowner = r.oid) as owner,
      has_schema_privilege('public', 'create') as creates,
      to_regclass('public.work') is null or not has_table_privilege(to_regclass('public.work'), 'update') as stranger
    from pg_roles r where r.rolname = current_user`)
  const [found] = rows
  if (!found) return ['The database does not know the login the hub runs as.']
  const name = `The login "${found.role}"`
  const remedy = 'Give the hub a login of its own in STAYWARD_APP_DATABASE_URL, or unset it and let migration make one.'
  const checks: readonly (readonly [string, string])[] = [
    ['superuser', `${name} is a superuser, whom no row level security holds. ${remedy}`],
    ['bypasses', `${name} bypasses row level security. ${remedy}`],
    ['owner', `${name} owns the database, its schema or one of its tables. ${remedy}`],
    ['member', `${name} is a member of another role and has its rights. Revoke that, or: ${remedy}`],
    ['switched', `${name} was switched to from another one and can go back to it. ${remedy}`],
    ['creates', `${name} may create tables in the schema "public". Run: revoke create on schema public from public`],
    ['stranger', `${name} may not use the hub's tables. Run the migration with the same two database settings.`],
  ]
  return checks.filter(([check]) => found[check]).map(([, sentence]) => sentence)
}

/** Stops the start when the hub's login could see more than one tenant at a time. */
export async function refuseUnsafeLogin(appUrl: string): Promise<void> {
  const problems = await withConnection(loginAt(appUrl), loginProblems)
  if (problems.length > 0) throw new Error(problems.join('\n'))
}

const attributes = 'login nosuperuser nobypassrls nocreatedb nocreaterole noreplication'

/** `false` when there is such a role already, perhaps made this very moment for another database of the server. */
async function createRole(owner: Connection, role: string, password: string): Promise<boolean> {
  const { rowCount } = await owner.query('select from pg_roles where rolname = $1', [role])
  if (rowCount) return false
  try {
    await owner.query(`create role ${pg.escapeIdentifier(role)} ${attributes} password '${scramVerifier(password)}'`)
    return true
  } catch (error) {
    if (isCode(error, '42710') || isCode(error, '23505')) return false
    throw error
  }
}

/** Roles belong to the whole server. Another database that relies on this one must not lose its password. */
async function refuseShared(owner: Connection, role: string): Promise<void> {
  const { rows } = await owner.query<{ name: string }>(
    `select d.datname as name from pg_shdepend s
     join pg_roles r on r.oid = s.refobjid and s.refclassid = 'pg_authid'::regclass
     join pg_database d on d.oid = s.dbid
     where r.rolname = $1 and d.datname <> current_database() limit 1`,
    [role],
  )
  const [other] = rows
  if (other) {
    throw new Error(
      `The login "${role}" already serves the database "${other.name}" on this server, with a password that is not known here. ` +
        'Create another login for this database and give it in STAYWARD_APP_DATABASE_URL.',
    )
  }
}

async function storedPassword(owner: Connection, role: string, masters: MasterKeys): Promise<string> {
  const place = { tenantId: '', table: 'app_login', column: 'sealed_password', row: role }
  const { rows } = await owner.query<{ sealed: string }>(
    'select sealed_password as sealed from app_login where role = $1',
    [role],
  )
  const sealed = rows[0]?.sealed
  const password = sealed === undefined ? randomBytes(24).toString('base64url') : openWith(masters, sealed, place)
  if (sealed === undefined || masters.isOld(sealed)) {
    await owner.query(
      `insert into app_login (role, sealed_password) values ($1, $2)
       on conflict (role) do update set sealed_password = excluded.sealed_password`,
      [role, masters.seal(password, place)],
    )
  }
  return password
}

function openWith(masters: MasterKeys, sealed: string, place: Parameters<MasterKeys['open']>[1]): string {
  try {
    return masters.open(sealed, place).toString('utf8')
  } catch (error) {
    if (!(error instanceof SealError)) throw error
    throw new Error(
      'The secrets in this database were sealed with a master key that is not here. Put the file "master-keys" back ' +
        'into the data directory, or give the key in STAYWARD_MASTER_KEYS: without it every stored PIN and secret is lost.',
      { cause: error },
    )
  }
}

/** What the server stores of a password. Sent instead of it, so that no statement log of the server holds it. */
function scramVerifier(password: string): string {
  const salt = randomBytes(16)
  const salted = pbkdf2Sync(password, salt, 4096, 32, 'sha256')
  const clientKey = createHmac('sha256', salted).update('Client Key').digest()
  const storedKey = createHash('sha256').update(clientKey).digest('base64')
  const serverKey = createHmac('sha256', salted).update('Server Key').digest('base64')
  return `SCRAM-SHA-256$4096:${salt.toString('base64')}$${storedKey}:${serverKey}`
}

/** The same database under another login; everything else of the address stays. */
function withLogin(address: string, role: string, password: string): string {
  const url = new URL(address)
  url.username = encodeURIComponent(role)
  url.password = password // base64url needs no escape
  url.searchParams.delete('user')
  url.searchParams.delete('password')
  if (url.username === '') {
    throw new Error('DATABASE_URL names no host. Write postgres://login:password@host:port/database.')
  }
  return url.href
}

async function opens(url: string): Promise<boolean> {
  try {
    await withConnection(loginAt(url), () => Promise.resolve())
    return true
  } catch (error) {
    if (isCode(error, '28P01') || isCode(error, '28000')) return false
    throw error
  }
}

const loginAt = (connectionString: string) => ({ connectionString, connectionTimeoutMillis: 10_000 })

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
