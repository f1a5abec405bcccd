import { calm } from '@stayward/core/testing'
import { describe, expect, it } from 'vitest'
import { goodToken, nukiVendor, type NukiState } from '../src/testing/index.ts'
import { aWhile, cellar, flat12, frontDoor, guestCode, open, ours, pin, written } from './words.ts'

/** What the fake does as the vendor would, beside what the other tests rest on. */
const start = Date.parse('2026-05-01T08:00:00Z')
const make = (state?: NukiState) => nukiVendor({ now: () => start, ...(state ? { state } : {}) })

async function ask(vendor: ReturnType<typeof make>, method: string, path: string, body?: object, token = goodToken) {
  const headers = { authorization: `Bearer ${token}` }
  const sent = body === undefined ? {} : { body: JSON.stringify(body) }
  return await vendor.respond(new Request(`https://api.nuki.io${path}`, { method, headers, ...sent }))
}

const fresh = { name: 'x', type: 13, code: 583926, remoteAllowed: false }

describe('the door', () => {
  it.each([
    [{ serverState: 1 }, 'refused'],
    [{ serverState: 4 }, 'device-offline'],
  ])('with %j takes nothing', async (change, code) => {
    const { provider, vendor } = open()
    Object.assign(vendor.lock(flat12), change)
    await expect(provider.writeCode(flat12, guestCode(), calm)).rejects.toMatchObject({ code })
  })
  it('bounds nothing by dates alone, which is the trap', async () => {
    const { vendor, clock } = open()
    const body = { ...fresh, allowedFromDate: '2027-01-01T00:00:00Z', allowedUntilDate: '2027-01-02T00:00:00Z' }
    expect((await ask(vendor, 'PUT', `/smartlock/${frontDoor}/auth`, body)).status).toBe(204)
    clock.advance(aWhile)
    expect(vendor.enter(frontDoor, '583926')).toBe(true)
  })
  it('takes days and hours in its own zone', async () => {
    const { vendor, clock } = open({ at: '2026-05-01T07:00:00Z' }) // Friday, 9:00 in Vienna
    const hours = { allowedWeekDays: 4, allowedFromTime: 540, allowedUntilTime: 600 }
    await ask(vendor, 'PUT', `/smartlock/${frontDoor}/auth`, { ...fresh, ...hours })
    clock.advance(aWhile)
    expect(vendor.enter(frontDoor, '583926')).toBe(true)
    clock.advance(2 * 3_600_000)
    expect(vendor.enter(frontDoor, '583926')).toBe(false)
    clock.advance(22 * 3_600_000) // Saturday, 9:00
    expect(vendor.enter(frontDoor, '583926')).toBe(false)
  })
  it('opens on request by unlatching; a Box by its own word', async () => {
    const { provider, vendor } = open()
    await provider.open?.(frontDoor, calm)
    expect(vendor.openings(frontDoor)).toBe(1)
    vendor.lock(cellar).type = 1
    expect(await provider.open?.(cellar, calm)).toEqual({ status: 'accepted' })
    expect(vendor.openings(cellar)).toBe(1)
    vendor.answerNext({ status: 405, where: 'action' })
    expect(await provider.open?.(frontDoor, calm)).toMatchObject({ status: 'refused', reason: 'not-allowed' })
    expect(vendor.openings(frontDoor)).toBe(1)
  })
})

describe('the server', () => {
  it.each([
    ['a code that begins with 12', { code: 123456 }, 'code'],
    ['a code with a zero', { code: 583920 }, 'code'],
    ['a code as text', { code: '583926' }, 'code'],
    ['no code', { code: undefined }, 'code'],
    ['a long name', { name: 'sw0a1b2c3d4e5f Wilhelmina' }, 'name'],
    ['no word on remote access', { remoteAllowed: undefined }, 'remoteAllowed'],
    ['a Unix time', { allowedFromDate: 1_777_000_000 }, 'allowedFromDate'],
    ['another type', { type: 0 }, 'accountUserId'],
  ])('refuses %s by name', async (_, change, parameter) => {
    const answer = await ask(make(), 'PUT', `/smartlock/${frontDoor}/auth`, { ...fresh, ...change })
    expect(answer.status).toBe(400)
    expect(await answer.text()).toContain(`'${parameter}'`)
  })
  it('refuses a code for a lock without a Keypad', async () => {
    expect((await ask(make(), 'PUT', `/smartlock/${cellar}/auth`, fresh)).status).toBe(400)
  })
  it('keeps a PIN taken that has not reached the lock yet', async () => {
    const vendor = make()
    expect((await ask(vendor, 'PUT', `/smartlock/${frontDoor}/auth`, fresh)).status).toBe(204)
    expect((await ask(vendor, 'PUT', `/smartlock/${frontDoor}/auth`, fresh)).status).toBe(409)
    expect((await ask(vendor, 'PUT', `/smartlock/${flat12}/auth`, fresh)).status).toBe(204)
  })
  it('clears what an update leaves out', async () => {
    const opened = open()
    const ref = await written(opened)
    await ask(opened.vendor, 'POST', `/smartlock/${frontDoor}/auth/${ref}`, { name: 'sw0a1b2c3d4e5f Ada' })
    opened.clock.advance(aWhile)
    expect(await ours(opened.provider)).toMatchObject({ pin, window: { from: null, until: null } })
  })
  it('asks for a token and its scope', async () => {
    const vendor = make()
    expect((await ask(vendor, 'GET', '/smartlock', undefined, 'another')).status).toBe(401)
    vendor.state.tokens['reader'] = ['smartlock.readOnly']
    expect((await ask(vendor, 'GET', '/smartlock', undefined, 'reader')).status).toBe(200)
    expect((await ask(vendor, 'GET', `/smartlock/${frontDoor}/log`, undefined, 'reader')).status).toBe(403)
    expect((await ask(vendor, 'GET', '/smartlock/1')).status).toBe(404)
  })
  it('logs twenty rows unless told, fifty at most, and wants real dates', async () => {
    const vendor = make()
    for (let n = 0; n < 60; n += 1) vendor.enter(frontDoor, '999999')
    const rows = async (query: string) => {
      const answer = await ask(vendor, 'GET', `/smartlock/${frontDoor}/log${query}`)
      return ((await answer.json()) as readonly unknown[]).length // a list on 200
    }
    expect(await rows('')).toBe(20)
    expect(await rows('?limit=500&offset=40')).toBe(50)
    expect((await ask(vendor, 'GET', `/smartlock/${frontDoor}/log?fromDate=1777000000`)).status).toBe(400)
  })
  it('shows the secret of a webhook once', async () => {
    const vendor = make()
    const list = await (await ask(vendor, 'GET', '/api/decentralWebhook')).text()
    expect(list).toContain('hub.example.org')
    expect(list).not.toContain('secret')
  })
})

it('can be stored and continued with a change on its way', async () => {
  const first = open()
  await first.provider.writeCode(frontDoor, guestCode(), calm)
  const state = JSON.parse(JSON.stringify(first.vendor.state)) as NukiState // what was just written
  const second = nukiVendor({ state, now: () => start + aWhile })
  expect(second.codesOn(frontDoor).map((code) => code.pin)).toContain(pin)
})
