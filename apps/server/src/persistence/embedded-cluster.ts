import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import type { PostgresProgram } from './postgres-program.ts'
import { isCode } from './start-lock.ts'

/** One data directory and how its server runs. */
export interface Cluster {
  readonly dir: string
  readonly data: string
  /** None: `trust`, for tests. */
  readonly password: string | undefined
  readonly program: PostgresProgram
  readonly fast: boolean
}

/** Creates the cluster beside its final place and moves it there whole: a start that is killed leaves no half of one. */
export async function createCluster(cluster: Cluster): Promise<void> {
  const made = join(cluster.dir, `data.${randomBytes(6).toString('hex')}`)
  const secret = `${made}.password`
  const { account } = cluster.program
  mkdirSync(made, { mode: 0o700 })
  if (cluster.password !== undefined) writeFileSync(secret, cluster.password, { mode: 0o600 })
  if (account) for (const path of [made, secret]) if (existsSync(path)) chownSync(path, account.uid, account.gid)
  const [command, args] = cluster.program.wrap(cluster.program.initdb, [
    '-D',
    made,
    '-U',
    'postgres',
    '-E',
    'UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    ...(cluster.password === undefined ? ['-A', 'trust'] : ['-A', 'scram-sha-256', `--pwfile=${secret}`]),
    ...(cluster.fast ? ['--no-sync'] : []),
    '--no-instructions',
  ])
  try {
    await run(command, args, account)
    renameSync(made, cluster.data)
    syncDirectory(cluster.dir)
  } finally {
    rmSync(secret, { force: true })
    rmSync(made, { recursive: true, force: true })
  }
}

function run(command: string, args: readonly string[], account: PostgresProgram['account']): Promise<void> {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { ...account, stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
    child.once('error', fail)
    child.once('close', (code) => {
      if (code === 0) done()
      else fail(new Error(`The bundled PostgreSQL could not create its data directory: ${said.trim()}`))
    })
  })
}

/** The server's command line settings; they stand above any file in the data directory. */
export function settingsOf({ fast }: Cluster): Record<string, string | number> {
  const durable = fast ? 'off' : 'on'
  return {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 200,
    shared_buffers: '128MB',
    fsync: durable,
    synchronous_commit: durable,
    full_page_writes: durable,
    // A log line of PostgreSQL may quote a row or a statement. Terse lines without statements hold no guest.
    log_error_verbosity: 'terse',
    log_min_error_statement: 'panic',
  }
}

/** The password of this directory, made once. Linking makes the file appear whole, and only one of two makers wins. */
export function passwordIn(dir: string): string {
  const path = join(dir, 'password')
  if (!existsSync(path)) {
    const made = `${path}.${randomBytes(6).toString('hex')}`
    writeFileSync(made, randomBytes(24).toString('base64url'), { mode: 0o600, flush: true })
    try {
      linkSync(made, path)
    } catch (error) {
      if (!isCode(error, 'EEXIST')) throw error
    } finally {
      rmSync(made)
    }
  }
  return readFileSync(path, 'utf8').trim()
}

function syncDirectory(path: string): void {
  const handle = openSync(path, 'r')
  fsyncSync(handle)
  closeSync(handle)
}
