import { calm } from '@stayward/core/testing'
import { describe, expect, it } from 'vitest'
import type { Service } from '../src/testing/2n-state.ts'
import { asked, device, guestCode, open, written } from './words.ts'

const outcomes = ({ wire }: ReturnType<typeof open>) => wire.calls.map(({ outcome }) => outcome)
const header = ({ wire }: ReturnType<typeof open>, n: number) =>
  wire.calls.at(n)?.request.headers.get('authorization') ?? ''

describe('digest', () => {
  it('asks once, answers the challenge, and goes on with the same nonce', async () => {
    const opened = open()
    await opened.provider.readCodes(device, calm)
    expect(asked(opened)).toEqual(['GET system/info', 'GET system/info', 'GET dir/template', 'POST dir/query'])
    expect(outcomes(opened)).toEqual([401, 200, 200, 200])
    expect(header(opened, 0)).toBe('')
    expect([1, 2, 3].map((n) => /nc=(\w+)/.exec(header(opened, n))?.[1])).toEqual(['00000001', '00000002', '00000003'])
  })
  it.each([
    ['SHA-256', true],
    ['MD5', false],
    ['SHA-256', false],
  ] as const)('with %s, and qop %s', async (algorithm, counted) => {
    const opened = open()
    Object.assign(opened.vendor.state, { algorithm, counted })
    await written(opened)
    expect(opened.vendor.codesOn(device)).toHaveLength(2)
  })
  it('a nonce that is too old is replaced once, and the write is done once', async () => {
    const opened = open()
    await opened.provider.readCodes(device, calm)
    opened.clock.advance(opened.vendor.state.nonceLives)
    const before = opened.wire.calls.length
    await opened.provider.readCodes(device, calm)
    expect(outcomes(opened).slice(before)).toEqual([401, 200, 200, 200])
  })
  it('goes on after a restart of the device, which forgets its nonces', async () => {
    const opened = open()
    await opened.provider.readCodes(device, calm)
    opened.vendor.restart()
    expect(await opened.provider.readCodes(device, calm)).toHaveLength(1)
  })
  it('a wrong password is sent once per call, and the answer says where accounts are (trap 21)', async () => {
    const opened = open()
    const [account] = opened.vendor.state.accounts
    if (account) account.password = 'changed'
    await expect(opened.provider.readCodes(device, calm)).rejects.toMatchObject({
      code: 'auth',
      remedy: expect.stringContaining('Services → HTTP API'),
    })
    expect(outcomes(opened)).toEqual([401, 401])
  })
  it('a challenge that nobody can answer is a refusal, not a loop', async () => {
    const opened = open()
    opened.vendor.answerNext({ status: 401, body: '' })
    await expect(opened.provider.readCodes(device, calm)).rejects.toMatchObject({ code: 'auth' })
    expect(opened.wire.calls).toHaveLength(1)
  })
})

describe('trap 20: each service is signed in to in its own way', () => {
  const openWith = (service: Service, change: { sign?: 'digest' | 'basic' | 'none'; enabled?: boolean }) => {
    const opened = open()
    Object.assign(opened.vendor.state.services[service], change)
    return opened
  }
  it('Basic for one and nothing for another beside Digest', async () => {
    const opened = openWith('switch', { sign: 'basic' })
    opened.vendor.state.services.log.sign = 'none'
    expect((await opened.provider.readAccount(calm)).warning).toBeUndefined()
    const kinds = opened.wire.calls
      .filter(({ outcome }) => outcome === 200)
      .map(({ request }) => request.headers.get('authorization')?.split(' ')[0] ?? 'none')
    expect(kinds).toEqual(['Digest', 'Digest', 'Digest', 'Basic', 'none'])
  })
  it('a switch service that is off, or not permitted, is a warning: codes work without it', async () => {
    const opened = openWith('switch', { enabled: false })
    expect((await opened.provider.readAccount(calm)).warning).toMatch(
      /cannot open the door.*Switch API.*switched off.*switch the Switch API on/,
    )
    await written(opened)
    await expect(opened.provider.listDoors(device, calm)).rejects.toMatchObject({ code: 'refused' })
  })
  it('a log without privilege is a warning that names the privilege', async () => {
    const opened = open()
    const [account] = opened.vendor.state.accounts
    if (account) account.privileges = account.privileges.filter((one) => one !== 'log')
    expect((await opened.provider.readAccount(calm)).warning).toMatch(/does not learn who came in.*tick.*Logging/)
  })
  it('without the privilege for the directory nothing works, and the failure names it', async () => {
    const opened = open()
    const [account] = opened.vendor.state.accounts
    if (account) account.privileges = ['system-monitoring']
    const refusal = { code: 'auth', remedy: expect.stringContaining('System – Control') }
    await expect(opened.provider.readAccount(calm)).rejects.toMatchObject(refusal)
    await expect(opened.provider.writeCode(device, guestCode(), calm)).rejects.toMatchObject(refusal)
  })
})

it('trap 22: the signed address holds the query', async () => {
  const opened = open()
  await opened.provider.openDoor?.(device, '1', calm)
  const signed = opened.wire.calls.filter(({ request }) => request.url.includes('switch/ctrl')).at(-1)
  expect(signed?.request.headers.get('authorization')).toContain('uri="/api/switch/ctrl?switch=1&action=trigger"')
  expect(signed?.outcome).toBe(200)
})

it('asks one thing after the other, whoever calls', async () => {
  const opened = open()
  await Promise.all([opened.provider.readCodes(device, calm), opened.provider.readAccount(calm)])
  expect(outcomes(opened).filter((outcome) => outcome === 401)).toHaveLength(3) // one for each service
})
