import { compactDecrypt } from 'jose'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { tenantKeys } from '../../src/persistence/tenant-keys.ts'
import { tenantSecrets } from '../../src/secrets/tenant-secrets.ts'
import { testMasters } from '../fresh-database.ts'
import { addConnection, deliveriesOf, post, startHub, type TestConnection, type TestHub } from './hub.ts'

let hub: TestHub
beforeAll(async () => {
  hub = await startHub()
})
afterAll(() => hub.stop())

const body = '{"action":"a","ref":"1","guest":"canary-guest","phone":"+48canary"}'

async function sealedParts(connection: TestConnection) {
  const [row] = await deliveriesOf(hub.owner, connection)
  const secrets = tenantSecrets(await tenantKeys(hub.pool, testMasters, connection.tenantId))
  const place = (column: string) => ({ table: 'webhook_delivery', column, row: row?.id ?? '' })
  return {
    row,
    head: secrets.open(row?.headers_sealed ?? '', place('headers_sealed')),
    payload: secrets.open(row?.payload_sealed ?? '', place('payload_sealed')),
  }
}

it('keeps what was sent sealed, with its headers but without credentials and without the address', async () => {
  const bell = await addConnection(hub.pool, 'bell')
  await post(hub.url, `${bell.path}?from=vendor`, body, {
    authorization: 'Bearer canary-authorization',
    cookie: 'canary=cookie',
    'x-bell-credential': 'canary-credential',
    'x-some-token': 'canary-token-header',
    'x-forwarded-path': bell.path,
    'x-bell-kind': 'ring',
  })
  const { row, head, payload } = await sealedParts(bell)
  expect(payload).toBe(body)
  expect(JSON.parse(head)).toMatchObject({
    method: 'POST',
    query: 'from=vendor',
    headers: expect.arrayContaining([['x-bell-kind', 'ring']]),
  })
  expect(head).not.toContain('canary')
  expect(head).not.toContain(bell.token)
  expect(JSON.stringify(row)).not.toContain('canary')
})

it('keeps only what the adapter says may be kept, whatever became of the delivery', async () => {
  const accepted = await addConnection(hub.pool, 'card-bell')
  expect(await post(hub.url, accepted.path, '{"action":"a","ref":"1","card":"canary-card"}')).toMatchObject({
    status: 200,
  })
  const { row, payload } = await sealedParts(accepted)
  expect(row).toMatchObject({ status: 'accepted' })
  expect(JSON.parse(payload)).toEqual({ action: 'a', ref: '1' })

  const quarantined = await addConnection(hub.pool, 'card-bell')
  await post(hub.url, quarantined.path, '{"unknown":"canary-card"}')
  expect(await sealedParts(quarantined)).toMatchObject({ row: { status: 'quarantined' }, payload: '{}' })
})

it('keeps nothing of a body when the adapter fails to say what', async () => {
  const connection = await addConnection(hub.pool, 'card-bell')
  await post(hub.url, connection.path, '{"action":"fail","ref":"1","card":"canary-card"}')
  const [row] = await deliveriesOf(hub.owner, connection)
  expect(row).toMatchObject({ status: 'accepted', payload_sealed: null })
  expect(hub.logged()).not.toContain('canary-card')
})

it('seals so that an ordinary JWE library opens it with the tenant’s key', async () => {
  const bell = await addConnection(hub.pool, 'bell')
  await post(hub.url, bell.path, body)
  const { row } = await sealedParts(bell)
  const [key] = await tenantKeys(hub.pool, testMasters, bell.tenantId)
  const { plaintext } = await compactDecrypt(row?.payload_sealed ?? '', key.sealing)
  expect(new TextDecoder().decode(plaintext)).toBe(body)
})

it('never logs an address, a payload or a name, at any level and whatever the answer', async () => {
  const bell = await addConnection(hub.pool, 'bell')
  const signed = await addConnection(hub.pool, 'signed-bell', { secret: 'canary-secret' })
  const strayToken = 'canarystraytoken12345678'
  const sent = [
    post(hub.url, bell.path, body),
    post(hub.url, bell.path, 'explode'),
    post(hub.url, bell.path, 'canary-garbage'),
    post(hub.url, signed.path, body, { 'x-bell-sign': 'canary-signature' }),
    post(hub.url, `/api/webhooks/bell/t/canary-tenant/${strayToken}`, body),
    post(hub.url, bell.path, `${'x'.repeat(1024 * 1024)}canary-tail`),
    fetch(`${hub.url}${bell.path}?challenge=canary-challenge`),
    fetch(hub.url + bell.path, { method: 'PUT', body }),
    fetch(`${hub.url}/api/webhooks/%zz/canary`),
    fetch(`${hub.url}/canary/page?canary=1`),
  ]
  await Promise.all(sent)
  // The line is written when the connection's answer has left; the last one is waited for.
  await expect
    .poll(
      () =>
        hub
          .logged()
          .split('\n')
          .filter((line) => line.includes('"request"')).length,
    )
    .toBeGreaterThanOrEqual(sent.length)
  const log = hub.logged()
  for (const secret of [bell.token, signed.token, strayToken, 'canary', '+48']) expect(log).not.toContain(secret)
  expect(log).toContain('/api/webhooks/:adapter/t/:tenantSlug/:token')
})

it('writes nothing about a stray’s content, and what it says of the adapter only when we have such a one', async () => {
  await post(hub.url, `/api/webhooks/canary-adapter/t/canary-tenant/${'c'.repeat(22)}`, 'canary-stray')
  const strays = async () => (await hub.owner.query('select * from stray_delivery')).rows
  await expect.poll(async () => (await strays()).length).toBeGreaterThan(0)
  expect(JSON.stringify(await strays())).not.toContain('canary')
})
