import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { emptySmoobu, type SmoobuVendor, smoobuVendor } from '@stayward/booking-smoobu/testing'
import type { VendorFake } from '@stayward/core/testing'
import { deviceAddress, goodAccount, type TwoNVendor, twoNVendor } from '@stayward/intercom-2n/testing'
import { type NukiVendor, nukiVendor } from '@stayward/lock-nuki/testing'
import { type TheKeysVendor, theKeysVendor } from '@stayward/lock-the-keys/testing'
import { fakeToken, type SmsFactorVendor, smsFactorVendor } from '@stayward/notify-smsfactor/testing'
import pg from 'pg'
import { run } from '../../src/cli/program.ts'
import { testMasterKey } from '../database-address.ts'
import { freshDatabase } from '../fresh-database.ts'

export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
  /** With --json: every line, and the last one. */
  readonly lines: readonly Readonly<Record<string, unknown>>[]
  readonly result: Readonly<Record<string, unknown>>
}

export interface Started {
  readonly url: string
  /** Asks it to stop, as a signal would, and resolves to its exit code. */
  stop(): Promise<number>
}

/** A database of its own, three vendors on loopback, and the command line before them. */
export interface Rehearsal {
  readonly env: Record<string, string>
  readonly ownerUrl: string
  readonly smoobu: SmoobuVendor
  readonly theKeys: TheKeysVendor
  readonly nuki: NukiVendor
  readonly gate: TwoNVendor
  readonly smsFactor: SmsFactorVendor
  /** What `--config <name>.json` and `-` find, and what commands write, a character a byte. */
  readonly files: Map<string, string>
  /** Runs `stayward …` in this process. */
  stayward(...argv: readonly string[]): Promise<Ran>
  /** Starts `stayward serve` or `work` in this process; resolves once it listens. */
  start(role: 'serve' | 'work', port: number): Promise<Started>
  close(): Promise<void>
}

/** Every vendor account that a host in these tests has; invented. */
export const credentials = {
  smoobu: (vendor: SmoobuVendor) => ({
    apiKey: vendor.state.account.apiKey,
    apiSecret: vendor.state.account.apiSecret,
  }),
  theKeys: (vendor: TheKeysVendor) => ({ ...vendor.config }),
  smsFactor: () => ({ apiToken: fakeToken }),
}

