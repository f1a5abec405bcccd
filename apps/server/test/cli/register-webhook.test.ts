import { afterAll, beforeAll, expect, it } from 'vitest'
import { openTenant } from './rehearsal.ts'

let hub: Awaited<ReturnType<typeof openTenant>>
beforeAll(async () => {
  hub = await openTenant('quai', { locks: 'nuki', bookings: 'smoobu' })
  hub.nuki.state.webhooks = []
})
afterAll(() => hub.close())

const addressesAtNuki = () => hub.nuki.state.webhooks.map(({ webhookUrl }) => webhookUrl)
const register = (name: string, ...more: readonly string[]) =>
  hub.stayward('connection', 'register-webhook', name, ...more)

it('registers nothing while no vendor can reach the hub', async () => {
  const { code, err } = await register('locks')
  expect([code, err]).toEqual([1, expect.stringContaining('STAYWARD_PUBLIC_URL')])
  expect(addressesAtNuki()).toEqual([])
})

it('has the vendor call the address, once, and keeps the secret without showing it', async () => {
  hub.env['STAYWARD_PUBLIC_URL'] = 'https://hub.example.org'
  const address = (await hub.stayward('connection', 'address', 'locks', '--json')).result['address']
  const { code, out, result } = await register('locks', '--json')
  expect([code, result['fields']]).toEqual([0, ['webhookSecret']])
  expect(addressesAtNuki()).toEqual([address])
  await register('locks')
  expect(addressesAtNuki()).toEqual([address])
  const secret = hub.nuki.state.webhooks[0]?.secret
  expect(secret).toBeTruthy()
  expect(out).not.toContain(secret)
  const { rows } = await hub.owner.query<{ config: string }>(`select config_sealed as config from connection`)
  expect(JSON.stringify(rows)).not.toContain(secret)
})

it('says who enters the address where the vendor has no way to be told', async () => {
  const { code, err } = await register('bookings')
  expect(code).toBe(1)
  expect(err).toMatch(/Smoobu takes no address through its API\.\n.*stayward connection address bookings/)
})
