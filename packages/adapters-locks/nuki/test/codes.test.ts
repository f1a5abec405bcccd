import { calm } from '@stayward/core/testing'
import { describe, expect, it } from 'vitest'
import {
  asked,
  aWhile,
  cellar,
  flat12,
  frontDoor,
  guestCode,
  kept,
  mark,
  open,
  ours,
  pin,
  stay,
  written,
} from './words.ts'

describe('when a code is on the lock', () => {
  it('it is listed with a number of the lock’s own, nothing on its way and no error', async () => {
    const opened = open()
    await written(opened)
    expect(await ours(opened.provider)).toMatchObject({ pin, window: stay, enabled: true, synced: true })
  })
  it.each([
    ['an operation under way', { operationId: '66b0c0ffee0000000000f001' }],
    ['an error', { error: 'something went wrong' }],
    ['no number of the lock yet', { authId: null }],
  ])('%s is no proof', async (_, change) => {
    const opened = open()
    const ref = await written(opened)
    opened.vendor.editByHand(frontDoor, ref, (code) => Object.assign(code, change))
    expect((await ours(opened.provider))?.synced).toBe(false)
  })
  it('a list without PINs is read by marks and dates', async () => {
    const opened = open()
    opened.vendor.state.switches.showsCodes = false
    await written(opened)
    expect(await ours(opened.provider)).toMatchObject({ mark, window: stay, synced: true })
    expect(await ours(opened.provider)).not.toHaveProperty('pin')
  })
})

describe('409, the PIN is in use', () => {
  it('by our own code whose answer was lost: that is the code', async () => {
    const opened = open()
    const vendorRef = await written(opened)
    expect(await opened.provider.writeCode(frontDoor, guestCode(), calm)).toEqual({ status: 'accepted', vendorRef })
    expect(opened.vendor.lock(frontDoor).codes.filter(({ name }) => name.startsWith(mark))).toHaveLength(1)
  })
  it('by somebody, on a change as well', async () => {
    const opened = open()
    const vendorRef = await written(opened)
    const change = guestCode({ vendorRef, pin: '864297' })
    expect(await opened.provider.writeCode(frontDoor, change, calm)).toEqual({ status: 'refused', reason: 'pin-taken' })
    expect(kept(opened.vendor, vendorRef)?.code).toBe(Number(pin))
  })
  it('by a code that Nuki does not list: it is asked to read the lock again, and ours is found', async () => {
    const opened = open()
    const vendorRef = await written(opened)
    opened.vendor.lock(frontDoor).unlisted.push(vendorRef)
    await expect(opened.provider.writeCode(frontDoor, guestCode(), calm)).rejects.toMatchObject({
      code: 'rate-limited',
      retryAt: expect.any(String),
    })
    expect(asked(opened).at(-1)).toBe(`POST /smartlock/${frontDoor}/sync`)
    opened.clock.advance(15_000)
    expect(await ours(opened.provider)).toMatchObject({ vendorRef })
  })
  it('by a code that is not listed even then: the PIN is given up, and the lock is not asked for ever', async () => {
    const opened = open()
    const lock = opened.vendor.lock(frontDoor)
    const refusedAgain = async () => {
      opened.vendor.answerNext({ status: 409, where: `PUT /smartlock/${frontDoor}/auth` })
      return await opened.provider.writeCode(frontDoor, guestCode(), calm)
    }
    await expect(refusedAgain()).rejects.toMatchObject({ code: 'rate-limited' })
    opened.clock.advance(1_000)
    await expect(refusedAgain()).rejects.toMatchObject({ code: 'rate-limited' })
    opened.clock.advance(15_000)
    expect(await refusedAgain()).toEqual({ status: 'refused', reason: 'pin-taken' })
    expect(asked(opened).filter((line) => line.endsWith('/sync'))).toHaveLength(1)
    expect(lock.codes).toHaveLength(2)
  })
})

describe('400 says what Nuki minds, and repeats none of it', () => {
  it.each([
    ['code', 'pin-not-allowed'],
    ['allowedUntilTime', 'window-not-supported'],
    ['name', 'not-allowed'],
  ])('%s', async (parameter, reason) => {
    const { provider, vendor } = open()
    const body = `{"detailMessage":"The value '583926 Ada' given for parameter '${parameter}' is not valid."}`
    vendor.answerNext({ status: 400, body, where: 'PUT' })
    const receipt = await provider.writeCode(frontDoor, guestCode(), calm)
    expect(receipt).toMatchObject({ status: 'refused', reason, detail: expect.stringContaining(parameter) })
    expect(JSON.stringify(receipt)).not.toMatch(/583926|Ada/)
  })
  it('words of its own are kept to itself', async () => {
    const { provider, vendor } = open()
    vendor.answerNext({ status: 400, body: `parameter 'Ada' is not valid`, where: 'PUT' })
    const receipt = await provider.writeCode(frontDoor, guestCode(), calm)
    expect(receipt).toEqual({ status: 'refused', reason: 'not-allowed', detail: 'Nuki does not take this code.' })
  })
})

