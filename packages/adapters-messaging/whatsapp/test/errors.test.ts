import { calm } from '@stayward/core/testing'
import { describe, expect, it } from 'vitest'
import { knownCodes, meaningOf } from '../src/whatsapp-errors.ts'
import { bench, hour, message, stranger } from './open.ts'

const tellable = message({ to: stranger })

/** Codes as the vendor's table groups them; what each has to become. */
const retried = [1, 2, 4, 17, 341, 613, 80007, 130429, 131000, 131016, 131056, 131057, 133004, 133015, 2494100]
const signIns = [0, 102, 190]
const operators = [
  3, 10, 200, 219, 299, 33, 368, 131005, 131031, 131037, 131045, 131048, 132068, 132069, 133000, 133005, 133006, 133008,
  133009, 133010, 133016, 134011, 134100, 134101, 134102, 2388019, 2388024, 2388040, 2388047, 2388072, 2388073, 2388293,
  2388299,
]
const messages: Readonly<Record<number, string>> = {
  100: 'bad-content',
  130472: 'too-often',
  130497: 'not-allowed',
  131008: 'bad-content',
  131009: 'bad-content',
  131021: 'bad-address',
  131026: 'bad-address',
  131030: 'not-allowed',
  131042: 'no-credit',
  131047: 'outside-window',
  131049: 'too-often',
  131050: 'opted-out',
  131051: 'bad-content',
  131052: 'bad-content',
  131053: 'bad-content',
  131055: 'bad-content',
  131060: 'bad-content',
  131062: 'bad-address',
  132000: 'bad-content',
  132001: 'outside-window',
  132005: 'bad-content',
  132007: 'outside-window',
  132012: 'bad-content',
  132015: 'outside-window',
  132016: 'outside-window',
  132018: 'bad-content',
  135000: 'bad-content',
}

const sending = async (code: number, http?: number) => {
  const bed = bench()
  bed.vendor.failNext({ code, ...(http === undefined ? {} : { http }) })
  const outcome = await bed.provider.send(tellable, calm).catch((error: unknown) => error)
  expect(bed.vendor.received(stranger), 'nothing was sent').toEqual([])
  return { outcome, now: Date.parse(bed.now()) }
}

describe('an error of a send', () => {
  it('is known in all of its codes, and here', () => {
    const here = [...retried, ...signIns, ...operators, ...Object.keys(messages).map(Number)]
    expect(new Set(here.filter((code) => !(code >= 200 && code <= 299)))).toEqual(new Set(knownCodes))
  })
  it.each(retried)('%i is tried again, and when', async (code) => {
    const { outcome, now } = await sending(code)
    expect(outcome).toMatchObject({ code: 'rate-limited', message: expect.stringContaining(`code ${code}`) })
    const retryAt = Date.parse((outcome as { retryAt: string }).retryAt) // matched above
    expect(retryAt - now).toBeGreaterThanOrEqual(15_000)
    expect(retryAt - now).toBeLessThanOrEqual(15 * 60_000)
  })
  it('of a rate waits as many minutes as the header says', async () => {
    const { outcome, now } = await sending(80007)
    expect(outcome).toMatchObject({ retryAt: new Date(now + 7 * 60_000).toISOString() })
  })
  it.each(signIns)('%i needs a new token (trap 4)', async (code) => {
    expect((await sending(code)).outcome).toMatchObject({
      code: 'auth',
      remedy: expect.stringContaining('system user'),
    })
  })
  it.each(operators)('%i needs a person in the Meta account', async (code) => {
    const { outcome } = await sending(code)
    expect(outcome).toMatchObject({
      code: 'refused',
      remedy: expect.stringMatching(/Manager|settings|README|API setup/),
    })
  })
  it.each(Object.entries(messages))('%i refuses this message: %s (trap 8)', async (code, reason) => {
    const { outcome } = await sending(Number(code))
    expect(outcome).toMatchObject({ status: 'refused', reason, detail: expect.stringMatching(/\w+ .*\./) })
  })
  it('is judged by its code, not by its status or its text', async () => {
    expect((await sending(131026, 500)).outcome).toMatchObject({ status: 'refused', reason: 'bad-address' })
    expect((await sending(130429, 429)).outcome).toMatchObject({ code: 'rate-limited' })
    expect((await sending(190, 400)).outcome).toMatchObject({ code: 'auth' })
  })
  it('of an unknown code is judged by its status', () => {
    const asks = (status: number, transient = false) => meaningOf({ code: 999_999, status, transient }).asks
    expect([asks(500), asks(400, true), asks(401), asks(403), asks(400), asks(404)]).toEqual([
      'retry',
      'retry',
      'sign-in',
      'operator',
      'message',
      'message',
    ])
  })
  it('with details as a text, or with none, is read all the same', async () => {
    for (const error of [
      { code: 131026, error_data: '{"details":"x"}' },
      { code: '131026' },
      { code: 131026, is_transient: 'no' },
    ]) {
      const bed = bench()
      Object.assign(bed.vendor, { respond: () => Promise.resolve(Response.json({ error }, { status: 400 })) })
      expect(await bed.provider.send(tellable, calm)).toMatchObject({ reason: 'bad-address' })
    }
  })
  it('that is a page of a gateway proves nothing', async () => {
    const bed = bench()
    Object.assign(bed.vendor, { respond: () => Promise.resolve(new Response('<html>Bad gateway', { status: 502 })) })
    await expect(bed.provider.send(tellable, calm)).rejects.toMatchObject({ code: 'outcome-unknown' })
  })
  it('repeats no text of Meta, which may hold a number', async () => {
    for (const code of [190, 33, 131056]) {
      const { outcome } = await sending(code)
      expect(String(outcome)).not.toContain('Something in English')
      expect(String(outcome)).toContain('AbCdEf123')
    }
  })
})

describe('too many messages to one person', () => {
  it('are held up for that person alone (trap 17)', async () => {
    const { provider, vendor, advance } = bench()
    for (let n = 0; n < 45; n++) await provider.send({ ...tellable, key: `m${n}` }, calm)
    await expect(provider.send({ ...tellable, key: 'm45' }, calm)).rejects.toMatchObject({ code: 'rate-limited' })
    expect(await provider.send({ ...tellable, to: '+33639980008', key: 'm46' }, calm)).toMatchObject({
      status: 'accepted',
    })
    advance(hour)
    expect(await provider.send({ ...tellable, key: 'm47' }, calm)).toMatchObject({ status: 'accepted' })
    expect(vendor.received(stranger)).toHaveLength(46)
  })
})
