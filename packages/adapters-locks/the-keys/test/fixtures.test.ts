import { type Clock, systemEntropy } from '@stayward/core/adapter'
import { calm, describeFixtures, fetchFrom, fixturesIn, instant } from '@stayward/core/testing'
import { describe, expect, it } from 'vitest'
import theKeys from '../src/adapter.ts'
import { theKeysVendor } from '../src/testing/index.ts'
import { flat12, guestCode } from './words.ts'

const fixtures = fixturesIn(new URL('fixtures/', import.meta.url))
const fixture = fixtures.read
const clock: Clock = { now: () => instant('2026-05-01T08:00:00Z') }

/** The adapter in front of a cloud that says exactly what the fixtures say. */
function fromFixtures() {
  const answers = [
    ['/api/login_check', 'sign-in'],
    ['/utilisateur/get/', 'account'],
    ['/partage/all/', 'codes'],
    ['/partage/create/', 'created'],
  ] as const
  const respond = async (request: Request) => {
    const [, name] = answers.find(([path]) => request.url.includes(path)) ?? []
    return name ? Response.json(fixture(name).body) : new Response('', { status: 404 })
  }
  const config = { username: '+33600000000', password: 'any' }
  return theKeys.open({ config, fetch: fetchFrom({ respond }), clock, entropy: systemEntropy })
}

describeFixtures(fixtures)

describe('read by the adapter', () => {
  it('the account', async () => {
    const provider = fromFixtures()
    expect(await provider.readAccount(calm)).toMatchObject({ id: '501', note: '2 locks' })
    const devices = await provider.listDevices(calm)
    expect(devices[0]).toEqual({ id: flat12, name: 'Flat 12', zone: 'Europe/Paris' })
    expect(await provider.readState?.(flat12, calm)).toEqual({
      lastSeen: '2026-05-01T07:58:12.000Z',
      online: true,
      battery: { low: false, percent: 57 },
    })
    expect(JSON.stringify(devices)).not.toContain('secret')
  })
  it('the codes, in every form of their times', async () => {
    expect(await fromFixtures().readCodes(flat12, calm)).toEqual([
      {
        vendorRef: '88002',
        mark: 'sw0a1b2c3d4e5f',
        label: 'Guest A',
        pin: '0472',
        enabled: true,
        window: { from: '2026-05-01T13:00:00.000Z', until: '2026-05-03T10:00:00.000Z' },
      },
      {
        vendorRef: '88003',
        label: 'Guest B',
        pin: '5831',
        enabled: true,
        window: { from: '2026-05-03T13:00:00.000Z', until: '2026-05-04T10:00:00.000Z' },
      },
      { vendorRef: '88004', label: 'Owner', pin: '9310', enabled: false, window: { from: null, until: null } },
    ])
  })
  it('the answer to a create', async () => {
    expect(await fromFixtures().writeCode(flat12, guestCode(), calm)).toEqual({
      status: 'accepted',
      vendorRef: '88005',
    })
  })
})

describe('the fake answers in the shape of the fixtures', () => {
  /** Every path that a value has, with array positions left out. */
  const pathsOf = (value: unknown, at = ''): string[] => {
    if (Array.isArray(value)) return value.flatMap((one) => pathsOf(one, `${at}[]`))
    if (typeof value !== 'object' || value === null) return [at]
    return Object.entries(value).flatMap(([name, one]) => pathsOf(one, `${at}.${name}`))
  }
  const answered = async (method: 'GET' | 'POST', path: string, body?: string): Promise<unknown> => {
    const vendor = theKeysVendor({ now: () => Date.parse('2026-05-01T08:00:00Z') })
    vendor.state.tokens['made-for-this-test'] = Number.MAX_SAFE_INTEGER
    const headers = { authorization: 'Bearer made-for-this-test', 'content-type': 'application/x-www-form-urlencoded' }
    return await (
      await vendor.respond(
        new Request(`https://api.the-keys.fr${path}`, { method, headers, ...(body === undefined ? {} : { body }) }),
      )
    ).json()
  }
  it.each([
    ['sign-in', 'POST', '/api/login_check', '_username=%2B33600000000&_password=p%26ss%2Bword+42%25'],
    ['account', 'GET', '/fr/api/v2/utilisateur/get/%2B33600000000', undefined],
    ['codes', 'GET', '/fr/api/v2/partage/all/serrure/7001', undefined],
    ['created', 'POST', '/fr/api/v2/partage/create/7001/accessoire/Kp7xQ2Za', 'partage_accessoire[code]=0472'],
  ] as const)('%s', async (name, method, path, body) => {
    const real = new Set(pathsOf(fixture(name).body))
    const faked = new Set(pathsOf(await answered(method, path, body)))
    expect([...faked].filter((one) => !real.has(one))).toEqual([])
  })
})
