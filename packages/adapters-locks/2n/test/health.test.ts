import { calm } from '@stayward/core/testing'
import { describe, expect, it } from 'vitest'
import { device, open } from './words.ts'

describe('the connection test', () => {
  it('names model and firmware', async () => {
    expect(await open().provider.readAccount(calm)).toEqual({
      id: device,
      name: 'Street door',
      note: '2N IP Verso, firmware 2.47.0.60.6',
    })
  })
  it.each([
    [60_000, undefined],
    [-60_000, undefined],
    [61_000, /1 min ahead/],
    [-5 * 60_000, /5 min behind.*too late.*time server/],
    [4 * 3_600_000, /4 h ahead.*too early/],
  ])('a clock that is off by %i ms: %s', async (offset, says) => {
    const { provider, vendor } = open()
    vendor.state.clockOffset = offset
    const { warning } = await provider.readAccount(calm)
    if (says === undefined) expect(warning).toBeUndefined()
    else expect(warning).toMatch(says)
  })
})

describe('the state', () => {
  it('is heard from the device itself, with its clock', async () => {
    const { provider, vendor, clock } = open()
    vendor.state.clockOffset = -300_000
    expect(await provider.readState?.(device, calm)).toEqual({
      online: true,
      lastSeen: clock.now(),
      clockOffset: -300_000,
    })
  })
  it('of a device that does not answer is a failure that says where to look', async () => {
    const { provider, vendor } = open()
    vendor.setOnline(device, false)
    await expect(provider.readState?.(device, calm)).rejects.toMatchObject({
      code: 'unreachable',
      remedy: expect.stringMatching(/power and network.*VPN/),
    })
  })
})
