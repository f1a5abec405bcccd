import { AdapterError } from '@stayward/core/adapter'
import { calm } from '@stayward/core/testing'
import { describe, expect, it } from 'vitest'
import { asked, flat12, guestCode, kept, open, stay, written } from './words.ts'

const signIn = 'POST /api/login_check'
const signIns = (wire: Parameters<typeof asked>[0]) => asked(wire).filter((call) => call === signIn).length

describe('signing in', () => {
  it('is a form, with the plus of the phone and the signs of the password encoded', async () => {
    const { provider, wire } = open()
    await provider.readAccount(calm)
    const [call] = wire.calls
    expect(call?.body).toBe('_username=%2B33600000000&_password=p%26ss%2Bword+42%25')
    expect(call?.request.headers.get('content-type')).toBe('application/x-www-form-urlencoded')
  })

  it('happens once for an hour less a minute, by the given clock', async () => {
    const { provider, wire, clock } = open()
    await provider.readAccount(calm)
    clock.advance(3_539_000)
    await provider.readAccount(calm)
    expect(signIns(wire)).toBe(1)
    clock.advance(1_000)
    await provider.readAccount(calm)
    expect(signIns(wire)).toBe(2)
  })

  it('follows a shorter life of the token', async () => {
    const { provider, vendor, wire, clock } = open()
    vendor.state.switches.tokenLifetime = 600
    await provider.readAccount(calm)
    clock.advance(540_000)
    await provider.readAccount(calm)
    expect(signIns(wire)).toBe(2)
    expect(wire.calls.map(({ outcome }) => outcome)).not.toContain(401)
  })

  it('happens once for all calls that need it at the same time', async () => {
    const { provider, wire } = open()
    await Promise.all([provider.readAccount(calm), provider.readCodes(flat12, calm), provider.listDevices(calm)])
    expect(signIns(wire)).toBe(1)
  })

  it('goes on for the others when one of the callers leaves', async () => {
    const { provider, wire } = open()
    const abort = new AbortController()
    const leaving = provider.readAccount({ signal: abort.signal })
    const staying = provider.readCodes(flat12, calm)
    abort.abort(new Error('the look lost its lease'))
    await expect(leaving).rejects.toThrow('lost its lease')
    expect(await staying).toHaveLength(2)
    expect(signIns(wire)).toBe(1)
  })

  it.each(['token', 'access_token', 'both'] as const)('takes the token from an answer with %s', async (tokens) => {
    const { provider, vendor } = open()
    vendor.state.switches.tokens = tokens
    expect((await provider.readAccount(calm)).id).toBe('501')
  })

  it.each([400, 401, 403, 422])('that is answered with %i means wrong credentials', async (status) => {
    const { provider, vendor } = open()
    vendor.answerNext({ answer: 'http', status, path: 'login_check' })
    await expect(provider.readAccount(calm)).rejects.toMatchObject({
      code: 'auth',
      remedy: expect.stringContaining('phone number'),
    })
  })

  it('that brings no token means wrong credentials', async () => {
    const { provider, vendor } = open()
    vendor.answerNext({ answer: 'status-in-200', status: 200, path: 'login_check' })
    await expect(provider.readAccount(calm)).rejects.toMatchObject({ code: 'auth' })
  })

  it('at an address that is gone is no judgement on the credentials', async () => {
    const { provider, vendor } = open()
    vendor.answerNext({ answer: 'http', status: 404, path: 'login_check' })
    await expect(provider.readAccount(calm)).rejects.toMatchObject({ code: 'bad-response' })
  })
})

describe('a token that the cloud no longer takes', () => {
  it('is replaced once, and the write is made exactly once', async () => {
    const { provider, vendor, wire } = open()
    await provider.readCodes(flat12, calm)
    vendor.endTokens()
    const ref = await written(provider)
    expect(signIns(wire)).toBe(2)
    expect(vendor.state.shares.filter(({ description }) => description === guestCode().mark)).toEqual([
      kept(vendor, ref),
    ])
  })

  it('is replaced also when the refusal stands inside a 200', async () => {
    const { provider, vendor, wire } = open()
    await provider.readAccount(calm)
    vendor.answerNext({ answer: 'status-in-200', status: 401 })
    expect(await provider.readCodes(flat12, calm)).toHaveLength(2)
    expect(signIns(wire)).toBe(2)
  })

  it('twice in a row means that the credentials no longer hold', async () => {
    const { provider, vendor, wire } = open()
    await provider.readAccount(calm)
    vendor.answerNext({ answer: 'http', status: 401, times: 9, path: '/fr/api/v2/' })
    await expect(provider.readCodes(flat12, calm)).rejects.toMatchObject({ code: 'auth' })
    expect(signIns(wire)).toBe(2)
  })

  it('is replaced once for all calls that meet it together', async () => {
    const { provider, vendor, wire } = open()
    await provider.readAccount(calm)
    vendor.endTokens()
    await Promise.all([
      provider.readCodes(flat12, calm),
      provider.readCodes('7002/Kp3vN6Hd', calm),
      provider.readAccount(calm),
    ])
    expect(signIns(wire)).toBe(2)
  })

  it('and a changed password end as auth, without the password in the error', async () => {
    const { provider, vendor } = open()
    await provider.readAccount(calm)
    vendor.state.account.password = 'changed by a person'
    vendor.endTokens()
    const error: unknown = await provider.writeCode(flat12, guestCode(), calm).catch((cause: unknown) => cause)
    expect(AdapterError.is(error) && error.code).toBe('auth')
    expect(JSON.stringify(error)).not.toContain('p&ss')
    expect(vendor.codesOn(flat12).map(({ pin }) => pin)).not.toContain('0472')
  })
})

describe('calls of one account', () => {
  it('go out one at a time', async () => {
    const { provider, wire, vendor } = open()
    let under = 0
    let most = 0
    const respond = vendor.respond.bind(vendor)
    Object.assign(vendor, {
      respond: async (request: Request) => {
        most = Math.max(most, ++under)
        const answer = await respond(request)
        under -= 1
        return answer
      },
    })
    await Promise.all(Array.from({ length: 6 }, () => provider.readCodes(flat12, calm)))
    expect(most).toBe(1)
    expect(asked(wire).filter((call) => call.includes('partage/all'))).toHaveLength(6)
  })

  it('that are aborted in the line send nothing and hold nobody up', async () => {
    const { provider, wire } = open()
    await provider.readCodes(flat12, calm)
    const before = wire.calls.length
    const abort = new AbortController()
    const first = provider.readCodes(flat12, calm)
    const second = provider.writeCode(flat12, guestCode({ window: stay }), { signal: abort.signal })
    const third = provider.readCodes(flat12, calm)
    abort.abort(new Error('stopping'))
    await expect(second).rejects.toThrow('stopping')
    expect(await first).toEqual(await third)
    expect(
      asked(wire)
        .slice(before)
        .filter((call) => call.startsWith('POST')),
    ).toEqual([])
  })
})
