import { systemEntropy } from '@stayward/core/adapter'
import { calm, describeFixtures, fetchFrom, fixturesIn, instant, testClock } from '@stayward/core/testing'
import { describe, expect, it } from 'vitest'
import intercom from '../src/adapter.ts'
import { deviceAddress, goodAccount } from '../src/testing/index.ts'
import { device, guestCode, mark, open, pin, stay, written } from './words.ts'

const fixtures = fixturesIn(new URL('fixtures/', import.meta.url))
const fixture = fixtures.read
const vendorRef = '5F2C7A10-4B3D-4E21-9A77-0C0FFEE04411'

const answers: Readonly<Record<string, string>> = {
  'system/info': 'info',
  'system/status': 'status',
  'dir/template': 'template',
  'dir/query': 'query',
  'dir/update': 'created',
  'switch/caps': 'switches',
  'log/pull': 'log',
}

/** The adapter in front of a device that says exactly what the fixtures say. */
function fromFixtures(changed: Readonly<Record<string, string>> = {}) {
  const respond = async (request: Request) => {
    const path = new URL(request.url).pathname.replace('/api/', '')
    const name = changed[path] ?? answers[path]
    return Response.json(name === undefined ? { success: true, result: { id: 7 } } : fixture(name).body)
  }
  const config = { address: deviceAddress, ...goodAccount }
  return intercom.open({
    config,
    fetch: fetchFrom({ respond }),
    clock: testClock(instant('2026-05-01T08:00:00Z')),
    entropy: systemEntropy,
  })
}

describeFixtures(fixtures)

describe('read by the adapter', () => {
  it('the device', async () => {
    const provider = fromFixtures()
    expect(await provider.readAccount(calm)).toEqual({
      id: device,
      name: 'Street door',
      note: '2N IP Verso, firmware 2.47.0.60.6',
    })
    expect(await provider.readState?.(device, calm)).toMatchObject({ online: true, clockOffset: 0 })
    expect(await provider.listDoors(device, calm)).toEqual([{ ref: '1', name: 'Switch 1' }])
  })
  it('the codes, and no deleted entry', async () => {
    const forever = { from: null, until: null }
    expect(await fromFixtures().readCodes(device, calm)).toEqual([
      { vendorRef, mark, label: 'Ada', pin, enabled: true, window: stay },
      { vendorRef: '00F0A001-0000-4000-8000-000000000002', label: 'Cleaning', pin: '593827', window: forever },
    ])
  })
  it('what became of a change', async () => {
    const code = guestCode({ vendorRef })
    expect(await fromFixtures().writeCode(device, code, calm)).toEqual({ status: 'confirmed', vendorRef })
    expect(await fromFixtures({ 'dir/update': 'refused-entry' }).writeCode(device, code, calm)).toMatchObject({
      status: 'refused',
    })
    await expect(fromFixtures({ 'dir/update': 'refused' }).writeCode(device, code, calm)).rejects.toMatchObject({
      code: 'refused',
    })
  })
  it('the log', async () => {
    expect(await fromFixtures().readActivity?.(device, stay.from, calm)).toEqual([
      { at: instant('2026-05-01T13:42:10Z'), vendorRef },
    ])
  })
})

describe('the fake answers in the shape of the fixtures', () => {
  /** Every path that a value has, with array positions left out. */
  const pathsOf = (value: unknown, at = ''): string[] => {
    if (Array.isArray(value)) return value.flatMap((one) => pathsOf(one, `${at}[]`))
    if (typeof value !== 'object' || value === null) return [at]
    return Object.entries(value).flatMap(([name, one]) => pathsOf(one, `${at}.${name}`))
  }
  it.each([
    ['info', 'GET', 'system/info', undefined],
    ['status', 'GET', 'system/status', undefined],
    ['template', 'GET', 'dir/template', undefined],
    ['query', 'POST', 'dir/query', { fields: ['name', 'owner', 'access.pin', 'access.code', 'access.validTo'] }],
    ['switches', 'GET', 'switch/caps', undefined],
    ['log', 'GET', 'log/pull?id=1', undefined],
  ])('%s', async (name, method, path, body) => {
    const opened = open({ at: '2026-05-02T08:00:00Z' })
    for (const service of Object.values(opened.vendor.state.services)) service.sign = 'none'
    await written(opened)
    const channel = {
      filter: ['CodeEntered', 'UserAuthenticated'],
      lives: 30_000,
      pulledAt: Date.parse(opened.clock.now()),
      queue: [],
    }
    opened.vendor.state.channels['1'] = channel
    opened.vendor.enter(pin)
    const answer = await opened.vendor.respond(
      new Request(`https://${deviceAddress}/api/${path}`, { method, ...(body ? { body: JSON.stringify(body) } : {}) }),
    )
    const real = new Set(pathsOf(fixture(name).body))
    expect(pathsOf(await answer.json()).filter((one) => !real.has(one))).toEqual([])
  })
})
