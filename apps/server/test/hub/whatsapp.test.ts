import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { deliveryOf, fake, handshakeQuery, userIdOf, whatsAppVendor } from '@stayward/notify-whatsapp/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dayFromNow } from '../../src/demo/fresh-world.ts'
import { demoSlug } from '../../src/demo/furnish.ts'
import { until } from '../../src/demo/hub-client.ts'
import { book, phoneNo } from './guests.ts'
import { type RunningHub, setStage, type Stage, startOn } from './stage.ts'

const second = '206540352242922'
const unknown = '306540352242922'
const verifyToken = 'a-verify-token-for-this-only'
const phone = phoneNo(61)
const alias = userIdOf(phone.slice(1))

const vendor = whatsAppVendor({ statusDelay: 20 })
let stage: Stage
let hub: RunningHub
let server: Server
let address = ''
let first = ''
let other = ''

const configFor = (phoneNumberId: string) => ({
  phoneNumberId,
  businessAccountId: fake.account,
  accessToken: fake.token,
  appSecret: fake.appSecret,
  verifyToken,
  doorCodeTemplate: 'door_code',
  changeTemplate: 'door_change',
  withdrawalTemplate: 'door_withdrawal',
})

beforeAll(async () => {
  server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer) // no encoding is set
      const headers = { authorization: request.headers.authorization ?? '', 'content-type': 'application/json' }
      const { method = 'GET', url = '/' } = request
      const body = chunks.length > 0 ? { body: Buffer.concat(chunks) } : {}
      const answer = await vendor.respond(new Request(`https://graph.facebook.com${url}`, { method, headers, ...body }))
      response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text())
    })()
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const { port } = server.address() as AddressInfo // listening on TCP
  vendor.addNumber(second)
  stage = await setStage()
  const whatsapp = { adapter: 'whatsapp', port: 'notifier' as const }
  first = (await stage.house.putConnection({ ...whatsapp, name: 'chat', config: configFor(fake.number) })).id
  other = (await stage.house.putConnection({ ...whatsapp, name: 'second chat', config: configFor(second) })).id
  const channels = [{ kind: 'notifier' as const, connectionId: first }]
  await stage.house.setSettings({ policy: { channels, language: 'en', phoneCountry: 'FR' } })
  const origins = new Map([...stage.vendors.origins, ['https://graph.facebook.com', `http://127.0.0.1:${port}`]])
  hub = await startOn({ ...stage, demo: { ...stage.demo, origins } })
  const [token] = await stage.house.tokens('chat')
  address = `${hub.url}/api/webhooks/whatsapp/t/${demoSlug}/${token?.token ?? ''}`
  await until('the bookings were read', () => hub.client.hasRead('smoobu'))
})
afterAll(async () => {
  await hub.stop()
  await stage.stop()
  await new Promise((done) => server.close(done).closeAllConnections())
})

const post = async ({ headers, body }: { readonly headers: Readonly<Record<string, string>>; readonly body: string }) =>
  (await fetch(address, { method: 'POST', headers, body })).status
const deliver = async () => {
  for (const delivery of vendor.dueWebhooks()) expect(await post(delivery)).toBe(200)
}
/** One change of one number. */
const about = (phone_number_id: string, value: object) => ({
  field: 'messages',
  value: { messaging_product: 'whatsapp', metadata: { display_phone_number: '1', phone_number_id }, ...value },
})
const status = (key: string, state: string) => ({
  statuses: [
    {
      id: `wamid.${key}`,
      status: state,
      timestamp: String(Math.floor(Date.now() / 1000)),
      biz_opaque_callback_data: key,
    },
  ],
})
const webhooks = async (query = '') =>
  (await hub.api(`/webhooks?limit=50${query}`)).body['items'] as readonly Record<string, unknown>[] // the hub's own API
const alerts = async () => (await hub.api('/alerts')).body['items'] as readonly Record<string, unknown>[]
const looks = async (ref: string) => (await hub.api(`/looks?ref=${ref}`)).body['items'] as readonly unknown[]
const connectionOf = (row: Record<string, unknown>) => (row['connection'] as { readonly id: string }).id

