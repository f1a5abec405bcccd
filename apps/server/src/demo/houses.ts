import { emptyHospitable, fakeId } from '@stayward/booking-hospitable/testing'
import { sampleRefreshToken, sampleWebhookToken } from '@stayward/booking-beds24/testing'
import type { Clock } from '@stayward/core'
import { deviceAddress, goodAccount, serialNumber } from '@stayward/intercom-2n/testing'
import { goodToken, sampleSecret } from '@stayward/lock-nuki/testing'
import { fakeAccount } from '@stayward/notify-smtp/testing'
import { fake as chat } from '@stayward/notify-whatsapp/testing'
import { createApiKeys } from '../auth/api-keys.ts'
import { type House, openHouse } from '../persistence/house.ts'
import { openOrm } from '../persistence/orm.ts'
import { quietPool } from '../persistence/quiet-pool.ts'
import { tenantKeys } from '../persistence/tenant-keys.ts'
import { createTenant } from '../persistence/tenants.ts'
import type { MasterKeys } from '../secrets/master-keys.ts'
import { tenantSecrets } from '../secrets/tenant-secrets.ts'

/** A tenant beside the one whose story is told in full. */
export interface FurnishedHouse {
  readonly slug: HouseName
  readonly tenantId: string
  readonly apiKey: string
  /** Tokens of the webhook addresses, by connection. */
  readonly tokens: Readonly<Record<string, string>>
}

export type HouseName = 'lakeside' | 'hillside'
export type Houses = Readonly<Record<HouseName, FurnishedHouse>>

/** What is where at the vendors of the two houses. */
export const at = {
  lakeside: {
    flat: fakeId('property', 1),
    garden: fakeId('property', 2),
    gate: serialNumber,
    flatLock: '17900000001',
    gardenLock: '17900000002',
    ownerEmail: emptyHospitable().account.email,
    mailServer: 'mail.lakeside.example',
  },
  hillside: { hut: '710001-1', hutLock: '17900000001', nukiToken: 'sample-nuki-token-of-the-hillside' },
} as const

export interface HousesParts {
  readonly appUrl: string
  readonly masters: MasterKeys
  readonly clock: Clock
}

/**
 * Two more tenants, each with other vendors: Lakeside has Hospitable, Nuki, a 2N intercom, WhatsApp and mail; Hillside has
 * Beds24 and Nuki, and writes into Beds24's inbox. Both have an account at Nuki, with the same numbers for their locks.
 */
export async function furnishHouses({ appUrl, masters, clock }: HousesParts): Promise<Houses> {
  const pool = quietPool(appUrl, 2)
  const orm = await openOrm(appUrl, 2)
  const settle = async (slug: HouseName, furnish: (house: House) => Promise<void>, connections: readonly string[]) => {
    const tenant = await createTenant(pool, masters, slug, clock.now())
    const secrets = tenantSecrets(await tenantKeys(pool, masters, tenant.id))
    const house = openHouse({ orm, tenantId: tenant.id, secrets, clock })
    await furnish(house)
    const { text: apiKey } = await createApiKeys({ pool, clock }).add(tenant, { name: 'demo', seePins: false })
    const tokens: Record<string, string> = {}
    for (const name of connections) tokens[name] = (await house.tokens(name))[0]?.token ?? ''
    return { slug, tenantId: tenant.id, apiKey, tokens }
  }
  try {
    return {
      lakeside: await settle('lakeside', furnishLakeside, ['hospitable', 'chat']),
      hillside: await settle('hillside', furnishHillside, ['beds24']),
    }
  } finally {
    await orm.close(true)
    await pool.end()
  }
}

const hours = { zone: 'Europe/Paris', checkIn: '15:00', checkOut: '11:00' } as const

async function furnishLakeside(house: House): Promise<void> {
  const { accessToken } = emptyHospitable().account
  const { ownerEmail, mailServer, gate, flatLock, gardenLock, flat, garden } = at.lakeside
  await house.putConnection({
    name: 'hospitable',
    adapter: 'hospitable',
    port: 'booking',
    config: { accessToken, ownerEmail },
  })
  await house.putConnection({
    name: 'nuki',
    adapter: 'nuki',
    port: 'lock',
    config: { apiToken: goodToken, webhookSecret: sampleSecret },
  })
  await house.putConnection({
    name: 'gate',
    adapter: 'intercom-2n',
    port: 'intercom',
    config: { address: deviceAddress, ...goodAccount },
  })
  const whatsApp = await house.putConnection({
    name: 'chat',
    adapter: 'whatsapp',
    port: 'notifier',
    config: {
      phoneNumberId: chat.number,
      businessAccountId: chat.account,
      accessToken: chat.token,
      appSecret: chat.appSecret,
      verifyToken: 'a-verify-token-of-the-demo',
      doorCodeTemplate: 'door_code',
      changeTemplate: 'door_change',
      withdrawalTemplate: 'door_withdrawal',
    },
  })
  const mail = await house.putConnection({
    name: 'mail',
    adapter: 'smtp',
    port: 'notifier',
    config: {
      host: mailServer,
      // The invented server stands on this machine, where nothing between could listen.
      security: 'none',
      ...fakeAccount,
      fromAddress: fakeAccount.user,
      fromName: 'Lakeside',
    },
  })
  const channels = [whatsApp, mail].map(({ id }) => ({ kind: 'notifier' as const, connectionId: id }))
  await house.setSettings({ policy: { channels, language: 'en', phoneCountry: 'FR' } })
  await house.putProperty({ slug: 'lakeside', name: 'Lakeside', ...hours })
  for (const [slug, name, connection, vendorId] of [
    ['gate', 'Lake gate', 'gate', gate],
    ['lake-flat', 'Lake flat', 'nuki', flatLock],
    ['lake-garden', 'Lake garden', 'nuki', gardenLock],
  ] as const) {
    const deviceId = await house.putDevice({ connection, vendorId, name })
    await house.putDoor({ slug, name, entry: { kind: 'device', deviceId, tellAt: 'confirmed' } })
  }
  for (const [slug, name, ref] of [
    ['lake-flat', 'Lake flat', flat],
    ['lake-garden', 'Lake garden', garden],
  ] as const)
    await house.putUnit({
      slug,
      name,
      property: 'lakeside',
      path: ['gate', slug],
      sources: [{ connection: 'hospitable', ref }],
    })
}

async function furnishHillside(house: House): Promise<void> {
  const { hut, hutLock, nukiToken } = at.hillside
  await house.putConnection({
    name: 'beds24',
    adapter: 'beds24',
    port: 'booking',
    config: { credential: sampleRefreshToken, kind: 'refresh-token', webhookToken: sampleWebhookToken },
  })
  await house.putConnection({ name: 'nuki', adapter: 'nuki', port: 'lock', config: { apiToken: nukiToken } })
  // Nobody announces anything here, and a real house's ten minutes are long.
  const poll = 2000
  await house.setSettings({ policy: { channels: [{ kind: 'inbox' }], language: 'en', phoneCountry: 'FR', poll } })
  await house.putProperty({ slug: 'hillside', name: 'Hillside', ...hours })
  const deviceId = await house.putDevice({ connection: 'nuki', vendorId: hutLock, name: 'Hill hut' })
  await house.putDoor({ slug: 'hut', name: 'Hill hut', entry: { kind: 'device', deviceId, tellAt: 'confirmed' } })
  await house.putUnit({
    slug: 'hut',
    name: 'Hill hut',
    property: 'hillside',
    path: ['hut'],
    sources: [{ connection: 'beds24', ref: hut }],
  })
}
