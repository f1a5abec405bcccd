import { calm } from '@stayward/core/testing'
import { describe, expect, it } from 'vitest'
import nuki from '../src/adapter.ts'
import { cellar, flat12, frontDoor, open } from './words.ts'

describe('device ids', () => {
  it.each([frontDoor, '900000004', '1'])('"%s" is one', (id) => {
    expect(nuki.deviceId?.safeParse(id).success).toBe(true)
  })
  it.each(['', '42AEA3C1', '0x1f', '017900000001', '17900000001/1', ' 17900000001', '-1', '1e9'])(
    '"%s" is none, and the refusal says where to look',
    (id) => {
      const result = nuki.deviceId?.safeParse(id)
      expect(result?.success).toBe(false)
      expect(result?.error?.issues[0]?.message).toMatch(/hexadecimal.*copy the id from there/)
    },
  )
  it('none of another shape is asked for', async () => {
    const { provider, wire } = open()
    await expect(provider.readCodes('../account', calm)).rejects.toMatchObject({ code: 'gone' })
    expect(wire.calls).toEqual([])
  })
})

describe('one account with several locks', () => {
  it('lists them all, with what has to be known of each', async () => {
    const { provider, vendor } = open()
    vendor.setOnline(flat12, false)
    expect(await provider.listDevices(calm)).toEqual([
      { id: frontDoor, name: 'Front door' },
      { id: flat12, name: 'Flat 12', note: 'This lock is offline.' },
      { id: cellar, name: 'Cellar', note: 'This lock has no Keypad.' },
      { id: '900000004', name: 'Street door' },
    ])
  })
  it('counts them, and warns of those that a guest may meet', async () => {
    const { provider, vendor } = open()
    expect(await provider.readAccount(calm)).toEqual({ id: '40001', note: '4 locks' })
    vendor.setOnline(flat12, false)
    vendor.lock(frontDoor).batteryCritical = true
    expect((await provider.readAccount(calm)).warning).toBe('Front door has a low battery; Flat 12 is offline.')
  })
  it('warns of five and counts the rest', async () => {
    const { provider, vendor } = open()
    for (let n = 0; n < 6; n += 1)
      vendor.state.locks.push({ ...vendor.lock(flat12), smartlockId: 50_000 + n, name: '', serverState: 4 })
    const { warning } = await provider.readAccount(calm)
    expect(warning).toMatch(/^Lock 50000 is offline; .*; Lock 50004 is offline; and 1 more\.$/)
  })
  it('codes of one do not show on another', async () => {
    const { provider } = open()
    expect(await provider.readCodes(frontDoor, calm)).toHaveLength(2)
    expect(await provider.readCodes(flat12, calm)).toEqual([])
  })
  it('a token that shows no lock says where to switch Nuki Web on', async () => {
    const { provider, vendor } = open()
    vendor.state.locks = []
    await expect(provider.readAccount(calm)).rejects.toMatchObject({
      code: 'refused',
      remedy: expect.stringContaining('switch on Nuki Web'),
    })
  })
})

describe('a failed list is not an empty one', () => {
  it.each([
    [500, '<h1>Error</h1>', 'unreachable'],
    [200, '{}', 'bad-response'],
    [200, '[{"id":"a","smartlockId":17900000001,"type":13}]', 'bad-response'],
    [204, '', 'bad-response'],
    [404, '', 'gone'],
    [403, '', 'auth'],
    [400, '', 'refused'],
    [429, '', 'rate-limited'],
  ])('%i %s', async (status, body, code) => {
    const { provider, vendor } = open()
    vendor.answerNext({ status, ...(body === '' ? {} : { body }), where: '/auth' })
    await expect(provider.readCodes(frontDoor, calm)).rejects.toMatchObject({
      code,
      remedy: expect.stringMatching(/\w/),
    })
    expect(await provider.readCodes(frontDoor, calm)).toHaveLength(2)
  })
})
