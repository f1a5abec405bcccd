import { calm, instant } from '@stayward/core/testing'
import { describe, expect, it } from 'vitest'
import nuki from '../src/adapter.ts'
import {
  asked,
  aWhile,
  flat12,
  frontDoor,
  guestCode,
  kept,
  mark,
  open,
  ours,
  pin,
  sent,
  stay,
  written,
} from './words.ts'

/** Every trap of docs/vendors/nuki.md, by the number it has there. */
it('trap 1: PUT makes a code, POST changes it', async () => {
  const opened = open()
  const vendorRef = await written(opened)
  await opened.provider.writeCode(frontDoor, guestCode({ vendorRef }), calm)
  const writes = asked(opened).filter((line) => !line.startsWith('GET'))
  expect(writes).toEqual([`PUT /smartlock/${frontDoor}/auth`, `POST /smartlock/${frontDoor}/auth/${vendorRef}`])
})

it('trap 2: the long id is the one for addresses, not the number on the device', async () => {
  const opened = open()
  const vendorRef = await written(opened)
  expect(vendorRef).toMatch(/^[0-9a-f]{24}$/)
  await opened.provider.removeCode(frontDoor, vendorRef, calm)
  expect(asked(opened).at(-1)).toBe(`DELETE /smartlock/${frontDoor}/auth/${vendorRef}`)
  expect(String(kept(opened.vendor, vendorRef)?.authId)).not.toBe(vendorRef)
})

describe('trap 3: six digits from 1 to 9, not beginning with 12', () => {
  it('is what the hub is told', () => {
    expect(nuki.capabilities.pin).toEqual({ lengths: [6], digits: '123456789', forbiddenPrefixes: ['12'] })
  })
  it.each(['583920', '123456', '58392', '5839261', 'abcdef', ''])(
    '"%s" is refused before anything is sent',
    async (bad) => {
      const opened = open()
      expect(await opened.provider.writeCode(frontDoor, guestCode({ pin: bad }), calm)).toMatchObject({
        status: 'refused',
        reason: 'pin-not-allowed',
      })
      expect(asked(opened)).toEqual([])
    },
  )
  it('"213456" is taken: only the beginning matters', async () => {
    await written(open(), guestCode({ pin: '213456' }))
  })
})

describe('trap 4: a name holds twenty characters', () => {
  it.each([
    ['Maximiliane', `${mark} Maxim`],
    ['José', `${mark} Jose`],
    ['Żółw', `${mark} Zow`],
    ['', mark],
    ['山田', mark],
    ['A\r\nB', `${mark} A B`],
  ])('"%s" goes behind the mark, in plain letters', async (label, name) => {
    const opened = open()
    const ref = await written(opened, guestCode({ label }))
    expect(kept(opened.vendor, ref)?.name).toBe(name)
    expect((await ours(opened.provider))?.label).toBe(name.slice(mark.length).trim())
  })
})

describe('trap 5: five time fields, or the code opens any time', () => {
  const times = {
    allowedFromDate: stay.from,
    allowedUntilDate: stay.until,
    allowedWeekDays: 127,
    allowedFromTime: 0,
    allowedUntilTime: 0,
  }
  it('all are sent with every create and every update, instants in UTC and hours open', async () => {
    const opened = open()
    const vendorRef = await written(opened)
    expect(sent(opened, 'PUT')).toEqual([
      { type: 13, name: `${mark} Ada`, code: 583926, remoteAllowed: false, ...times },
    ])
    const window = { from: stay.from, until: instant('2026-05-06T09:00:00Z') }
    await opened.provider.writeCode(frontDoor, guestCode({ vendorRef, window }), calm)
    expect(sent(opened, 'POST')).toEqual([
      {
        enabled: true,
        name: `${mark} Ada`,
        code: 583926,
        remoteAllowed: false,
        ...times,
        allowedUntilDate: window.until,
      },
    ])
  })
  it('opens from the first instant to the last, at every hour between', async () => {
    const opened = open()
    await written(opened)
    const at = (text: string) => {
      opened.clock.advance(Date.parse(text) - Date.parse(opened.clock.now()))
      return opened.vendor.enter(frontDoor, pin)
    }
    expect(at('2026-05-01T12:59:00Z')).toBe(false)
    expect(at('2026-05-01T13:00:00Z')).toBe(true)
    expect(at('2026-05-02T03:00:00Z')).toBe(true)
    expect(at('2026-05-03T08:59:00Z')).toBe(true)
    expect(at('2026-05-03T09:00:00Z')).toBe(false)
  })
  it('dates that were lost are read as no bound, so that the hub writes them again', async () => {
    const opened = open()
    const ref = await written(opened)
    opened.vendor.editByHand(frontDoor, ref, (code) => {
      code.allowedFromDate = code.allowedUntilDate = null
    })
    expect((await ours(opened.provider))?.window).toEqual({ from: null, until: null })
  })
  it.each([
    ['some days', { allowedWeekDays: 96 }],
    ['some hours', { allowedFromTime: 900, allowedUntilTime: 660 }],
  ])('a code of ours that somebody bound to %s does not count as working', async (_, change) => {
    const opened = open()
    const ref = await written(opened)
    expect((await ours(opened.provider))?.enabled).toBe(true)
    opened.vendor.editByHand(frontDoor, ref, (code) => Object.assign(code, change))
    expect((await ours(opened.provider))?.enabled).toBe(false)
  })
  it.each([
    ['23:59 as the end of the day', { allowedUntilTime: 1439 }],
    ['no hours at all', { allowedWeekDays: null, allowedFromTime: null, allowedUntilTime: null }],
  ])('%s is the whole day', async (_, change) => {
    const opened = open()
    const ref = await written(opened)
    opened.vendor.editByHand(frontDoor, ref, (code) => Object.assign(code, change))
    expect((await ours(opened.provider))?.enabled).toBe(true)
  })
  it('a date that cannot be read says nothing, instead of "for ever"', async () => {
    const opened = open()
    const ref = await written(opened)
    opened.vendor.editByHand(frontDoor, ref, (code) => {
      code.allowedUntilDate = 'next week'
    })
    expect(await ours(opened.provider)).not.toHaveProperty('window')
  })
})

