import type { ProxyTrust } from '../http/proxy-trust.ts'
import { type LogLevel, logLevels } from '../telemetry/log.ts'
import {
  listenHost,
  masterKeys,
  origins,
  packages,
  postgresUrl,
  privateNetworks,
  proxyTrust,
  publicUrl,
  type Reading,
} from './setting-texts.ts'

/** Everything an operator decides from outside. Read once at start; nothing else reads the environment. */
export interface Settings {
  /** The login that owns the schema. Absent: the embedded PostgreSQL. */
  readonly databaseUrl?: string
  /** The login the hub runs as. Absent: the one that migration creates. */
  readonly appDatabaseUrl?: string
  readonly dataDir: string
  readonly host: string
  readonly port: number
  /** Without a slash at the end. Absent: vendors reach the hub at `http://host:port`, which only works at home. */
  readonly publicUrl?: string
  /** Whose `X-Forwarded-For` is believed: a number of hops, or addresses. `false`: nobody's. */
  readonly trustProxy: ProxyTrust
  /** `kid:base64,…`, or the file that holds it. Neither: a file in the data directory, made once. */
  readonly masterKeys?: string
  readonly masterKeysFile?: string
  /** Packages with further adapters. */
  readonly adapters: readonly string[]
  /** Vendor origins that are answered elsewhere, on loopback only: rehearsals and the demo. */
  readonly vendorOrigins: ReadonlyMap<string, string>
  /** Private networks opened to single connections, by `tenant/connection`. */
  readonly privateNetworks: ReadonlyMap<string, readonly string[]>
  /** Absent: the hub decides (see design of the demo). */
  readonly demo?: boolean
  /** Absent: `info`, or `warn` while the demo talks. */
  readonly logLevel?: LogLevel
  /** Traces are sent when an OTLP endpoint is set. */
  readonly tracing: boolean
}

export type SettingsReading = { readonly settings: Settings } | { readonly problems: readonly string[] }

const known = [
  'STAYWARD_ADAPTERS',
  'STAYWARD_APP_DATABASE_URL',
  'STAYWARD_DATA_DIR',
  'STAYWARD_DEMO',
  'STAYWARD_HOST',
  'STAYWARD_LOG_LEVEL',
  'STAYWARD_MASTER_KEYS',
  'STAYWARD_MASTER_KEYS_FILE',
  'STAYWARD_PORT',
  'STAYWARD_PRIVATE_NETWORKS',
  'STAYWARD_PUBLIC_URL',
  'STAYWARD_TEST_DATABASE_URL',
  'STAYWARD_TRUST_PROXY',
  'STAYWARD_VENDOR_ORIGINS',
] as const
type Name = (typeof known)[number] | 'DATABASE_URL'

/**
 * Reads the environment. All problems are collected, one sentence each, and none of them quotes a value that may be
 * secret. A variable that is set to nothing counts as not set.
 */
export function readSettings(env: Readonly<Record<string, string | undefined>>): SettingsReading {
  const problems: string[] = []
  const read = <T>(name: Name, understand: (text: string) => Reading<T>): { readonly value?: T } => {
    const text = env[name]?.trim()
    if (!text) return {}
    const reading = understand(text)
    if ('value' in reading) return reading
    problems.push(`${name} ${reading.problem}`)
    return {}
  }

  problems.push(...strangers(env))
  const databaseUrl = read('DATABASE_URL', postgresUrl).value
  const appDatabaseUrl = read('STAYWARD_APP_DATABASE_URL', postgresUrl).value
  const inline = read('STAYWARD_MASTER_KEYS', masterKeys).value
  const file = read('STAYWARD_MASTER_KEYS_FILE', asIs).value
  const address = read('STAYWARD_PUBLIC_URL', publicUrl).value
  const demo = read('STAYWARD_DEMO', oneOrZero).value
  const level = read('STAYWARD_LOG_LEVEL', logLevel).value
  const settings: Settings = {
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
    ...(appDatabaseUrl === undefined ? {} : { appDatabaseUrl }),
    dataDir: read('STAYWARD_DATA_DIR', asIs).value ?? '.stayward',
    host: read('STAYWARD_HOST', listenHost).value ?? '127.0.0.1',
    port: read('STAYWARD_PORT', portNumber).value ?? 8080,
    ...(address === undefined ? {} : { publicUrl: address }),
    trustProxy: read('STAYWARD_TRUST_PROXY', proxyTrust).value ?? false,
    ...(inline === undefined ? {} : { masterKeys: inline }),
    ...(file === undefined ? {} : { masterKeysFile: file }),
    adapters: read('STAYWARD_ADAPTERS', packages).value ?? [],
    vendorOrigins: read('STAYWARD_VENDOR_ORIGINS', origins).value ?? new Map(),
    privateNetworks: read('STAYWARD_PRIVATE_NETWORKS', privateNetworks).value ?? new Map(),
    ...(demo === undefined ? {} : { demo }),
    ...(level === undefined ? {} : { logLevel: level }),
    tracing: Boolean(env['OTEL_EXPORTER_OTLP_ENDPOINT']?.trim()),
  }
  if (appDatabaseUrl !== undefined && env['DATABASE_URL']?.trim() === undefined)
    problems.push(
      'STAYWARD_APP_DATABASE_URL is set but DATABASE_URL is not: set DATABASE_URL to the login that owns the schema, or unset both to use the embedded PostgreSQL.',
    )
  if (env['STAYWARD_MASTER_KEYS']?.trim() && env['STAYWARD_MASTER_KEYS_FILE']?.trim())
    problems.push('STAYWARD_MASTER_KEYS and STAYWARD_MASTER_KEYS_FILE are both set: keep one of them.')
  return problems.length > 0 ? { problems } : { settings }
}

/** Names that begin like ours and are none: a typing error would otherwise be a setting that silently does nothing. */
function strangers(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.keys(env)
    .filter((name) => name.startsWith('STAYWARD_') && !known.some((ours) => ours === name))
    .sort()
    .map((name) => {
      const [meant] = known
        .filter((ours) => distance(ours, name) <= 3)
        .sort((a, b) => distance(a, name) - distance(b, name))
      return `${name} is not a setting${meant ? `; did you mean ${meant}?` : ': remove it or check its spelling.'}`
    })
}

/** How many letters have to be put in, taken out or changed to get from one name to the other. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (const [index, letter] of Array.from(one).entries()) {
    const next = [index + 1]
    for (let column = 1; column <= other.length; column++)
      next.push(
        Math.min(
          (row[column] ?? 0) + 1,
          (next[column - 1] ?? 0) + 1,
          (row[column - 1] ?? 0) + (other[column - 1] === letter ? 0 : 1),
        ),
      )
    row = next
  }
  return row[other.length] ?? 0
}

const asIs = (text: string): Reading<string> => ({ value: text })

function portNumber(text: string): Reading<number> {
  const port = Number(text)
  return /^\d{1,5}$/.test(text) && port <= 65_535
    ? { value: port }
    : { problem: 'has to be a port number from 0 to 65535 (0 takes a free one), for example 8080.' }
}

function oneOrZero(text: string): Reading<boolean> {
  return text === '1' || text === '0' ? { value: text === '1' } : { problem: 'has to be 1 (demo on) or 0 (demo off).' }
}

function logLevel(text: string): Reading<LogLevel> {
  const level = logLevels.find((name) => name === text)
  return level === undefined ? { problem: `has to be one of ${logLevels.join(', ')}.` } : { value: level }
}