describe('what a lock needs before it takes codes', () => {
  it('a Keypad: Nuki Web says that there is none', async () => {
    const opened = open()
    await expect(opened.provider.writeCode(cellar, guestCode(), calm)).rejects.toMatchObject({
      code: 'refused',
      remedy: expect.stringContaining('Pair a Keypad'),
    })
    expect(asked(opened).filter((line) => !line.startsWith('GET'))).toEqual([])
  })
  it('a Keypad: Nuki Web does not say, and then refuses the kind of code', async () => {
    const { provider, vendor } = open()
    const body = `{"detailMessage":"The value '13' given for parameter 'type' is not valid."}`
    vendor.answerNext({ status: 400, body, where: 'PUT' })
    await expect(provider.writeCode(frontDoor, guestCode(), calm)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('Keypad'),
    })
  })
  it.each([1, 2])('its admin PIN in Nuki Web (state %i)', async (adminPinState) => {
    const { provider, vendor } = open()
    vendor.lock(frontDoor).adminPinState = adminPinState
    await expect(provider.writeCode(frontDoor, guestCode(), calm)).rejects.toMatchObject({
      code: 'refused',
      remedy: expect.stringContaining('admin PIN'),
    })
    expect((await provider.readAccount(calm)).warning).toContain('waits for its admin PIN')
  })
  it.each([
    [flat12, 'Keypad 1', 100],
    [frontDoor, 'Keypad 2', 200],
  ])('room: lock %s with %s holds %i codes', async (deviceId, _, capacity) => {
    const { provider, vendor, clock } = open()
    const codes = vendor.lock(deviceId).codes
    const number = (n: number) => `${4 + (n % 5)}${1 + (Math.floor(n / 5) % 9)}${1 + (Math.floor(n / 45) % 9)}777`
    for (let n = 0; vendor.lock(deviceId).codes.length < capacity - 1; n += 1)
      vendor.addForeignCode(deviceId, { pin: number(n), label: `Person ${n}` })
    expect(codes.length).toBeLessThan(capacity)
    expect((await provider.readAccount(calm)).warning).toContain(`holds ${capacity - 1} codes of about ${capacity}`)
    expect(await provider.writeCode(deviceId, guestCode(), calm)).toEqual({ status: 'accepted' })
    clock.advance(aWhile)
    const one = guestCode({ pin: '937415', mark: 'sw0a1b2c3d4e5g' })
    expect(await provider.writeCode(deviceId, one, calm)).toMatchObject({ status: 'refused', reason: 'no-capacity' })
    expect(vendor.lock(deviceId).codes).toHaveLength(capacity)
  })
  it('422 is for a person', async () => {
    const { provider, vendor } = open()
    vendor.answerNext({ status: 422, body: '{"code":422,"description":"cannot process 583926"}', where: 'PUT' })
    const failure = provider.writeCode(frontDoor, guestCode(), calm)
    await expect(failure).rejects.toMatchObject({ code: 'refused', remedy: expect.stringContaining('Nuki Web') })
    await expect(failure).rejects.not.toMatchObject({ message: expect.stringContaining(pin) })
  })
})

describe('a code that is not there any more', () => {
  it('cannot be changed: the hub looks again', async () => {
    const opened = open()
    const vendorRef = await written(opened)
    opened.vendor.lock(frontDoor).codes.pop()
    const change = opened.provider.writeCode(frontDoor, guestCode({ vendorRef }), calm)
    await expect(change).rejects.toMatchObject({ code: 'gone' })
  })
  it('is deleted quietly', async () => {
    const { provider } = open()
    expect(await provider.removeCode(frontDoor, '66b0c0ffee0000000000dead', calm)).toEqual({ status: 'accepted' })
  })
})

describe('a code that Nuki does not delete', () => {
  it('is closed after two tries, under its own name, and deleted further', async () => {
    const opened = open({ at: '2026-05-02T08:00:00Z' })
    const { provider, vendor, clock } = opened
    const ref = await written(opened)
    vendor.state.switches.deletes = false
    expect(vendor.enter(frontDoor, pin)).toBe(true)
    const remove = async () => {
      expect(await provider.removeCode(frontDoor, ref, calm)).toEqual({ status: 'accepted' })
      clock.advance(aWhile)
      expect((await ours(provider))?.vendorRef).toBe(ref)
    }
    await remove()
    await remove()
    expect(vendor.enter(frontDoor, pin)).toBe(true)
    await remove()
    expect(vendor.enter(frontDoor, pin)).toBe(false)
    expect(kept(vendor, ref)).toMatchObject({ enabled: false, name: `${mark} Ada`, allowedWeekDays: 127 })
    expect(Date.parse(kept(vendor, ref)?.allowedUntilDate ?? '')).toBeLessThan(Date.parse(clock.now()))
    vendor.state.switches.deletes = true
    await provider.removeCode(frontDoor, ref, calm)
    clock.advance(aWhile)
    expect(await ours(provider)).toBeUndefined()
  })
})
