import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { type Cluster, createCluster, passwordIn, settingsOf } from './embedded-cluster.ts'
import { obstacleFor, postgresProgram } from './postgres-program.ts'
import { ownerOf } from './server-owner.ts'
import { isAlive, isCode, withStartLock } from './start-lock.ts'
import { withConnection } from './with-client.ts'

export interface EmbeddedOptions {
  /** Holds the data, the password and the log. */
  readonly dir: string
  /** Created when it is missing. */
  readonly database?: string
  /** A free one when absent; a server that runs already keeps its own. */
  readonly port?: number
  /** For tests only: nothing survives a power cut. */
  readonly fast?: boolean
  /** For tests only: every login of this machine gets in without a password. What `fast` says, when not given. */
  readonly trust?: boolean
  /** False keeps root from using a user namespace, as on machines that forbid them. */
  readonly namespaces?: boolean
}

export interface EmbeddedPostgres {
  /** Connects as the cluster's superuser, who owns the schema. */
  readonly url: string
  readonly port: number
  readonly pid: number
  /** False when the server ran already. */
  readonly startedHere: boolean
  /** Leaves it running when it belongs to another process that lives: to the one that started it, or took it over. */
  stop(): Promise<void>
}

interface Server {
  readonly port: number
  readonly pid: number
  readonly child?: ChildProcess
}

/** Finds the server of this directory or starts it; creates the cluster on the first start. */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const { database = 'stayward', fast = false, trust = fast, namespaces = true } = options
  // Others may pass through, but every file in it is closed: `nobody` must reach the data when root may not own it.
  mkdirSync(dirname(options.dir), { recursive: true, mode: 0o711 })
  mkdirSync(options.dir, { recursive: true, mode: 0o700 })
  const dir = realpathSync(options.dir)
  const program = await postgresProgram({ namespaces })
  if (program.account) chownSync(dir, program.account.uid, program.account.gid)
  const obstacle = obstacleFor(program, dir)
  if (obstacle) throw new Error(obstacle)
  const cluster: Cluster = {
    dir,
    data: join(dir, 'data'),
    password: trust ? undefined : passwordIn(dir),
    program,
    fast,
  }
  const owner = ownerOf(join(dir, 'owner'))
  const found = async (patience: number) => {
    const server = await running(cluster, patience)
    return server && { ...server, orphaned: !owner.lives() }
  }
  const server =
    (await found(0)) ??
    (await withStartLock(join(dir, 'start.lock'), async () => {
      const other = await found(30_000)
      if (other) return other
      owner.takeOver() // before anybody can find the server
      return { ...(await launch(cluster, options.port)), orphaned: false }
    }))
  if (server.orphaned) owner.takeOver()
  await createDatabase(urlOf(cluster, server.port, 'postgres'), database)
  const { child } = server
  return {
    url: urlOf(cluster, server.port, database),
    port: server.port,
    pid: server.pid,
    startedHere: child !== undefined,
    stop: async () => {
      if (child) await stop(child)
      else if (server.orphaned ? owner.isUs() : !owner.lives()) await stopFound(server.pid)
    },
  }
}

/**
 * The server that a former process left behind, or that another one runs now. One of ours that does not answer for
 * `patience` ms is shut down. A process that is not ours is never signalled: its id has been given away since.
 */
async function running(cluster: Cluster, patience: number): Promise<Server | undefined> {
  const file = join(cluster.data, 'postmaster.pid')
  const deadline = performance.now() + patience
  for (;;) {
    const text = readIfThere(file)
    const [pid, , , port] = (text ?? '').split('\n').map(Number)
    if (text === undefined || !pid || !isAlive(pid)) return undefined
    if (!argumentsOf(pid).includes(cluster.data)) {
      // PostgreSQL would take the stranger for its own server and refuse to start. No process has this id, so
      // PostgreSQL goes on to its real check, whether anybody still uses the shared memory.
      if (patience > 0) writeFileSync(file, text.replace(/^\d+/, '99999999'))
      return undefined
    }
    if (port && (await answers(urlOf(cluster, port, 'postgres')))) return { pid, port }
    if (patience === 0) return undefined
    if (performance.now() > deadline) process.kill(pid, 'SIGINT')
    await sleep(50)
  }
}

