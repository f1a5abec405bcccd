import { calm, instant } from '@stayward/core/testing'
import { describe, expect, it } from 'vitest'
import { batteryOf } from '../src/battery.ts'
import { lastSeenIn } from '../src/last-seen.ts'
import { dateIn, minutesIn } from '../src/wall-time-fields.ts'
import { asked, flat12, gardenHouse, open } from './words.ts'

describe('devices', () => {
  it('are the keypads, each with the zone of its lock; a lock without a gateway says what that means', async () => {
    const { provider } = open()
    expect(await provider.listDevices(calm)).toEqual([
      { id: '7001/Kp7xQ2Za', name: 'Flat 12', zone: 'Europe/Paris' },
      { id: '7002/Kp3vN6Hd', name: 'Flat 14', zone: 'Europe/Paris' },
      {
        id: '7003/Kp8jF4Ts',
        name: 'Garden house',
        zone: 'Europe/Paris',
        note: 'No gateway: codes reach this lock, and leave it, only when a phone with the The Keys app opens it.',
      },
    ])
  })

  it('are two where one lock has two keypads, and their codes are kept apart', async () => {
    const { provider, vendor } = open()
    vendor.state.locks[0]?.accessories.push({
      id: 9104,
      id_accessoire: 'Kp2yR9Wb',
      nom: 'Back door',
      type: 2,
      listed: true,
      info: null,
    })
    const devices = await provider.listDevices(calm)
    expect(devices.slice(0, 2)).toMatchObject([
      { id: '7001/Kp7xQ2Za', name: 'Flat 12, Keypad' },
      { id: '7001/Kp2yR9Wb', name: 'Flat 12, Back door' },
    ])
    vendor.addForeignCode('7001/Kp2yR9Wb', { pin: '6024', label: 'Gardener' })
    expect((await provider.readCodes('7001/Kp2yR9Wb', calm)).map(({ label }) => label)).toEqual(['Gardener'])
    expect((await provider.readCodes(flat12, calm)).map(({ label }) => label)).not.toContain('Gardener')
  })

  it('that the account does not list are found by the codes on them', async () => {
    const { provider, vendor } = open()
    for (const accessory of vendor.state.locks[0]?.accessories ?? []) accessory.listed = accessory.type !== 2
    expect((await provider.listDevices(calm)).map(({ id }) => id)).toEqual([flat12, '7002/Kp3vN6Hd', gardenHouse])
    expect(await provider.readCodes(flat12, calm)).toHaveLength(2)
  })

  it('that nothing lists yet are taken from the operator, as long as the lock is there', async () => {
    const { provider, vendor } = open()
    for (const accessory of vendor.state.locks[2]?.accessories ?? []) accessory.listed = false
    expect((await provider.listDevices(calm)).map(({ id }) => id)).not.toContain(gardenHouse)
    expect(await provider.readCodes(gardenHouse, calm)).toEqual([])
  })

  it.each(['7999/Kp7xQ2Za', '7001/Kp9nothere', '7001/9102'])(
    '"%s" is not there, neither to read nor to write',
    async (id) => {
      const { provider, vendor } = open()
      const before = structuredClone(vendor.state.shares)
      await expect(provider.readCodes(id, calm)).rejects.toMatchObject({ code: 'gone' })
      const code = {
        mark: 'sw0a1b2c3d4e5f',
        label: '',
        pin: '0472',
        window: { from: instant('2026-05-01T13:00:00Z'), until: instant('2026-05-03T10:00:00Z') },
      }
      await expect(provider.writeCode(id, code, calm)).rejects.toMatchObject({ code: 'gone' })
      expect(vendor.state.shares).toEqual(before)
    },
  )

  it.each([null, 'Paris'])('of a lock whose zone is %j use the configured one, and say so', async (timezone) => {
    const { provider, vendor } = open({
      config: { username: '+33600000000', password: 'p&ss+word 42%', zone: 'Europe/Lisbon' },
    })
    for (const lock of vendor.state.locks) lock.timezone = timezone
    const [device] = await provider.listDevices(calm)
    expect(device).toMatchObject({ zone: 'Europe/Lisbon', note: expect.stringContaining('Europe/Lisbon is assumed') })
  })

  it('cost one look at the account for several readings, and a new one after ten minutes', async () => {
    const { provider, wire, clock } = open()
    const looks = () => asked(wire).filter((call) => call.includes('utilisateur')).length
    for (let n = 0; n < 3; n++) await provider.readCodes(flat12, calm)
    expect(looks()).toBe(1)
    clock.advance(600_000)
    await provider.readCodes(flat12, calm)
    expect(looks()).toBe(2)
  })
})

