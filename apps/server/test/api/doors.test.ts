import { systemClock } from '@stayward/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { doorRoutes } from '../../src/api/door-routes.ts'
import { qrRoutes } from '../../src/api/qr-routes.ts'
import { apiRouter } from '../../src/api/router.ts'
import { createApiKeys } from '../../src/auth/api-keys.ts'
import { addConnection, startHub, type TestConnection, type TestHub } from '../intake/hub.ts'
import { memoryDoorDesk } from './memory-door-desk.ts'
import { memoryQrDesk } from './memory-qr-desk.ts'

let hub: TestHub
let mine: TestConnection
let [plainKey, pinKey, doorKey, strangerKey] = ['', '', '', '']
beforeAll(async () => {
  const own = () => mine.tenantId
  hub = await startHub({
    api: (pool) =>
      apiRouter({
        routes: [...doorRoutes(memoryDoorDesk(own)), ...qrRoutes(memoryQrDesk(own))],
        keys: createApiKeys({ pool, clock: systemClock }),
      }),
  })
  mine = await addConnection(hub.pool, 'bell')
  const theirs = await addConnection(hub.pool, 'bell')
  const keys = createApiKeys({ pool: hub.pool, clock: systemClock })
  const add = async ({ tenantId: id, slug }: TestConnection, seePins: boolean, openDoors = false) =>
    (await keys.add({ id, slug }, { name: 'k', seePins, openDoors })).text
  plainKey = await add(mine, false)
  pinKey = await add(mine, true)
  doorKey = await add(mine, false, true)
  strangerKey = await add(theirs, true, true)
})
afterAll(() => hub.stop())

async function get(path: string, key: string): Promise<{ status: number; body: unknown }> {
  const answer = await picture(path, key)
  return { status: answer.status, body: await answer.json() }
}

const picture = async (path: string, key: string) =>
  await fetch(`${hub.url}/api/v1${path}`, { headers: { authorization: `Bearer ${key}` } })

async function send(path: string, body: object, key: string): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`${hub.url}/api/v1${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: answer.status, body: await answer.json() }
}

describe('doors', () => {
  const order = { why: 'Guest locked out', key: 'order-0001' }

  it('are opened, and who had them opened is shown, only by a key that may', async () => {
    for (const key of [plainKey, pinKey]) {
      expect(await send('/doors/loft/open', order, key)).toMatchObject({ status: 403, body: { code: 'not-allowed' } })
      expect((await get('/doors/openings', key)).status).toBe(403)
    }
    const opened = await send('/doors/loft/open', order, doorKey)
    expect(opened).toMatchObject({
      status: 200,
      body: { again: false, opening: { why: 'Guest locked out', answer: { outcome: 'accepted' } } },
    })
    expect((await get('/doors/openings', doorKey)).body).toMatchObject({
      items: [{ by: expect.stringMatching(/^API key [0-9a-f-]{36}$/) }],
    })
  })

  it('of another tenant are as absent as those that do not exist', async () => {
    expect((await send('/doors/loft/open', order, strangerKey)).status).toBe(404)
    expect((await get('/doors/openings', strangerKey)).body).toEqual({ items: [] })
  })

  it('are opened for a reason, under a key of the order’s own, and where they can be', async () => {
    expect((await send('/doors/loft/open', { key: order.key }, doorKey)).status).toBe(400)
    expect((await send('/doors/loft/open', { why: order.why }, doorKey)).status).toBe(400)
    expect((await send('/doors/cellar/open', order, doorKey)).status).toBe(404)
    const yard = await send('/doors/yard/open', order, doorKey)
    expect(yard).toMatchObject({ status: 409, body: { code: 'cannot-open', detail: expect.stringContaining('Yard') } })
  })
})

describe('QR codes', () => {
  it('are pictures, kept by nobody on the way, for a key that may see PINs', async () => {
    const svg = await picture('/codes/k1/qr.svg', pinKey)
    expect([svg.status, svg.headers.get('content-type'), svg.headers.get('cache-control')]).toEqual([
      200,
      'image/svg+xml',
      'no-store',
    ])
    expect(await svg.text()).toBe('<svg></svg>')
    const png = await picture('/codes/k1/qr.png', pinKey)
    expect(png.headers.get('content-type')).toBe('image/png')
    expect([...new Uint8Array(await png.arrayBuffer())]).toEqual([0x89, 0x50, 0x4e, 0x47])
  })

  it('are nobody else’s, and refused with a reason where there is none', async () => {
    for (const key of [plainKey, doorKey])
      expect((await get('/codes/k1/qr.svg', key)).body).toMatchObject({ status: 403, code: 'not-allowed' })
    expect((await get('/codes/k1/qr.svg', strangerKey)).status).toBe(404)
    expect((await get('/codes/k2/qr.png', pinKey)).body).toMatchObject({ status: 409, code: 'cannot-draw' })
    expect((await get('/codes/k3/qr.png', pinKey)).body).toMatchObject({
      status: 503,
      detail: 'The device is away. See to it.',
    })
    expect((await get('/codes/k4/qr.png', pinKey)).status).toBe(404)
  })
})