export async function openRehearsal(): Promise<Rehearsal> {
  const { ownerUrl, appUrl } = await freshDatabase()
  const dataDir = mkdtempSync(join(tmpdir(), 'stayward-cli-'))
  const flat = (id: number, name: string) => ({ id, name, timeZone: 'Europe/Paris' })
  const smoobu = smoobuVendor({
    webhookLatency: 0,
    state: emptySmoobu({ apartments: [flat(700_101, 'Loft Nord'), flat(700_102, 'Studio Süd')] }),
  })
  const theKeys = theKeysVendor({ syncDelay: 50, heartbeatEvery: 50 })
  const nuki = nukiVendor({ fastest: 10, slowest: 50 })
  const gate = twoNVendor()
  const smsFactor = smsFactorVendor()
  const fakes = {
    'https://login.smoobu.com': smoobu,
    'https://api.the-keys.fr': theKeys,
    'https://api.nuki.io': nuki,
    [`https://${deviceAddress}`]: gate,
    'https://api.smsfactor.com': smsFactor,
  }
  const servers = await Promise.all(Object.entries(fakes).map(([origin, fake]) => serve(fake, origin)))
  const env: Record<string, string> = {
    DATABASE_URL: ownerUrl,
    STAYWARD_APP_DATABASE_URL: appUrl,
    STAYWARD_MASTER_KEYS: testMasterKey,
    STAYWARD_DATA_DIR: dataDir,
    STAYWARD_DEMO: '0',
    STAYWARD_LOG_LEVEL: 'warn',
    // Port 1 of loopback: nobody listens there.
    STAYWARD_PORT: '1',
    STAYWARD_VENDOR_ORIGINS: servers.map(({ origin, url }) => `${origin}=${url}`).join(','),
  }
  const files = new Map<string, string>([
    ['smoobu.json', JSON.stringify(credentials.smoobu(smoobu))],
    ['the-keys.json', JSON.stringify(credentials.theKeys(theKeys))],
    ['nuki.json', JSON.stringify(nuki.config)],
    ['intercom-2n.json', JSON.stringify({ address: deviceAddress, ...goodAccount, certificate: 'ab'.repeat(32) })],
    ['sms.json', JSON.stringify(credentials.smsFactor())],
  ])
  return {
    env,
    ownerUrl,
    smoobu,
    theKeys,
    nuki,
    gate,
    smsFactor,
    files,
    stayward: (...argv) => stayward(argv, env, files),
    start: (role, port) => start(role, { ...env, STAYWARD_PORT: String(port) }),
    close: async () => {
      for (const { stop } of servers) await stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** A rehearsal whose tenant and connections (`{ smoobu: 'smoobu' }`: adapter by name) are there, and its owner's eyes. */
export async function openTenant(
  name: string,
  connections: Readonly<Record<string, string>>,
): Promise<Rehearsal & { readonly owner: pg.Client }> {
  const hub = await openRehearsal()
  const owner = new pg.Client(hub.ownerUrl)
  await owner.connect()
  await hub.stayward('tenant', 'add', name)
  for (const [connection, adapter] of Object.entries(connections))
    await hub.stayward('connection', 'add', connection, '--adapter', adapter, '--config', `${adapter}.json`)
  const close = async () => {
    await owner.end()
    await hub.close()
  }
  return { ...hub, owner, close }
}

async function stayward(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  files: Map<string, string>,
): Promise<Ran> {
  const out: string[] = []
  const err: string[] = []
  const code = await run(argv, {
    env,
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
    read: (path) => {
      const text = files.get(path)
      if (text !== undefined) return Promise.resolve(text)
      return Promise.reject(Object.assign(new Error('no such file'), { code: 'ENOENT' }))
    },
    write: (path, bytes) => {
      if (files.has(path)) return Promise.reject(Object.assign(new Error('it exists'), { code: 'EEXIST' }))
      files.set(path, Buffer.from(bytes).toString('latin1'))
      return Promise.resolve()
    },
    isOpenToOthers: () => false,
    stopRequested: () => new Promise(() => undefined),
  })
  return { code, out: out.join('\n'), err: err.join('\n'), ...jsonOf(out, argv.includes('--json')) }
}

async function start(role: 'serve' | 'work', env: Readonly<Record<string, string>>): Promise<Started> {
  const asked = Promise.withResolvers<void>()
  const listening = Promise.withResolvers<string>()
  const ended = run([role, '--json'], {
    env,
    out: (line) => {
      const { event, url } = JSON.parse(line) as { readonly event?: string; readonly url?: string }
      if (event === 'listening' && url !== undefined) listening.resolve(url)
    },
    err: () => undefined,
    read: () => Promise.reject(new Error('a hub reads no files')),
    write: () => Promise.reject(new Error('a hub writes no files')),
    isOpenToOthers: () => false,
    stopRequested: () => asked.promise,
  })
  const early = ended.then((code) => Promise.reject(new Error(`stayward ${role} ended with ${code}`)))
  early.catch(() => undefined) // after its start the end is wanted, and asked for below
  const url = await Promise.race([listening.promise, early])
  return {
    url,
    stop: () => {
      asked.resolve()
      return ended
    },
  }
}

export function jsonOf(out: readonly string[], json: boolean): Pick<Ran, 'lines' | 'result'> {
  // With --json every line is an object; that is asserted by parsing.
  const lines = json ? out.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>) : []
  return { lines, result: lines.at(-1) ?? {} }
}

async function serve(
  fake: VendorFake,
  origin: string,
): Promise<{ readonly origin: string; readonly url: string; stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    answerOf(fake, origin, request).then(
      async (answer) =>
        response
          .writeHead(answer.status, Object.fromEntries(answer.headers))
          .end(Buffer.from(await answer.arrayBuffer())),
      () => response.writeHead(500).end(),
    )
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const { port } = server.address() as AddressInfo // listening on TCP, so it is an address
  return {
    origin,
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}

async function answerOf(fake: VendorFake, origin: string, request: IncomingMessage): Promise<Response> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer) // no encoding is set, so chunks are bytes
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers)) if (typeof value === 'string') headers.set(name, value)
  const { method = 'GET', url = '/' } = request
  const body = Buffer.concat(chunks)
  return await fake.respond(new Request(`${origin}${url}`, { method, headers, ...(body.length > 0 ? { body } : {}) }))
}