describe('WhatsApp at a running hub', () => {
  it('its handshake is answered with the challenge, and only under the verify token', async () => {
    const right = await fetch(`${address}?${handshakeQuery(verifyToken, '1158201444')}`)
    expect([right.status, right.headers.get('content-type'), await right.text()]).toEqual([
      200,
      'text/plain; charset=utf-8',
      '1158201444',
    ])
    const wrong = await fetch(`${address}?${handshakeQuery('some-other-token-here', '1158201444')}`)
    expect([wrong.status, (await wrong.text()).includes('1158201444')]).toEqual([401, false])
  })

  it('a guest who never wrote is told by template; statuses settle it, and an answer without a number is found', async () => {
    const ref = book(stage, 61)
    const shown = await until('the guest is told', async () => vendor.received(phone)[0])
    expect(shown).toMatch(/^Hello Gast61, this is your way into .*: 1\. .* · .*\. Have a good stay!$/)
    vendor.state.behaviour.hidesNumbers = true
    await until('delivery is known', async () => {
      await deliver()
      const booking = await hub.client.booking(ref)
      return booking?.messages.some(({ delivery }) => delivery === 'delivered') ? true : undefined
    })
    vendor.reply(phone, 'Où est la clé ? 🔑')
    await deliver()
    const answered = await until('the answer is on the booking', async () => {
      const booking = await hub.client.booking(ref)
      return booking?.timeline.find(({ kind }) => kind === 'reply')
    })
    expect(answered.text).toContain('answered')
    expect(hub.logged()).not.toMatch(new RegExp(`${phone.slice(1)}|${alias}|clé`))
    // Within a day of it, a change goes out in free words, and quotes what it changes.
    const [told] = vendor.state.messages
    vendor.state.behaviour.hidesNumbers = false
    stage.vendors.smoobu.changeDates(ref, { departure: dayFromNow(Date.now(), 6) })
    const change = await until('the change is told', async () => vendor.state.messages[1])
    expect(change).toMatchObject({ kind: 'text', quotes: told?.id })
  }, 90_000)

  it('one POST about three numbers: two find their connections, the third waits in quarantine and alarms', async () => {
    const changes = [
      about(unknown, status('stranger-1', 'read')),
      about(fake.number, status('mine-1', 'sent')),
      about(second, status('second-1', 'delivered')),
    ]
    const body = { object: 'whatsapp_business_account', entry: [{ id: fake.account, changes }] }
    expect(await post(deliveryOf(body, fake.appSecret))).toBe(200)
    await until('both were looked at', async () =>
      (await looks('mine-1')).length + (await looks('second-1')).length === 2 ? true : undefined,
    )
    expect(await looks('stranger-1')).toEqual([])
    expect(await looks('second-1')).toMatchObject([{ connection: { id: other } }])
    const [quarantined] = await webhooks('&status=quarantined')
    expect(quarantined).toMatchObject({
      reason: expect.stringContaining(`unknown-account: the WhatsApp number with the id ${unknown}`),
    })
    expect(connectionOf(quarantined ?? {})).toBe(first)
    const raised = await until('a person is called', async () =>
      (await alerts()).find(({ subject }) => subject === `connection:${first}:stranger`),
    )
    expect(raised).toMatchObject({ kind: 'connection', loud: 'page', text: expect.stringContaining(unknown) })
  })

  it('once there is a connection for it, the quarantined delivery is replayed to it', async () => {
    vendor.addNumber(unknown)
    const third = { adapter: 'whatsapp', port: 'notifier' as const, name: 'third chat', config: configFor(unknown) }
    const { id } = await stage.house.putConnection(third)
    const [quarantined] = await webhooks('&status=quarantined')
    const answer = await fetch(`${hub.url}/api/v1/webhooks/${String(quarantined?.['id'])}/replay`, {
      method: 'POST',
      headers: { authorization: `Bearer ${stage.world.apiKey ?? ''}`, 'content-type': 'application/json' },
      body: '{}',
    })
    expect(answer.status).toBe(200)
    expect(
      await until('it was looked at', async () =>
        (await looks('stranger-1')).length > 0 ? looks('stranger-1') : undefined,
      ),
    ).toMatchObject([{ connection: { id } }])
  })

  it('what is not signed with the app secret is refused and tells nothing', async () => {
    const body = {
      object: 'whatsapp_business_account',
      entry: [{ id: fake.account, changes: [about(fake.number, status('forged-1', 'read'))] }],
    }
    expect(await post(deliveryOf(body, 'f'.repeat(32)))).toBe(401)
    expect(await post({ headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })).toBe(401)
    expect(await looks('forged-1')).toEqual([])
  })
})
