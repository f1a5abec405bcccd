import { type Code, type Instant, plus, systemClock } from '@stayward/core'
import twoN from '@stayward/intercom-2n'
import { deviceAddress, goodAccount, twoNVendor } from '@stayward/intercom-2n/testing'
import nuki from '@stayward/lock-nuki'
import { nukiVendor } from '@stayward/lock-nuki/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createQrDesk, type QrDesk } from '../../src/persistence/qr-desk.ts'
import { looking } from './lived-in.ts'
import { openHub, type TestHub, type TestTenant } from './open-store.ts'
import { openedKeypad } from './opened-keypad.ts'

const days = (count: number): Instant => plus(systemClock.now(), count * 86_400_000)
const pin = '4827361504'

describe('a code as a picture', () => {
  const gate = twoNVendor()
  const locks = nukiVendor()
  let hub: TestHub
  let tenant: TestTenant
  let desk: QrDesk
  let codes: { readonly street: string; readonly loft: string; readonly short: string; readonly over: string }
  beforeAll(async () => {
    hub = await openHub()
    tenant = await hub.addTenant()
    const ids: Record<string, string> = {}
    for (const [name, port] of [
      ['Stays', 'booking'] as const,
      ['Nuki', 'lock'] as const,
      ['Gate', 'intercom'] as const,
    ])
      ids[name] = (await tenant.rooms.putConnection({ name, port, adapter: `test-${port}`, config: {} })).id
    const street = await tenant.rooms.putDevice({ connection: 'Gate', vendorId: gate.deviceId, name: 'Intercom' })
    const loft = await tenant.rooms.putDevice({ connection: 'Nuki', vendorId: locks.deviceId, name: 'Loft lock' })
    await tenant.rooms.putDoor({
      slug: 'street',
      name: 'Street door',
      entry: { kind: 'device', deviceId: street, tellAt: 'confirmed' },
    })
    const source = ids['Stays'] ?? ''
    const stay = { ref: 'b-7', state: 'confirmed', guest: {} } as const
    const found = { connectionId: source, bookings: [stay], cause: 'poll' } as const
    await tenant.store.saveBookings(looking.at('connection', source), found, { now: looking.now })
    const booking = (await tenant.store.bookingByRef(source, 'b-7'))?.id ?? ''
    let made = 0
    const code = (deviceId: string, over: Partial<Code> = {}): Code => ({
      id: globalThis.crypto.randomUUID(),
      bookingId: booking,
      deviceId,
      mark: `swaaaa0000000${++made}`,
      label: 'Guest',
      pin,
      window: { from: days(-1), until: days(3) },
      want: 'present',
      wantedSince: looking.now,
      evidence: 'planned',
      refusals: 0,
      ...over,
    })
    const create = [
      code(street),
      code(loft),
      code(street, { pin: '482736' }),
      code(street, { window: { from: days(-5), until: days(-1) } }),
    ] as const
    const plan = { status: 'held', reason: { code: 'too-early', text: 'Early.', remedy: 'Wait.' } } as const
    const look = looking.at('booking', booking)
    await tenant.store.saveStay(look, { bookingId: booking, plan, create }, { now: looking.now })
    codes = { street: create[0].id, loft: create[1].id, short: create[2].id, over: create[3].id }
    const config = { address: deviceAddress, ...goodAccount, certificate: 'ab'.repeat(32) }
    const keypads = { Gate: openedKeypad(twoN, config, gate), Nuki: openedKeypad(nuki, locks.config, locks) }
    desk = createQrDesk({
      pool: hub.pool,
      secretsOf: async () => tenant.secrets,
      clock: systemClock,
      withKeypad: async (_tenant, { name }, use) => await use(keypads[name === 'Gate' ? 'Gate' : 'Nuki']),
    })
  })
  afterAll(() => hub.close())

  it('is drawn for the camera of its door', async () => {
    const drawn = await desk.draw(tenant.tenantId, codes.street)
    if (drawn.status !== 'drawn') throw new TypeError(JSON.stringify(drawn))
    expect(Buffer.from(drawn.png.subarray(1, 4)).toString()).toBe('PNG')
    expect(drawn.svg).toMatch(/^<svg /)
    expect(drawn.svg).not.toContain(pin)
  })

  it('is refused, with what helps, where no camera reads it', async () => {
    expect(await desk.draw(tenant.tenantId, codes.loft)).toMatchObject({
      status: 'cannot-draw',
      text: expect.stringMatching(/Loft lock reads QR codes: Nuki has no camera/),
    })
    expect(await desk.draw(tenant.tenantId, codes.short)).toMatchObject({
      status: 'cannot-draw',
      text: expect.stringContaining('firmware 3'),
    })
  })

  it('is there for codes in force of one’s own only', async () => {
    const other = await hub.addTenant()
    for (const [tenantId, code] of [
      [tenant.tenantId, codes.over],
      [tenant.tenantId, 'no id'],
      [other.tenantId, codes.street],
    ] as const)
      expect(await desk.draw(tenantId, code)).toEqual({ status: 'no-code' })
  })

  it('is found by the booking, or by the code', async () => {
    const found = await desk.codesOf(tenant.tenantId, 'b-7')
    expect(found.map(({ id }) => id).toSorted()).toEqual([codes.street, codes.loft, codes.short].toSorted())
    expect(found.find(({ id }) => id === codes.street)).toEqual({
      id: codes.street,
      ref: 'b-7',
      door: 'Street door',
      connection: { id: expect.any(String), name: 'Gate', adapter: 'test-intercom' },
    })
    expect((await desk.codesOf(tenant.tenantId, codes.loft)).map(({ door }) => door)).toEqual(['Loft lock'])
    expect(await desk.codesOf(tenant.tenantId, 'b-8')).toEqual([])
  })
})
