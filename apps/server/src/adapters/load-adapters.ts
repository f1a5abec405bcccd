import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type AnyAdapter, manifestOf, manifestSchema } from '@stayward/core/adapter'
import beds24 from '@stayward/booking-beds24'
import hospitable from '@stayward/booking-hospitable'
import smoobu from '@stayward/booking-smoobu'
import intercom2n from '@stayward/intercom-2n'
import nuki from '@stayward/lock-nuki'
import theKeys from '@stayward/lock-the-keys'
import smsfactor from '@stayward/notify-smsfactor'
import smtp from '@stayward/notify-smtp'
import whatsapp from '@stayward/notify-whatsapp'
import { Ajv2020 } from 'ajv/dist/2020.js'

export type Adapters = ReadonlyMap<string, AnyAdapter>

/** What ships with this version. */
export const shippedAdapters: readonly AnyAdapter[] = [
  smoobu,
  hospitable,
  beds24,
  theKeys,
  nuki,
  intercom2n,
  smsfactor,
  whatsapp,
  smtp,
]

const formats = { regex: isPattern }
const checkManifest = new Ajv2020({ allErrors: true, discriminator: true, formats }).compile(manifestSchema)

function isPattern(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp
  } catch {
    return false // the schema's own answer names the place
  }
}

/** The part of the settings that says what to load. */
interface Wanted {
  /** Names of packages. */
  readonly adapters: readonly string[]
  readonly dataDir: string
}

/**
 * The shipped adapters and those of the packages the operator listed, which are looked for in the folder `adapters` of the
 * hub's data and then beside the hub's own packages. A listed package is trusted like the hub itself: it runs in the same
 * process. Every package that cannot be used is reported at once, by name and reason.
 */
export async function loadAdapters({
  adapters: packages,
  dataDir,
}: Wanted): Promise<{ readonly adapters: Adapters; readonly problems: readonly string[] }> {
  const folder = join(dataDir, 'adapters')
  const adapters = new Map(shippedAdapters.map((adapter) => [adapter.id, adapter]))
  const problems: string[] = []
  for (const name of packages) {
    const loaded = await load(name, folder)
    if ('problem' in loaded) problems.push(`The adapter package "${name}" ${loaded.problem}`)
    else if (adapters.has(loaded.adapter.id))
      problems.push(`The adapter package "${name}" takes the id "${loaded.adapter.id}", which another adapter has.`)
    else adapters.set(loaded.adapter.id, loaded.adapter)
  }
  return { adapters, problems }
}

type Loaded = { readonly adapter: AnyAdapter } | { readonly problem: string }

async function load(name: string, folder: string): Promise<Loaded> {
  try {
    const module = (await import(placeOf(name, folder))) as { readonly default?: unknown } // any module has this shape
    return judge(module.default)
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : 'it threw something that is no error'
    return { problem: `could not be loaded (${reason}). Install it: npm install --prefix ${folder} ${name}` }
  }
}

/** What to import: the package in the operator's folder, or its name where that folder has none. */
function placeOf(name: string, folder: string): string {
  try {
    return pathToFileURL(createRequire(resolve(folder, 'package.json')).resolve(name)).href
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND') return name
    throw error
  }
}

/** What a package exports is foreign until its manifest has been checked against the published schema. */
export function judge(exported: unknown): Loaded {
  const adapter = exported as AnyAdapter // looked at below before anything is believed
  if (typeof exported !== 'object' || exported === null || typeof adapter.open !== 'function')
    return { problem: 'is no Stayward adapter: its default export is not what defineAdapter() returns.' }
  try {
    const manifest: unknown = JSON.parse(JSON.stringify(manifestOf(adapter)))
    if (checkManifest(manifest)) return { adapter }
  } catch (error) {
    return { problem: `has no manifest that can be read (${error instanceof Error ? error.message : 'unknown'}).` }
  }
  const where = (checkManifest.errors ?? []).map(
    ({ instancePath, message }) => `${instancePath || 'manifest'} ${message ?? ''}`,
  )
  return { problem: `does not fit adapters of version v1: ${where.slice(0, 5).join('; ')}.` }
}
