import { systemEntropy } from '@stayward/core/adapter'
import { calm, describeFixtures, fetchFrom, fixturesIn, instant, testClock } from '@stayward/core/testing'
import { describe, expect, it } from 'vitest'
import nuki from '../src/adapter.ts'
import { goodToken } from '../src/testing/index.ts'
import { aWhile, frontDoor, guestCode, mark, open, pin, stay, written } from './words.ts'

const fixtures = fixturesIn(new URL('fixtures/', import.meta.url))
const fixture = fixtures.read

/** The adapter in front of a server that says exactly what the fixtures say. */
function fromFixtures() {
  const respond = async (request: Request) => {
    const { pathname } = new URL(request.url)
    if (pathname === '/smartlock') return Response.json(fixture('locks').body)
    if (pathname.endsWith('/auth')) return Response.json(fixture('codes').body)
    if (pathname.endsWith('/log')) return Response.json(fixture('log').body)
    const [lock] = fixture('locks').body as readonly object[] // a list, by its source
    return Response.json(lock)
  }
  const config = { apiToken: goodToken }
  return nuki.open({ config, fetch: fetchFrom({ respond }), clock: testClock(), entropy: systemEntropy })
}

describeFixtures(fixtures)

describe('read by the adapter', () => {
  it('the lock', async () => {
    const provider = fromFixtures()
    expect(await provider.readAccount(calm)).toEqual({ id: '40001', note: '1 lock' })
    expect(await provider.listDevices(calm)).toEqual([{ id: frontDoor, name: 'Front door' }])
    expect(await provider.readState?.(frontDoor, calm)).toEqual({ online: true, battery: { low: false, percent: 82 } })
  })
  it('the codes of the keypad, and nobody’s phone', async () => {
    const limited = { pin, enabled: true, synced: true, window: stay }
    expect(await fromFixtures().readCodes(frontDoor, calm)).toEqual([
      { vendorRef: '66b0c0ffee0000000000a001', mark, label: 'Ada', ...limited },
      {
        vendorRef: '66b0c0ffee0000000000a002',
        label: 'Cleaning',
        pin: '864297',
        enabled: false,
        synced: false,
        window: { from: null, until: null },
      },
    ])
  })
  it('the log', async () => {
    expect(await fromFixtures().readActivity?.(frontDoor, stay.from, calm)).toEqual([
      { at: instant('2026-05-01T13:22:10Z'), vendorRef: '66b0c0ffee0000000000a001', mark },
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
  const strangeIn = (name: string, faked: unknown) => {
    const real = new Set(pathsOf(fixture(name).body))
    return pathsOf(faked).filter((one) => !real.has(one))
  }
  it.each([
    ['locks', '/smartlock'],
    ['codes', `/smartlock/${frontDoor}/auth?types=13`],
    ['log', `/smartlock/${frontDoor}/log`],
  ])('%s', async (name, path) => {
    const opened = open({ at: '2026-05-02T08:00:00Z' })
    await written(opened)
    opened.vendor.enter(frontDoor, pin)
    const headers = { authorization: `Bearer ${goodToken}` }
    const answer = await opened.vendor.respond(new Request(`https://api.nuki.io${path}`, { headers }))
    expect(strangeIn(name, await answer.json())).toEqual([])
  })
  it('webhooks', async () => {
    const { provider, vendor, clock } = open({ at: '2026-05-02T08:00:00Z' })
    await provider.writeCode(frontDoor, guestCode(), calm)
    clock.advance(aWhile)
    vendor.enter(frontDoor, pin)
    vendor.setOnline(frontDoor, false)
    const bodies = vendor.dueWebhooks().map(({ body }) => JSON.parse(body) as object)
    const kinds = ['webhook-auths', 'webhook-log', 'webhook-masterdata', 'webhook-status']
    expect(bodies).toHaveLength(kinds.length)
    for (const [n, kind] of kinds.entries()) expect(strangeIn(kind, bodies[n]), kind).toEqual([])
  })
})