async function launch(cluster: Cluster, wish?: number): Promise<Server> {
  if (!existsSync(cluster.data)) await createCluster(cluster)
  for (let tries = 1; ; tries++) {
    const port = wish ?? (await freePort())
    const log = join(cluster.dir, 'postgres.log')
    const out = openSync(log, 'w', 0o600)
    const settings = { ...settingsOf(cluster), port }
    const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    const [command, rest] = cluster.program.wrap(cluster.program.postgres, ['-D', cluster.data, ...args])
    // Detached: Ctrl+C in a terminal reaches the hub first, which then stops the server in order.
    const child = spawn(command, rest, { ...cluster.program.account, detached: true, stdio: ['ignore', out, out] })
    closeSync(out)
    const failed = await ready(cluster, child, port)
    if (failed === undefined) {
      child.unref()
      return { port, pid: child.pid ?? 0, child }
    }
    const text = `${failed} ${readIfThere(log) ?? ''}`.trim()
    if (tries < 3 && /address already in use/i.test(text)) continue
    throw new Error(`The bundled PostgreSQL did not start: ${text.slice(-2000)}`)
  }
}

/** Resolves to `undefined` when the server answers, or to what ended it. */
async function ready(cluster: Cluster, child: ChildProcess, port: number): Promise<string | undefined> {
  let ended: string | undefined
  child.once('error', (error) => (ended = error.message))
  child.once('exit', (code, signal) => (ended ??= `It ended with ${signal ?? `exit code ${code}`}.`))
  // Recovery after a power cut may replay a lot; a server that is at work is not a failed one.
  const deadline = performance.now() + 300_000
  while (!(await answers(urlOf(cluster, port, 'postgres')))) {
    if (ended !== undefined) return ended
    if (performance.now() > deadline) {
      child.kill('SIGINT')
      return 'It did not answer for 5 minutes.'
    }
    await sleep(25)
  }
  return undefined
}

async function createDatabase(url: string, name: string): Promise<void> {
  try {
    await withConnection({ connectionString: url }, async (client) => {
      const { rowCount } = await client.query('select from pg_database where datname = $1', [name])
      if (rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(name)}`)
    })
  } catch (error) {
    // Two processes that start at once may both try: 42P04 and 23505 say that the other one was quicker.
    if (!isCode(error, '42P04') && !isCode(error, '23505')) throw error
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.ref()
  const exited = new Promise((done) => child.once('exit', done))
  child.kill('SIGINT') // a fast shutdown: sessions end, everything is written
  const hard = setTimeout(() => child.kill('SIGQUIT'), 60_000)
  await exited
  clearTimeout(hard)
}

/** One that a killed process left behind. It is no child of ours, so its end has to be watched for. */
async function stopFound(pid: number): Promise<void> {
  const deadline = performance.now() + 60_000
  for (let signal: NodeJS.Signals | undefined = 'SIGINT'; isAlive(pid); ) {
    if (signal) process.kill(pid, signal)
    signal = undefined
    await sleep(50)
    if (performance.now() > deadline) signal = 'SIGQUIT'
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 })
  client.on('error', () => undefined) // the connection's end is what is being asked about
  try {
    await client.connect()
    return true
  } catch (error) {
    if (isCode(error, '28P01')) {
      throw new Error(
        'The bundled PostgreSQL does not take the password kept beside its data. Put the file "password" back, ' +
          'or give the database in DATABASE_URL.',
        { cause: error },
      )
    }
    return false
  } finally {
    await client.end().catch(() => undefined) // it may never have connected; the answer above is what counts
  }
}

function urlOf({ password }: Cluster, port: number, database: string): string {
  return `postgres://postgres${password === undefined ? '' : `:${password}`}@127.0.0.1:${port}/${database}`
}

function argumentsOf(pid: number): readonly string[] {
  const linux = readIfThere(`/proc/${pid}/cmdline`)
  if (linux !== undefined) return linux.split('\0')
  try {
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' })
      .trim()
      .split(' ')
  } catch {
    return [] // no such process any more
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (isCode(error, 'ENOENT') || isCode(error, 'ESRCH')) return undefined
    throw error
  }
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer().once('error', fail)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => {
        if (address !== null && typeof address === 'object') done(address.port)
        else fail(new Error('no free port'))
      })
    })
  })
}
