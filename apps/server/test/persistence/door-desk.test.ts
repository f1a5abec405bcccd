import { randomUUID } from 'node:crypto'
import { systemClock } from '@stayward/core'
import twoN from '@stayward/intercom-2n'
import { deviceAddress, goodAccount, twoNVendor } from '@stayward/intercom-2n/testing'
import nuki from '@stayward/lock-nuki'
import { nukiVendor } from '@stayward/lock-nuki/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createDoorDesk, type DoorDesk } from '../../src/persistence/door-desk.ts'
import { purge } from '../../src/persistence/purge.ts'
import { openHub, type TestHub, type TestTenant } from './open-store.ts'
import { openedKeypad } from './opened-keypad.ts'

let hub: TestHub
beforeAll(async () => {
  hub = await openHub()
})
afterAll(() => hub.close())

/** A request like this is carried out, and its answer lost. */
let losesAnswerOf: RegExp | undefined
const answer = ({ method, url }: Request, said: Response): Response => {
  if (losesAnswerOf?.test(`${method} ${new URL(url).pathname}`) && said.ok)
    throw new TypeError('fetch failed', { cause: { code: 'ECONNRESET' } })
  return said
}

describe('a door that a person has opened', () => {
  const locks = nukiVendor()
  const gate = twoNVendor()
  const street = gate.deviceId
  const lock = locks.deviceId
  let tenant: TestTenant
  let desk: DoorDesk
  beforeEach(async () => {
    tenant = await hub.addTenant()
    losesAnswerOf = undefined
    const keypads = {
      Nuki: openedKeypad(nuki, locks.config, locks, answer),
      Gate: openedKeypad(twoN, { address: deviceAddress, ...goodAccount, certificate: 'ab'.repeat(32) }, gate, answer),
    }
    for (const [name, port] of [['Nuki', 'lock'] as const, ['Gate', 'intercom'] as const])
      await tenant.rooms.putConnection({ name, port, adapter: `test-${port}`, config: {} })
    const loftLock = await tenant.rooms.putDevice({ connection: 'Nuki', vendorId: lock, name: 'Loft lock' })
    const intercom = await tenant.rooms.putDevice({ connection: 'Gate', vendorId: street, name: 'Intercom' })
    const entry = (deviceId: string) => ({ kind: 'device', deviceId, tellAt: 'confirmed' }) as const
    await tenant.rooms.putDoor({ slug: 'loft', name: 'Loft', entry: entry(loftLock) })
    await tenant.rooms.putDoor({ slug: 'street', name: 'Street door', entry: entry(intercom) })
    await tenant.rooms.putDoor({ slug: 'yard', name: 'Yard', entry: { kind: 'fixed-code', code: '0815' } })
    desk = createDoorDesk({
      pool: hub.pool,
      secretsOf: async () => tenant.secrets,
      clock: systemClock,
      withKeypad: async (_tenant, { name }, use) => await use(keypads[name === 'Nuki' ? 'Nuki' : 'Gate']),
    })
  })

  const order = (door: string, more: { at?: string; key?: string } = {}) =>
    desk.open(tenant.tenantId, { door, by: 'API key k1', why: 'Locked out at 23:10', key: randomUUID(), ...more })
  const counted = () => [locks.openings(lock), gate.openings(street)]
  const openings = () => desk.openings(tenant.tenantId, 50)

  it('opens once, and who asked, why and what came of it is kept, sealed as far as it is about people', async () => {
    const before = counted()
    const [a, b] = [await order('loft'), await order('street', { at: '1' })]
    expect(a).toMatchObject({ status: 'given', again: false, opening: { door: { name: 'Loft' } } })
    expect(b).toMatchObject({ status: 'given', opening: { chosen: '1', answer: { outcome: 'opened' } } })
    expect(counted()).toEqual(before.map((count) => count + 1))
    const [last, first] = await openings()
    expect(first).toMatchObject({ by: 'API key k1', why: 'Locked out at 23:10', door: { name: 'Loft' } })
    expect(last?.answer).toMatchObject({ outcome: 'opened', text: 'The door was opened.' })
    const { rows } = await hub.owner.query('select * from door_opening where tenant_id = $1', [tenant.tenantId])
    expect(JSON.stringify(rows)).not.toContain('Locked out')
  })

  it('is opened once for one key, however often it comes, and at the same time too', async () => {
    const before = counted()
    const key = randomUUID()
    const all = await Promise.all([order('loft', { key }), order('loft', { key }), order('loft', { key })])
    const again = await order('loft', { key })
    expect(counted()).toEqual([(before[0] ?? 0) + 1, before[1]])
    expect(all.filter((one) => one.status === 'given' && !one.again)).toHaveLength(1)
    expect(again).toMatchObject({ again: true, opening: { id: (await openings())[0]?.id } })
    expect(await order('street', { at: '1', key })).toMatchObject({ status: 'key-used' })
    expect(await openings()).toHaveLength(1)
  })

  it('is not tried again when the answer is lost, and nobody claims to know', async () => {
    const before = counted()
    losesAnswerOf = /switch\/ctrl/
    const key = randomUUID()
    const lost = await order('street', { at: '1', key })
    expect(lost).toMatchObject({ status: 'given', opening: { answer: { outcome: 'unknown' } } })
    losesAnswerOf = undefined
    expect(await order('street', { at: '1', key })).toMatchObject({
      again: true,
      opening: { answer: { outcome: 'unknown' } },
    })
    expect(counted()).toEqual([before[0], (before[1] ?? 0) + 1])
  })

  it('says of an order whose process died that nobody knows, and never gives it again', async () => {
    const key = randomUUID()
    await order('loft', { key })
    await hub.owner.query(
      'update door_opening set outcome = null, answer = null, answered_at = null where order_key = $1',
      [key],
    )
    const before = counted()
    expect(await order('loft', { key })).toMatchObject({ again: true, opening: { answer: { outcome: 'unknown' } } })
    expect(counted()).toEqual(before)
    expect((await openings())[0]?.answer).toBeUndefined()
  })

  it('asks nothing of any device where there is no such order to give', async () => {
    const before = counted()
    expect(await order('cellar')).toMatchObject({ status: 'no-door' })
    expect(await order('yard')).toMatchObject({ status: 'cannot-open' })
    expect(await order('street')).toMatchObject({
      status: 'cannot-open',
      remedy: 'Say which one: 1 (Switch 1), 4 (Switch 4).',
    })
    expect(counted()).toEqual(before)
    expect(await openings()).toEqual([])
  })

  it('that did not open for a failure on the way is a line in the ledger as well', async () => {
    const { password } = goodAccount
    gate.state.accounts = gate.state.accounts.map((account) => ({ ...account, password: `${password}-changed` }))
    const failed = await order('street', { at: '1' })
    gate.state.accounts = gate.state.accounts.map((account) => ({ ...account, password }))
    expect(failed).toMatchObject({ status: 'given', opening: { answer: { outcome: 'failed' } } })
    expect((await openings()).map(({ answer }) => answer?.outcome)).toEqual(['failed'])
  })

  it('is nobody else’s to see, and forgotten after 400 days', async () => {
    await order('loft')
    const other = await hub.addTenant()
    expect(await desk.openings(other.tenantId, 50)).toEqual([])
    await hub.owner.query(`update door_opening set at = now() - interval '401 days' where tenant_id = $1`, [
      tenant.tenantId,
    ])
    await purge(hub.pool, systemClock.now())
    expect(await openings()).toEqual([])
  })
})
