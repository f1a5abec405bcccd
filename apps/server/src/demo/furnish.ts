import type { Clock } from '@stayward/core'
import { fakeToken } from '@stayward/notify-smsfactor/testing'
import { createApiKeys } from '../auth/api-keys.ts'
import { demoSlug } from '../compose/demo-slug.ts'
import { openHouse } from '../persistence/house.ts'
import { openOrm } from '../persistence/orm.ts'
import { quietPool } from '../persistence/quiet-pool.ts'
import { createTenant, eraseTenant, findTenant, type Tenant } from '../persistence/tenants.ts'
import type { MasterKeys } from '../secrets/master-keys.ts'
import { tenantKeys } from '../persistence/tenant-keys.ts'
import { tenantSecrets } from '../secrets/tenant-secrets.ts'
import { demoKeypads, demoUnits } from './fresh-world.ts'
import type { DemoWorld } from './world-file.ts'

export { demoSlug }

export interface FurnishParts {
  readonly appUrl: string
  readonly masters: MasterKeys
  readonly clock: Clock
  readonly world: DemoWorld
}

export interface Furnished {
  readonly tenant: Tenant
  readonly apiKey: string
  /** Tokens of the webhook addresses. */
  readonly tokens: { readonly smoobu: string; readonly smsfactor: string }
}

/**
 * The demo's tenant, as a host would have set it up: three connections, one house, two flats, and one way in through the
 * street door (a lock), the yard (a fixed code), the lobby (nothing to enter) and the flat (a lock with a prefix).
 * Furnishing again changes nothing.
 */
export async function furnishDemo({ appUrl, masters, clock, world }: FurnishParts): Promise<Furnished> {
  const pool = quietPool(appUrl, 2)
  const orm = await openOrm(appUrl, 2)
  try {
    const tenant = (await findTenant(pool, demoSlug)) ?? (await createTenant(pool, masters, demoSlug, clock.now()))
    const secrets = tenantSecrets(await tenantKeys(pool, masters, tenant.id))
    const house = openHouse({ orm, tenantId: tenant.id, secrets, clock })
    if (world.apiKey === undefined) {
      await furnish(house, world)
      world.apiKey = (await createApiKeys({ pool, clock }).add(tenant, { name: 'demo', seePins: false })).text
    }
    const [smoobu] = await house.tokens('smoobu')
    const [smsfactor] = await house.tokens('sms')
    return { tenant, apiKey: world.apiKey, tokens: { smoobu: smoobu?.token ?? '', smsfactor: smsfactor?.token ?? '' } }
  } finally {
    await orm.close(true)
    await pool.end()
  }
}

/** Takes the demo's tenant away, for a new beginning. */
export async function eraseDemo({ appUrl }: Pick<FurnishParts, 'appUrl'>): Promise<void> {
  const pool = quietPool(appUrl, 1)
  try {
    const tenant = await findTenant(pool, demoSlug)
    if (tenant) await eraseTenant(pool, tenant.id)
  } finally {
    await pool.end()
  }
}

async function furnish(house: ReturnType<typeof openHouse>, { smoobu, theKeys }: DemoWorld): Promise<void> {
  const { apiKey, apiSecret } = smoobu.account
  const { username, password } = theKeys.account
  await house.putConnection({ name: 'smoobu', adapter: 'smoobu', port: 'booking', config: { apiKey, apiSecret } })
  await house.putConnection({ name: 'locks', adapter: 'the-keys', port: 'lock', config: { username, password } })
  const sms = await house.putConnection({
    name: 'sms',
    adapter: 'smsfactor',
    port: 'notifier',
    config: { apiToken: fakeToken, signature: 'observe', simulate: false, accents: 'keep', lowCredits: 50 },
  })
  await house.setSettings({
    policy: {
      channels: [{ kind: 'notifier', connectionId: sms.id }, { kind: 'inbox' }],
      language: 'en',
      phoneCountry: 'FR',
    },
  })

  await house.putProperty({
    slug: 'quai-house',
    name: 'Quai House',
    zone: 'Europe/Paris',
    checkIn: '15:00',
    checkOut: '11:00',
  })
  const names = { street: 'Street door', loft: 'Loft Nord', studio: 'Studio Süd' } as const
  for (const [slug, name] of Object.entries(names) as [keyof typeof names, string][]) {
    const deviceId = await house.putDevice({ connection: 'locks', vendorId: demoKeypads[slug], name })
    const prefix = slug === 'street' ? { prefix: '12' } : {}
    const instruction = slug === 'street' ? { en: 'then push', de: 'dann drücken', pl: 'potem popchnij' } : {}
    await house.putDoor({
      slug,
      name,
      instruction,
      entry: { kind: 'device', deviceId, tellAt: 'confirmed', ...prefix },
    })
  }
  await house.putDoor({ slug: 'yard', name: 'Yard gate', entry: { kind: 'fixed-code', code: '1379A' } })
  await house.putDoor({
    slug: 'lobby',
    name: 'Lobby',
    instruction: { en: 'second floor, left', de: 'zweiter Stock links', pl: 'drugie piętro, po lewej' },
    entry: { kind: 'instruction' },
  })
  for (const [slug, name, ref] of [
    ['loft', 'Loft Nord', demoUnits.loft],
    ['studio', 'Studio Süd', demoUnits.studio],
  ] as const)
    await house.putUnit({
      slug,
      name,
      property: 'quai-house',
      path: ['street', 'yard', 'lobby', slug],
      sources: [{ connection: 'smoobu', ref }],
    })
}
