import { AdapterError, type FailureCode } from '@stayward/core/adapter'
import { calm } from '@stayward/core/testing'
import { describe, expect, it } from 'vitest'
import { type InjectedAnswer, magicNumbers } from '../src/testing/index.ts'
import { bench, guest, message, minute, reports } from './open.ts'

async function failure(promise: Promise<unknown>): Promise<AdapterError> {
  const error: unknown = await promise.then(
    (value) => expect.fail(`resolved to ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  )
  if (!AdapterError.is(error)) throw new Error('not an AdapterError', { cause: error })
  expect(error.remedy).toMatch(/\w{3}.*\./)
  return error
}

describe('a message', () => {
  it('arrives as written, under our key, for one credit (trap 14)', async () => {
    const { provider, vendor } = bench()
    const credits = vendor.state.accounts[0]?.credits ?? 0
    const receipt = await provider.send(message(), calm)
    const [sent] = vendor.state.messages
    expect(receipt).toEqual({ status: 'accepted', vendorRef: sent?.ticket })
    expect(vendor.received(guest)).toEqual(['Bonjour Ana, votre code est 4821.'])
    expect(sent).toMatchObject({ key: 'msg_01J8ZK3Q', to: '33639980001', sender: '' })
    expect(vendor.state.accounts[0]?.credits).toBe(credits - 1)
  })

  it('is POSTed as JSON, never as the GET that proxies may repeat, and keeps number, text and token out of the address (trap 10)', async () => {
    const { provider, wire } = bench()
    await provider.send(message(), calm)
    const [sent] = wire.calls
    expect(sent?.request.method).toBe('POST')
    expect(sent?.request.url).toBe('https://api.smsfactor.com/send')
    expect(sent?.request.headers.get('accept')).toBe('application/json')
    expect(sent?.request.headers.get('content-type')).toBe('application/json')
    expect(JSON.parse(sent?.body ?? '')).toEqual({
      sms: {
        message: { text: 'Bonjour Ana, votre code est 4821.', pushtype: 'alert', unicode: 0 },
        recipients: { gsm: [{ gsmsmsid: 'msg_01J8ZK3Q', value: '33639980001' }] },
      },
    })
  })

  it('in Polish arrives whole and costs the parts it needs', async () => {
    const { provider, vendor } = bench()
    const text = `Wejście przez żółtą bramę. ${'ł'.repeat(60)}`
    await provider.send(message({ text }), calm)
    expect(vendor.received(guest)).toEqual([text])
    expect(vendor.state.messages[0]?.cost).toBe(2)
  })

  it('in typographic French arrives readable without Unicode', async () => {
    const { provider, vendor } = bench()
    await provider.send(message({ text: '« L’entrée » — à gauche…' }), calm)
    expect(vendor.received(guest)).toEqual(['" L\'entrée " - à gauche...'])
    expect(vendor.state.messages[0]?.cost).toBe(1)
  })

  it('carries the sender when there is one, and the guest then cannot reply (trap 9)', async () => {
    const { provider, vendor } = bench({ sender: 'Bellecour' })
    await provider.send(message(), calm)
    expect(vendor.state.messages[0]?.sender).toBe('Bellecour')
    vendor.reply(guest, 'Merci')
    expect(vendor.state.inbound).toEqual([])
  })

  it('sent twice under one key goes out twice: the key is no idempotency key (trap 5)', async () => {
    const { provider, vendor } = bench()
    await provider.send(message(), calm)
    await provider.send(message(), calm)
    expect(vendor.received(guest)).toHaveLength(2)
  })
})

describe('what never leaves', () => {
  it.each(['0639980001', '33639980001', '+33 6 39 98 00 01', '0033639980001', '+331', '', 'ana@example.com'])(
    'a message to "%s"',
    async (to) => {
      const { provider, wire } = bench()
      expect(await provider.send(message({ to }), calm)).toMatchObject({ status: 'refused', reason: 'bad-address' })
      expect(wire.calls).toEqual([])
    },
  )
  it.each([
    ['', 'an empty text'],
    [' \n\u00a0', 'a blank text'],
    ['a'.repeat(766), 'a text beyond our limit'],
  ])('%#: %s', async (text) => {
    const { provider, wire } = bench()
    expect(await provider.send(message({ text }), calm)).toMatchObject({ status: 'refused', reason: 'bad-content' })
    expect(wire.calls).toEqual([])
  })
  it('but a text of exactly our limit does', async () => {
    const { provider, vendor } = bench()
    await provider.send(message({ text: 'a'.repeat(765) }), calm)
    expect(vendor.state.messages[0]?.cost).toBe(5)
  })
})

describe('the counters of an answer with status 1', () => {
  it.each([
    ['invalid', '+3363998', 'bad-address'],
    ['npai', `+${magicNumbers.npai}`, 'bad-address'],
    ['blacklisted', `+${magicNumbers.blacklisted}`, 'opted-out'],
    ['not_allowed', `+${magicNumbers.notAllowed}`, 'not-allowed'],
    ['country_limit', `+${magicNumbers.countryLimit}`, 'not-allowed'],
    ['flood', `+${magicNumbers.flood}`, 'too-often'],
  ])('%s: nothing was sent, and the reason has a name', async (_, to, reason) => {
    for (const numbersAsText of [false, true]) {
      const { provider, vendor } = bench()
      vendor.state.behaviour.numbersAsText = numbersAsText
      expect(await provider.send(message({ to }), calm)).toMatchObject({
        status: 'refused',
        reason,
        detail: expect.stringMatching(/\w/),
      })
      expect(vendor.state.messages).toEqual([])
    }
  })
  it('sent ≥ 1 in an answer from before the newer counters, numbers as text: accepted', async () => {
    const { provider, vendor } = bench()
    Object.assign(vendor.state.behaviour, { olderAnswers: true, numbersAsText: true })
    expect(await provider.send(message(), calm)).toMatchObject({
      status: 'accepted',
      vendorRef: expect.stringMatching(/^\d+$/),
    })
  })
  it('all zero: nobody knows', async () => {
    const { provider, vendor } = bench()
    vendor.answerNext('nothing-counted')
    expect((await failure(provider.send(message(), calm))).code).toBe('outcome-unknown')
  })
  it('duplicated although there is one recipient: our mistake', async () => {
    const { provider, vendor } = bench()
    vendor.answerNext('duplicated')
    expect((await failure(provider.send(message(), calm))).code).toBe('refused')
  })
})

describe('the statuses, all inside HTTP 200', () => {
  const cases: readonly (readonly [string, InjectedAnswer, FailureCode])[] = [
    ['−1 authentication', { status: -1 }, 'auth'],
    ['−2 XML', { status: -2 }, 'refused'],
    ['−4 delay', { status: -4 }, 'refused'],
    ['−5 not found', { status: -5 }, 'refused'],
    ['−6 JSON', { status: -6 }, 'refused'],
    ['−7 data', { status: -7 }, 'refused'],
    ['−99 unknown', { status: -99 }, 'outcome-unknown'],
    ['−42 undocumented', { status: -42 }, 'outcome-unknown'],
    ['an error without a status', 'error-key', 'refused'],
    ['502 with a page', 'html-502', 'outcome-unknown'],
    ['502 after having sent', 'html-502-after', 'outcome-unknown'],
    ['silence after having sent', 'silence-after', 'outcome-unknown'],
  ]
  it.each(cases)('%s', async (_, answer, code) => {
    const { provider, vendor } = bench()
    vendor.answerNext(answer)
    expect((await failure(provider.send(message(), calm))).code).toBe(code)
  })
  it('−3: refused, no credit', async () => {
    const { provider, vendor } = bench()
    for (const account of vendor.state.accounts) account.credits = 0
    expect(await provider.send(message(), calm)).toMatchObject({ status: 'refused', reason: 'no-credit' })
    expect(vendor.received(guest)).toEqual([])
  })
  it('−8: accepted, held, and never sent again; released, it arrives once (trap 4)', async () => {
    const bed = bench()
    const { provider, vendor } = bed
    vendor.answerNext({ status: -8 })
    expect(await provider.send(message(), calm)).toEqual({ status: 'accepted', held: true })
    expect(vendor.received(guest)).toEqual([])
    const sent = { ...message(), sentAt: bed.now() }
    bed.advance(minute)
    expect(await reports(bed).lookUp(sent, calm)).toMatchObject({ state: 'pending' })
    vendor.moderate(guest, 'release')
    bed.advance(minute)
    expect(await reports(bed).lookUp(sent, calm)).toMatchObject({ state: 'delivered' })
    expect(vendor.received(guest)).toHaveLength(1)
  })
  it('a wrong token, whose French text speaks of a password: auth, from the status alone (trap 12)', async () => {
    const { provider } = bench({ apiToken: 'a-token-nobody-gave-out' })
    const error = await failure(provider.send(message(), calm))
    expect(error.code).toBe('auth')
    expect(error.remedy).toMatch(/token/i)
  })
  it.each([
    ['unauthorized', 'auth'],
    ['forbidden', 'auth'],
    ['wait-none', 'rate-limited'],
    ['timeout-before', 'outcome-unknown'],
    ['reset-after', 'outcome-unknown'],
    ['html', 'outcome-unknown'],
    ['cut', 'outcome-unknown'],
    ['empty', 'outcome-unknown'],
    ['dns', 'unreachable'],
  ] as const)('the fault "%s" is %s', async (fault, code) => {
    const { provider, wire } = bench()
    wire.failNext(fault)
    expect((await failure(provider.send(message(), calm))).code).toBe(code)
  })
})

describe('errors', () => {
  it("show the vendor's words, but no number and nothing of the text", async () => {
    const { provider, vendor } = bench()
    vendor.answerNext({ status: -7, details: 'Champ sender invalide (33639980001)' })
    const shown = await failure(provider.send(message(), calm))
    expect(shown.message).toContain('Champ sender invalide')
    expect(shown.message).not.toMatch(/\d{4}/)
    vendor.answerNext({ status: -7, details: 'Texte refusé: bonjour ANA' })
    expect((await failure(provider.send(message(), calm))).message).not.toMatch(/ana/i)
  })
})

describe('simulate', () => {
  it('has token, number and text checked, and sends and charges nothing', async () => {
    const { provider, vendor } = bench({ simulate: true })
    const before = structuredClone(vendor.state.accounts)
    expect(await provider.send(message(), calm)).toEqual({ status: 'accepted' })
    expect(await provider.send(message({ to: '+3363998' }), calm)).toMatchObject({
      status: 'refused',
      reason: 'bad-address',
    })
    expect(vendor.state.messages).toEqual([])
    expect(vendor.state.accounts).toEqual(before)
  })
  it('leaves no doubt when it fails: repeating is harmless', async () => {
    const { provider, vendor, wire } = bench({ simulate: true })
    wire.failNext('timeout-after')
    expect((await failure(provider.send(message(), calm))).code).toBe('unreachable')
    vendor.answerNext('nothing-counted')
    expect((await failure(provider.send(message(), calm))).code).toBe('bad-response')
  })
})

describe('a send whose answer was lost', () => {
  it('is found by its key, so that it is not sent again', async () => {
    const bed = bench()
    bed.vendor.answerNext('silence-after')
    const sentAt = bed.now()
    await failure(bed.provider.send(message(), calm))
    expect(await reports(bed).lookUp({ ...message(), sentAt }, calm)).toBeUndefined() // not shown yet: no proof of anything
    bed.advance(minute)
    expect(await reports(bed).lookUp({ ...message(), sentAt }, calm)).toMatchObject({ state: 'delivered' })
    expect(bed.vendor.received(guest)).toHaveLength(1)
  })
})