it('trap 6: a code that is over still holds its PIN', async () => {
  const opened = open()
  const read = await opened.provider.readCodes(frontDoor, calm)
  expect(read.find(({ label }) => label === 'Easter guests')).toMatchObject({ pin: '397521' })
  const receipt = await opened.provider.writeCode(frontDoor, guestCode({ pin: '397521' }), calm)
  expect(receipt).toEqual({ status: 'refused', reason: 'pin-taken' })
})

describe('trap 7: what is sent to a lock that is offline is lost', () => {
  it('so nothing is sent, and the hub hears why', async () => {
    const opened = open()
    const vendorRef = await written(opened)
    opened.vendor.setOnline(frontDoor, false)
    const writes = () => asked(opened).filter((line) => !line.startsWith('GET')).length
    const before = writes()
    const offline = { code: 'device-offline', remedy: expect.stringContaining('writes when it is back') }
    const { provider } = opened
    await expect(provider.writeCode(frontDoor, guestCode(), calm)).rejects.toMatchObject(offline)
    await expect(provider.writeCode(frontDoor, guestCode({ vendorRef }), calm)).rejects.toMatchObject(offline)
    await expect(provider.removeCode(frontDoor, vendorRef, calm)).rejects.toMatchObject(offline)
    await expect(provider.open?.(frontDoor, calm)).rejects.toMatchObject(offline)
    expect(writes()).toBe(before)
  })
  it('a lock that goes offline on the way has nothing, and nothing is claimed', async () => {
    const opened = open()
    expect(await opened.provider.writeCode(frontDoor, guestCode(), calm)).toEqual({ status: 'accepted' })
    opened.vendor.setOnline(frontDoor, false)
    opened.clock.advance(aWhile)
    expect(await ours(opened.provider)).toBeUndefined()
    opened.vendor.setOnline(frontDoor, true)
    opened.clock.advance(3_600_000)
    expect(opened.vendor.codesOn(frontDoor).map((code) => code.pin)).not.toContain(pin)
  })
})

describe('trap 8: 423 with an odd body means busy', () => {
  it('is tried again a moment later', async () => {
    const opened = open()
    const vendorRef = await written(opened)
    await opened.provider.writeCode(frontDoor, guestCode({ vendorRef }), calm)
    expect((await ours(opened.provider))?.synced).toBe(false)
    const busy = opened.provider.writeCode(frontDoor, guestCode({ vendorRef }), calm)
    await expect(busy).rejects.toMatchObject({ code: 'rate-limited', retryAt: expect.any(String) })
    await expect(opened.provider.removeCode(frontDoor, vendorRef, calm)).rejects.toMatchObject({ code: 'rate-limited' })
    opened.clock.advance(aWhile)
    expect((await ours(opened.provider))?.synced).toBe(true)
    expect(await opened.provider.removeCode(frontDoor, vendorRef, calm)).toEqual({ status: 'accepted' })
  })
})

it('trap 9: numbers go out as numbers, and codes name no user of the account', async () => {
  const opened = open()
  await written(opened)
  const [body] = sent(opened, 'PUT')
  expect(body).toMatchObject({ code: 583926, type: 13 })
  expect(body).not.toHaveProperty('accountUserId')
})

it('trap 10: the field is called enabled', async () => {
  const opened = open()
  const vendorRef = await written(opened)
  opened.vendor.editByHand(frontDoor, vendorRef, (code) => {
    code.enabled = false
  })
  expect((await ours(opened.provider))?.enabled).toBe(false)
  await opened.provider.writeCode(frontDoor, guestCode({ vendorRef }), calm)
  opened.clock.advance(aWhile)
  expect(kept(opened.vendor, vendorRef)?.enabled).toBe(true)
})

