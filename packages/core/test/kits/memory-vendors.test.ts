import { describe, expect, it } from 'vitest'
import { instantOf, plus } from '../../src/domain/instant.ts'
import {
  fetchFrom,
  memoryBookings,
  memoryLock,
  memoryNotifier,
  openSubject,
  seededEntropy,
  testClock,
} from '../../src/testing/index.ts'

const call = { signal: new AbortController().signal }
const window = { from: instantOf(Date.parse('2026-07-10T13:00Z')), until: instantOf(Date.parse('2026-07-12T09:00Z')) }
const code = { mark: 'sw1111aaaaaaaa', label: 'Ada', pin: '482915', window }
const second = 'token-of-the-second-account'

describe('locks in memory', () => {
  it('reach the device when its time has come, and only while it is online', async () => {
    const { adapter, config, vendor } = memoryLock({ readBack: 'heartbeat', syncDelay: 10_000, capacity: 30 })
    const clock = testClock()
    const cloud = vendor(clock)
    const locks = adapter.open({ config, fetch: fetchFrom(cloud), clock, entropy: seededEntropy(1) })
    await locks.writeCode('front-door', code, call)
    clock.advance(9999)
    expect(cloud.codesOn('front-door')).toEqual([])
    clock.advance(1)
    expect(cloud.codesOn('front-door')).toMatchObject([{ pin: code.pin, ...window }])
    cloud.setOnline('front-door', false)
    await locks.writeCode('front-door', { ...code, mark: 'sw1111bbbbbbbb', pin: '771204' }, call)
    clock.advance(3_600_000)
    expect(cloud.codesOn('front-door')).toHaveLength(1)
    expect(await locks.readState?.('front-door', call)).toMatchObject({
      online: false,
      lastSeen: plus(clock.now(), -3_600_000),
    })
    cloud.setOnline('front-door', true)
    clock.advance(10_000)
    expect(cloud.codesOn('front-door')).toHaveLength(2)
  })
  it('refuse the PINs they are told to refuse', async () => {
    const { provider, vendor } = openSubject(memoryLock({ forbiddenPins: [code.pin] }))
    const receipt = await provider.writeCode('front-door', code, call)
    expect(receipt).toEqual({ status: 'refused', reason: 'pin-not-allowed' })
    expect(vendor.codesOn('front-door')).toEqual([])
  })
  it('open for who types a PIN in its window, and tell it', async () => {
    const { provider, vendor, clock } = openSubject(memoryLock(), { at: window.from })
    const since = clock.now()
    await provider.writeCode('front-door', code, call)
    expect(vendor.type('front-door', code.pin)).toBe(true)
    expect(vendor.type('front-door', '000000')).toBe(false)
    expect(vendor.type('back-door', code.pin)).toBe(false)
    expect(await provider.readActivity?.('front-door', since, call)).toMatchObject([{ at: since }])
    clock.advance(Date.parse(window.until) - Date.parse(window.from))
    expect(vendor.type('front-door', code.pin), 'when the window is over').toBe(false)
  })
  it('show one customer nothing of another', async () => {
    const lock = memoryLock()
    const first = openSubject(lock)
    first.vendor.addAccount(second, 'account-2')
    first.vendor.addDevice('other-house', 'account-2')
    const other = openSubject(lock, { config: { token: second }, beside: first })
    expect((await other.provider.listDevices(call)).map(({ id }) => id)).toEqual(['other-house'])
    expect((await first.provider.listDevices(call)).map(({ id }) => id)).not.toContain('other-house')
    await expect(other.provider.readCodes('front-door', call)).rejects.toMatchObject({ code: 'gone' })
    await expect(other.provider.writeCode('front-door', code, call)).rejects.toMatchObject({ code: 'gone' })
    expect(first.vendor.codesOn('front-door')).toEqual([])
  })
})

describe('messages in memory', () => {
  const to = '+33639980001'
  const send = async (fate: 'silent' | 'unreported' | 'held' | 'fails' | undefined) => {
    const opened = openSubject(memoryNotifier({ deliversAfter: 1000 }))
    opened.vendor.setFate(to, fate)
    const sentAt = opened.clock.now()
    const receipt = await opened.provider.send({ key: 'k1', to, text: 'Hello' }, call)
    opened.clock.advance(1000)
    const report = await opened.provider.lookUp?.({ key: 'k1', to, text: 'Hello', sentAt }, call)
    return {
      receipt,
      state: report?.state,
      received: opened.vendor.received(to),
      told: opened.vendor.dueWebhooks().length,
    }
  }
  it.each([
    [undefined, 'delivered', ['Hello'], 1],
    ['silent', undefined, [], 0],
    ['unreported', undefined, ['Hello'], 0],
    ['held', 'pending', [], 1],
    ['fails', 'failed', [], 1],
  ] as const)('whose fate is %s', async (fate, state, received, told) => {
    expect(await send(fate)).toMatchObject({ receipt: { status: 'accepted' }, state, received, told })
  })
})

describe('bookings in memory', () => {
  it('ring once for each change, on the address of their own account', () => {
    const { vendor } = openSubject(memoryBookings())
    vendor.addAccount(second, 'account-2')
    const ref = vendor.add({ unitRef: 'flat-2' })
    const other = vendor.add({}, 'account-2')
    const rung = vendor.dueWebhooks().map(({ account, body }) => [account, JSON.parse(body)])
    expect(rung).toEqual([
      ['account-1', { booking: ref }],
      ['account-2', { booking: other }],
    ])
    expect(vendor.dueWebhooks()).toEqual([])
  })
  it('show one customer nothing of another', async () => {
    const bookings = memoryBookings()
    const first = openSubject(bookings)
    first.vendor.addAccount(second, 'account-2')
    const other = openSubject(bookings, { config: { token: second }, beside: first })
    expect(await other.provider.readBooking(first.vendor.knownBooking, call)).toBeUndefined()
    const page = await other.provider.listBookings({ stays: { from: '2020-01-01', to: '2030-01-01' } }, call)
    expect(page).toEqual({ bookings: [], complete: true })
  })
})

it('every vendor goes on from its state after a round trip through JSON', async () => {
  const lock = memoryLock({ syncDelay: 5000, readBack: 'cloud' })
  const { provider, vendor, clock } = openSubject(lock)
  await provider.writeCode('front-door', code, call)
  const again = lock.vendor(clock, JSON.parse(JSON.stringify(vendor.state)))
  expect(again.codesOn('front-door')).toEqual([])
  clock.advance(5000)
  expect(again.codesOn('front-door')).toMatchObject([{ pin: code.pin }])
  const bookings = openSubject(memoryBookings())
  const ref = bookings.vendor.add()
  expect(
    memoryBookings()
      .vendor(clock, JSON.parse(JSON.stringify(bookings.vendor.state)))
      .bookings()
      .map((each) => each.ref),
  ).toContain(ref)
  const texts = openSubject(memoryNotifier())
  await texts.provider.send({ key: 'k1', to: '+33639980001', text: 'Hello' }, call)
  expect(
    memoryNotifier()
      .vendor(clock, JSON.parse(JSON.stringify(texts.vendor.state)))
      .received('+33639980001'),
  ).toEqual(['Hello'])
})
