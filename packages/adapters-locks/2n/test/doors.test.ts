import { calm } from '@stayward/core/testing'
import { describe, expect, it } from 'vitest'
import intercom from '../src/adapter.ts'
import { asked, device, open } from './words.ts'

describe('doors', () => {
  it('are the switches that end by themselves (traps 10 and 18)', async () => {
    const { provider } = open()
    expect(await provider.listDoors(device, calm)).toEqual([
      { ref: '1', name: 'Switch 1' },
      { ref: '4', name: 'Switch 4' },
    ])
  })
  it.each([
    ['2', /monostable/],
    ['3', /disabled/],
    ['9', /no such switch/],
    ['1&action=hold', /no such switch/],
    ['', /no such switch/],
  ])('switch "%s" is refused, and nothing is ordered', async (ref, detail) => {
    const opened = open()
    const receipt = await opened.provider.openDoor?.(device, ref, calm)
    expect(receipt).toMatchObject({ status: 'refused', detail: expect.stringMatching(detail) })
    expect(asked(opened)).not.toContain('GET switch/ctrl')
    expect(opened.vendor.openings(device)).toBe(0)
    expect(opened.vendor.state.switches.some(({ active }) => active)).toBe(false)
  })
  it('a switch that is locked says so', async () => {
    const { provider, vendor } = open()
    for (const one of vendor.state.switches) one.locked = true
    expect(await provider.openDoor?.(device, '1', calm)).toMatchObject({
      status: 'refused',
      detail: expect.stringContaining('locked'),
    })
  })
  it('an order whose answer was lost is not repeated', async () => {
    const { provider, vendor, wire } = open()
    wire.failNext('timeout-after', ({ url, headers }) => url.includes('ctrl') && headers.has('authorization'))
    await expect(provider.openDoor?.(device, '1', calm)).rejects.toMatchObject({ code: 'outcome-unknown' })
    expect(vendor.openings(device)).toBe(1)
  })
})

describe('device ids', () => {
  it.each([device, '08123456', '54-0842-0017-A'])('"%s" is one', (id) => {
    expect(intercom.deviceId?.safeParse(id).success).toBe(true)
  })
  it.each(['', '192.168.1.40', 'Street door', '-1', 'abc'])(
    '"%s" is none, and the refusal says where to look',
    (id) => {
      expect(intercom.deviceId?.safeParse(id).error?.issues[0]?.message).toMatch(/serial number.*copy the id/s)
    },
  )
  it('the device is listed under its name', async () => {
    const { provider, vendor } = open()
    const note = '2N IP Verso, firmware 2.47.0.60.6'
    expect(await provider.listDevices(calm)).toEqual([{ id: device, name: 'Street door', note }])
    vendor.state.deviceName = ''
    expect((await provider.listDevices(calm))[0]?.name).toBe('2N IP Verso')
  })
})

describe('names that visitors find', () => {
  const entry = { mark: 'sw0a1b2c3d4eff', name: 'Flat 12', callTo: 'sip:12@house.example' }
  it('are no codes', async () => {
    const { provider } = open()
    await provider.writeEntry?.(device, entry, calm)
    expect(await provider.readCodes(device, calm)).toHaveLength(1)
  })
  it('cannot be on a device without a directory', async () => {
    const { provider, vendor } = open()
    const { callPos: _calls, ...template } = vendor.state.template
    vendor.state.template = template
    await expect(provider.writeEntry?.(device, entry, calm)).rejects.toMatchObject({ code: 'refused' })
  })
  it('that somebody deleted are gone, and the hub hears it', async () => {
    const { provider, vendor } = open()
    const { vendorRef = '' } = (await provider.writeEntry?.(device, entry, calm)) ?? {}
    vendor.factoryReset()
    await expect(provider.writeEntry?.(device, { ...entry, vendorRef }, calm)).rejects.toMatchObject({ code: 'gone' })
  })
})