describe('trap 11: a token ends with the password', () => {
  it('says what to do', async () => {
    const { provider, vendor } = open()
    vendor.changePassword()
    const failure = { code: 'auth', remedy: expect.stringMatching(/new API token.*password/s) }
    await expect(provider.readAccount(calm)).rejects.toMatchObject(failure)
    await expect(provider.readCodes(frontDoor, calm)).rejects.toMatchObject(failure)
  })
  it('a token that may not is another matter', async () => {
    const { provider, vendor } = open()
    for (const scopes of Object.values(vendor.state.tokens)) scopes.splice(0, 9, 'smartlock.readOnly')
    const failure = { code: 'auth', remedy: expect.stringContaining('permissions') }
    await expect(provider.readAccount(calm)).rejects.toMatchObject(failure)
  })
})

it('trap 12: no code is made through the advanced calls', async () => {
  const opened = open()
  await written(opened)
  expect(asked(opened).join()).not.toContain('advanced')
})

// Traps 13 and 14 are in activity.test.ts, trap 15 in webhook.test.ts.

describe('trap 16: locks that are no longer paired with Nuki Web', () => {
  it.each([1, 2, 3])('serverState %i: nothing is written, and a person hears of it', async (serverState) => {
    const opened = open()
    const vendorRef = await written(opened)
    opened.vendor.lock(frontDoor).serverState = serverState
    const { provider } = opened
    const failure = { code: 'refused', remedy: expect.stringContaining('Open Nuki Web') }
    await expect(provider.writeCode(frontDoor, guestCode({ vendorRef }), calm)).rejects.toMatchObject(failure)
    await expect(provider.removeCode(frontDoor, vendorRef, calm)).rejects.toMatchObject(failure)
    await expect(provider.readState?.(frontDoor, calm)).rejects.toMatchObject(failure)
    const listed = (await provider.listDevices(calm)).find(({ id }) => id === frontDoor)
    expect(listed?.note).toContain('needs attention in Nuki Web')
    expect((await provider.readAccount(calm)).warning).toContain('Front door needs attention')
  })
  it('a lock that is listed twice is one device', async () => {
    const { provider, vendor } = open()
    vendor.state.locks.push(structuredClone(vendor.lock(flat12)))
    const ids = (await provider.listDevices(calm)).map(({ id }) => id)
    expect(ids.filter((id) => id === flat12)).toHaveLength(1)
  })
})

it.each([
  ['a critical lock, without a figure', { batteryCritical: true, batteryCharge: null }, { low: true }],
  ['a full pack', { batteryCritical: false, batteryCharge: 82 }, { low: false, percent: 82 }],
  ['a critical Keypad', { keypadBatteryCritical: true, batteryCharge: 82 }, { low: true, percent: 82 }],
])('trap 17: the battery of %s', async (_, change, battery) => {
  const { provider, vendor } = open()
  Object.assign(vendor.lock(frontDoor), change)
  expect(await provider.readState?.(frontDoor, calm)).toEqual({ online: true, battery })
})

describe('trap 18: devices and values that nobody has seen yet', () => {
  it('a device of type 5 or 99 is a door lock', async () => {
    for (const type of [5, 99]) {
      const opened = open()
      opened.vendor.lock(frontDoor).type = type
      await written(opened)
      expect((await opened.provider.listDevices(calm)).map(({ id }) => id)).toContain(frontDoor)
      expect(await opened.provider.open?.(frontDoor, calm)).toEqual({ status: 'accepted' })
      expect(opened.vendor.openings(frontDoor)).toBe(1)
    }
  })
  it('an unknown server state is not "online"', async () => {
    const { provider, vendor } = open()
    vendor.lock(frontDoor).serverState = 9
    expect(await provider.readState?.(frontDoor, calm)).toMatchObject({ online: false })
    await expect(provider.writeCode(frontDoor, guestCode(), calm)).rejects.toMatchObject({ code: 'device-offline' })
  })
})

it('trap 19: the lock is not asked to synchronise in everyday work', async () => {
  const opened = open()
  const vendorRef = await written(opened)
  await opened.provider.readState?.(frontDoor, calm)
  await opened.provider.removeCode(frontDoor, vendorRef, calm)
  expect(asked(opened).filter((line) => line.endsWith('/sync'))).toEqual([])
})

it('trap 20: what the specification bounds wrongly is read all the same', async () => {
  const opened = open()
  await written(opened) // type 13, where the specification ends at 2
  opened.clock.advance(Date.parse(stay.from) - Date.parse(opened.clock.now()))
  opened.vendor.enter(frontDoor, pin) // state 0, where it begins at 1
  expect(await opened.provider.readActivity?.(frontDoor, stay.from, calm)).toHaveLength(1)
})

it.each([402, 426])('trap 21: %i is for a person, and no reason to try for ever', async (status) => {
  const { provider, vendor } = open()
  vendor.answerNext({ status, where: 'PUT' })
  await expect(provider.writeCode(frontDoor, guestCode(), calm)).rejects.toMatchObject({
    code: 'refused',
    remedy: expect.stringContaining('subscription'),
  })
  vendor.answerNext({ status, where: 'GET' })
  await expect(provider.readAccount(calm)).rejects.toMatchObject({ code: 'refused' })
})