describe('the account', () => {
  it('is named, and warns of the lock that no gateway speaks for', async () => {
    const { provider } = open()
    expect(await provider.readAccount(calm)).toEqual({
      id: '501',
      name: 'Ana Sample',
      note: '3 locks',
      warning:
        'No live gateway at Garden house: codes get there only when a phone with the The Keys app opens the lock.',
    })
  })
})

describe('the state', () => {
  it('knows when the gateway was last heard of, in the zone of the maker', async () => {
    const { provider, clock } = open()
    clock.advance(61_000)
    expect(await provider.readState?.(flat12, calm)).toEqual({
      lastSeen: '2026-05-01T08:01:00.000Z',
      online: true,
      battery: { low: false, percent: 57 },
    })
  })
  it('of a lock without a gateway says nothing of when it was heard of', async () => {
    const { provider } = open()
    expect(await provider.readState?.(gardenHouse, calm)).toEqual({ battery: { low: false, percent: 57 } })
  })
  it('takes the newest of several gateways', async () => {
    const { provider, vendor, clock } = open()
    vendor.setOnline(flat12, false)
    clock.advance(3_600_000)
    vendor.state.locks[0]?.accessories.push({
      id: 9105,
      id_accessoire: 'Gw7aaaaa',
      nom: 'Second',
      type: 1,
      listed: true,
      info: { last_seen: '2026-05-01T10:58:12' },
    })
    expect(await provider.readState?.(flat12, calm)).toMatchObject({
      lastSeen: '2026-05-01T08:58:12.000Z',
      online: true,
    })
  })
  it.each([
    [599_999, true],
    [600_000, false],
  ])('%i ms after the last sign of life: online %s', async (silence, online) => {
    const { provider, vendor, clock } = open()
    vendor.setOnline(flat12, false)
    clock.advance(silence)
    expect(await provider.readState?.(flat12, calm)).toMatchObject({ online })
  })
})

describe('the last sign of life', () => {
  const now = instant('2026-10-25T01:40:00Z')
  it.each([
    ['2026-10-25T02:30:10', '2026-10-25T00:30:10.000Z'], // twice on this night: the earlier, so that nothing is proved by luck
    ['2026-10-25 02:30:10.123', '2026-10-25T00:30:10.000Z'],
    ['2026-10-25T01:39:58Z', '2026-10-25T01:39:58.000Z'],
    ['2026-10-25T03:41:00', undefined], // an hour ahead of us: no evidence
    ['yesterday', undefined],
    [null, undefined],
    [1761356398, undefined],
  ])('%j is %s', (value, expected) => expect(lastSeenIn(value, now)).toBe(expected))
  it('a little ahead of our clock is now', () => {
    expect(lastSeenIn('2026-05-01T10:01:30', instant('2026-05-01T08:00:00Z'))).toBe('2026-05-01T08:00:00.000Z')
  })
})

it.each([
  [8300, { low: false, percent: 100 }],
  [8204, { low: false, percent: 100 }],
  [7235, { low: false, percent: 46 }],
  [6800, { low: false, percent: 22 }],
  [6799, { low: true, percent: 22 }],
  [6395, { low: true, percent: 0 }],
  [5000, { low: true, percent: 0 }],
  [4000, { low: false, percent: 100 }],
  [700, { low: true, percent: 18 }],
  [0, undefined],
  [null, undefined],
  ['7235', undefined],
])('a battery of %j mV is %j', (millivolts, expected) => expect(batteryOf(millivolts)).toEqual(expected))

describe('fields of time', () => {
  it.each([
    [{ hour: '15', minute: '0' }, 900],
    [{ hour: 0, minute: 5 }, 5],
    ['15:00', 900],
    ['9:05', 545],
    ['15:00:00', 900],
    ['1970-01-01T15:00:00+01:00', 900],
    ['1970-01-01T15:00:00Z', 900],
    [{ date: '1970-01-01 15:00:00.000000', timezone_type: 3, timezone: 'Europe/Berlin' }, 900],
    [null, undefined],
    ['', undefined],
    ['24:00', undefined],
    ['15:60', undefined],
    ['15', undefined],
    [15, undefined],
    [{ hour: '15' }, undefined],
    [{ hour: '-1', minute: '0' }, undefined],
    [{ hour: 1.5, minute: 0 }, undefined],
    [{ date: null }, undefined],
  ])('%j is %s minutes', (value, minutes) => expect(minutesIn(value)).toBe(minutes))

  it.each([
    ['2026-05-01', '2026-05-01'],
    ['2026-05-01T00:00:00+02:00', '2026-05-01'],
    [{ date: '2026-05-01 00:00:00.000000', timezone_type: 3, timezone: 'Europe/Berlin' }, '2026-05-01'],
    [null, null],
    ['2026-02-30', undefined],
    ['2026-04-30T22:00:00Z', undefined],
    ['01/05/2026', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%j is the day %s', (value, date) => expect(dateIn(value)).toBe(date))
})
