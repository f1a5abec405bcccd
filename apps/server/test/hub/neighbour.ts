import { type Mark, systemClock } from '@stayward/core'
import { emptySmoobu } from '@stayward/booking-smoobu/testing'
import { freshState, tokenOf } from '@stayward/notify-smsfactor/testing'
import pg from 'pg'
import { createApiKeys } from '../../src/auth/api-keys.ts'
import { demoKeypads, demoUnits, freshWorld } from '../../src/demo/fresh-world.ts'
import { type DemoVendors, startVendors } from '../../src/demo/vendors.ts'
import type { DemoWorld } from '../../src/demo/world-file.ts'
import { type House, openHouse } from '../../src/persistence/house.ts'
import { openOrm } from '../../src/persistence/orm.ts'
import { tenantKeys } from '../../src/persistence/tenant-keys.ts'
import { createTenant } from '../../src/persistence/tenants.ts'
import { PostgresWorkQueue } from '../../src/queue/postgres-work-queue.ts'
import { tenantSecrets } from '../../src/secrets/tenant-secrets.ts'
import { testMasters } from '../fresh-database.ts'
import { createFaults, type Faults } from './faults.ts'

/** A real tenant beside the demo, with vendors of its own. Its ids at the vendors are the demo's, one by one. */
export interface Neighbour {
  readonly world: DemoWorld
  readonly vendors: DemoVendors
  readonly faults: Faults
  readonly house: House
  readonly apiKey: string
  mark(...marks: readonly Mark[]): Promise<void>
  stop(): Promise<void>
}

const slug = 'harbour-flats'
/** Marks everything of this tenant that must never be seen elsewhere. */
export const neighbourCanary = 'kanarie-harbour'

export async function moveIn(appUrl: string): Promise<Neighbour> {
  const world = worldOfItsOwn()
  const faults = createFaults()
  const vendors = await startVendors({ world, save: () => undefined }, { between: faults.between })
  const pool = new pg.Pool({ connectionString: appUrl, max: 2 })
  const orm = await openOrm(appUrl, 2)
  const tenant = await createTenant(pool, testMasters, slug, systemClock.now())
  const secrets = tenantSecrets(await tenantKeys(pool, testMasters, tenant.id))
  const house = openHouse({ orm, tenantId: tenant.id, secrets, clock: systemClock })
  await furnish(house, world)
  const { text: apiKey } = await createApiKeys({ pool, clock: systemClock }).add(tenant, { name: 'own', seePins: true })
  const queue = new PostgresWorkQueue({ pool })
  return {
    world,
    vendors,
    faults,
    house,
    apiKey,
    mark: (...marks) => queue.mark(tenant.id, marks, [], systemClock.now()),
    stop: async () => {
      await vendors.stop()
      await orm.close(true)
      await pool.end()
    },
  }
}

export async function addressOf(house: House, hub: string, connection: string, adapter: string): Promise<string> {
  const [token] = await house.tokens(connection)
  return `${hub}/api/webhooks/${adapter}/t/${slug}/${token?.token ?? ''}`
}

/** Other accounts and credentials, and the same numbers for flats, bookings, locks and keypads. */
function worldOfItsOwn(): DemoWorld {
  const world = freshWorld(Date.now())
  world.smoobu = emptySmoobu({
    account: {
      id: 5822,
      firstName: 'Henk',
      lastName: 'Havenaar',
      email: 'henk@harbour.example',
      apiKey: `${neighbourCanary}-smoobu-key`,
      apiSecret: `${neighbourCanary}-smoobu-secret`,
    },
    apartments: [{ id: Number(demoUnits.loft), name: `Loft ${neighbourCanary}`, timeZone: 'Europe/Paris' }],
  })
  Object.assign(world.theKeys.account, { id: 502, username: '+33600000099', password: `${neighbourCanary}-password` })
  world.smsFactor = freshState()
  world.smsFactor.accounts = [
    {
      id: '22001',
      tokens: [{ id: '1', name: 'hub', token: tokenOf('22001') }],
      credits: 900,
      postpaid: false,
      unlimited: false,
    },
  ]
  world.smsFactor.webhooks = (['DLR', 'MO'] as const).map((type, index) => ({
    id: String(index + 1),
    account: '22001',
    type,
    url: 'https://hub.example/webhook',
    signature: '',
    status: 'live',
  }))
  return world
}

async function furnish(house: House, { smoobu, theKeys }: DemoWorld): Promise<void> {
  const { apiKey, apiSecret } = smoobu.account
  const { username, password } = theKeys.account
  await house.putConnection({ name: 'smoobu', adapter: 'smoobu', port: 'booking', config: { apiKey, apiSecret } })
  await house.putConnection({ name: 'locks', adapter: 'the-keys', port: 'lock', config: { username, password } })
  const sms = await house.putConnection({
    name: 'sms',
    adapter: 'smsfactor',
    port: 'notifier',
    config: { apiToken: tokenOf('22001'), signature: 'observe', simulate: false, accents: 'keep', lowCredits: 50 },
  })
  const channels = [{ kind: 'notifier' as const, connectionId: sms.id }, { kind: 'inbox' as const }]
  await house.setSettings({ policy: { channels, language: 'en', phoneCountry: 'FR' } })
  await house.putProperty({
    slug: 'quai-house',
    name: `House ${neighbourCanary}`,
    zone: 'Europe/Paris',
    checkIn: '15:00',
    checkOut: '11:00',
  })
  const deviceId = await house.putDevice({ connection: 'locks', vendorId: demoKeypads.loft, name: 'Loft' })
  // This tenant lives at the everyday pace, where a proof takes half a minute: it is content with the vendor's yes.
  await house.putDoor({ slug: 'loft', name: 'Loft', entry: { kind: 'device', deviceId, tellAt: 'accepted' } })
  await house.putUnit({
    slug: 'loft',
    name: 'Loft',
    property: 'quai-house',
    path: ['loft'],
    sources: [{ connection: 'smoobu', ref: demoUnits.loft }],
  })
}
