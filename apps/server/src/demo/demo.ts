import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '@stayward/core'
import type { Database } from '../compose/database.ts'
import type { Hub } from '../compose/hub.ts'
import type { DemoTenants } from '../compose/root.ts'
import { quietPool } from '../persistence/quiet-pool.ts'
import { listTenants } from '../persistence/tenants.ts'
import type { Settings } from '../settings/settings.ts'
import { dayFromNow, demoUnits, freshWorld } from './fresh-world.ts'
import { demoSlug, eraseDemo, furnishDemo } from './furnish.ts'
import { hubClient } from './hub-client.ts'
import { type Effect, playStory } from './story.ts'
import { demoPace, type DemoVendors, startVendors } from './vendors.ts'
import { openWorld, type WorldFile } from './world-file.ts'

/** The demo on its way: its vendors answer, its tenant is furnished, and the hub may start. */
export interface Demo {
  readonly tenant: DemoTenants
  readonly file: WorldFile
  readonly vendors: DemoVendors
  stop(): Promise<void>
}

/** Whether this start plays the demo: never beside a real tenant, by default only on the embedded database. */
export async function wantsDemo(
  { demo, databaseUrl }: Settings,
  { appUrl }: Pick<Database, 'appUrl'>,
): Promise<boolean> {
  if (demo === false || (demo === undefined && databaseUrl !== undefined)) return false
  const pool = quietPool(appUrl, 1)
  try {
    return (await listTenants(pool)).every(({ slug }) => slug === demoSlug)
  } finally {
    await pool.end()
  }
}

export async function prepareDemo({ dataDir }: Settings, database: Database, { again = false } = {}): Promise<Demo> {
  const path = join(dataDir, 'demo', 'world.json')
  if (again) {
    await eraseDemo(database)
    rmSync(path, { force: true })
  }
  const fresh = !existsSync(path)
  if (fresh && !again) await eraseDemo(database) // the file was lost: its tenant's vendors are gone with it
  const file = openWorld(path, () => freshWorld(Date.now()))
  const vendors = await startVendors(file)
  const { tenant } = await furnishDemo({ ...database, clock: systemClock, world: file.world })
  file.save()
  return {
    tenant: { tenantIds: [tenant.id], origins: vendors.origins, divisor: demoPace },
    file,
    vendors,
    stop: vendors.stop,
  }
}

/** Gives the vendors the hub's addresses, so that their webhooks arrive. */
export async function connectDemo({ file }: Demo, hub: Pick<Hub, 'url'>, database: Database): Promise<void> {
  const { world } = file
  const { tokens } = await furnishDemo({ ...database, clock: systemClock, world })
  const address = (adapter: string, token: string) => `${hub.url}/api/webhooks/${adapter}/t/${demoSlug}/${token}`
  world.addresses = { smoobu: address('smoobu', tokens.smoobu), smsfactor: address('smsfactor', tokens.smsfactor) }
  file.save()
}

/** Writes down what a reader needs to try the hub by hand; returns the file. */
export function writeTryFile({ file: { world } }: Demo, hub: Pick<Hub, 'url'>, { dataDir }: Settings): string {
  const lines = { HUB: hub.url, WEBHOOK: world.addresses?.smoobu, BOOKING: world.unannounced, API_KEY: world.apiKey }
  const text = Object.entries(lines).map(([name, value]) => `${name}='${value ?? ''}'\n`)
  const path = join(dataDir, 'demo', 'try.env')
  writeFileSync(path, text.join(''), { mode: 0o600 })
  return path
}

/** Plays what is left of the story. Resolves to how long it took, milliseconds. */
export async function playDemo(
  { file, vendors }: Demo,
  hub: Pick<Hub, 'url'>,
  tell: (effect: Effect) => void,
): Promise<number> {
  const started = performance.now()
  await playStory({ file, vendors, hub: hubClient(hub.url, file.world.apiKey ?? ''), now: Date.now, tell })
  return Math.round(performance.now() - started)
}

/** One more booking in Smoobu, from tomorrow on, that no webhook tells of: the reader's own to announce. */
export function keepUnannounced({ file, vendors }: Demo, now: number): void {
  file.world.unannounced ??= vendors.smoobu.book({
    arrival: dayFromNow(now, 1),
    departure: dayFromNow(now, 4),
    unitRef: demoUnits.studio,
    guest: {
      name: 'Zofia Przykładowa',
      firstName: 'Zofia',
      lastName: 'Przykładowa',
      phone: '+33 6 39 98 00 02',
      language: 'pl',
    },
    channel: 'Booking.com',
    announce: false,
  })
  file.save()
}

/** The story is over; a further start does not play it again. */
export function isPlayed({ file }: Demo): boolean {
  return file.world.story.done.includes('cancelled')
}
