import { describeFixtures, fixturesIn } from '@stayward/core/testing'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { faultIn, replyIn, type Stage } from '../src/smtp-faults.ts'
import { failureOf, meaningOf } from '../src/smtp-meanings.ts'
import { systemClock } from '@stayward/core/adapter'

const fixtures = fixturesIn(new URL('fixtures/', import.meta.url))
const replies = z.array(z.tuple([z.string(), z.string(), z.string()])).parse(fixtures.read('replies').body)

describeFixtures(fixtures)

/** As Nodemailer's errors are, observed (docs/vendors/smtp.md, errors). */
const codes: Readonly<Record<Stage, readonly [code: string, command: string]>> = {
  connect: ['EPROTOCOL', 'CONN'],
  encrypt: ['ETLS', 'STARTTLS'],
  'sign-in': ['EAUTH', 'AUTH PLAIN'],
  sender: ['EENVELOPE', 'MAIL FROM'],
  recipient: ['EENVELOPE', 'RCPT TO'],
  letter: ['EMESSAGE', 'DATA'],
}

function errorOf(stage: Stage, response: string, more: object = {}): Error {
  const [code, command] = codes[stage]
  const responseCode = Number(/^\d{3}/.exec(response)?.[0])
  return Object.assign(new Error(`Failed: ${response}`), {
    code,
    command,
    response,
    ...(Number.isNaN(responseCode) ? {} : { responseCode }),
    ...more,
  })
}

describe('a refusal', () => {
  it.each(replies)('at the %s, "%s", is %s', (stage, response, expected) => {
    const meaning = meaningOf(faultIn(errorOf(stage as Stage, response), stage === 'letter'))
    expect(meaning.asks === 'message' ? meaning.reason : meaning.code).toBe(expected)
    const words = meaning.asks === 'message' ? meaning.detail : `${meaning.text} ${meaning.remedy}`
    expect(words).toContain(response.slice(0, 3))
    // What a server says may quote the recipient, the subject or the text.
    expect(words).not.toContain(response.replace(/^\d{3}(?: [\d.]+)? /, ''))
  })

  it('trap 2: a wrong password is the connection’s matter, though Nodemailer calls it permanent', () => {
    for (const [stage, text] of [
      ['sign-in', '535 5.7.8 Authentication credentials invalid'],
      ['sender', '530 5.7.0 Must issue a STARTTLS command first'],
    ] as const) {
      const error = errorOf(stage, text, { permanent: true })
      expect(meaningOf(faultIn(error, false))).toMatchObject({ asks: 'connection', code: 'auth' })
    }
  })

  it.each([
    ['450 4.7.1 Greylisted', 'recipient', 5],
    ['452 4.2.2 Mailbox full', 'recipient', 15],
    ['421 4.3.2 Busy', 'letter', 1],
  ] as const)('"%s" is tried again after a while that makes sense', (text, stage, minutes) => {
    const now = systemClock.now()
    const failure = failureOf(meaningOf(faultIn(errorOf(stage, text), false)), now)
    expect(Date.parse(failure.retryAt ?? '') - Date.parse(now)).toBe(minutes * 60_000)
  })

  it('believes a closer code only where it agrees with the code', () => {
    expect(replyIn(errorOf('recipient', '550 4.1.1 Strange'))).toEqual({ code: 550 })
    expect(replyIn(errorOf('recipient', '550-5.1.1 First line\n550 5.1.1 Second'))).toEqual({
      code: 550,
      enhanced: '5.1.1',
    })
    expect(replyIn(errorOf('recipient', '550 User 5.1.1 unknown'))).toEqual({ code: 550 })
  })
})

describe('no refusal', () => {
  const silent = (code: string, more: object = {}) => Object.assign(new Error('Connection closed'), { code, ...more })

  it.each([
    ['before the dot nothing was sent', silent('ECONNECTION'), false, 'unreachable'],
    ['after the dot nobody knows', silent('ECONNECTION'), true, 'outcome-unknown'],
    [
      'after the dot no answer in time',
      silent('ETIMEDOUT', { timeoutType: 'SOCKET_TIMEOUT' }),
      true,
      'outcome-unknown',
    ],
    ['after the dot the network broke', silent('ESOCKET', { originalCode: 'ECONNRESET' }), true, 'outcome-unknown'],
    ['a name that is none', silent('EDNS', { originalCode: 'ENOTFOUND' }), false, 'unreachable'],
    ['a closed port', silent('ESOCKET', { originalCode: 'ECONNREFUSED' }), false, 'unreachable'],
    ['an expired certificate', silent('ESOCKET', { originalCode: 'CERT_HAS_EXPIRED' }), false, 'unreachable'],
    ['no STARTTLS', silent('ETLS'), false, 'refused'],
    ['no sign-in', silent('EAUTH'), false, 'auth'],
    ['a page instead of a greeting', silent('EPROTOCOL', { response: '<!doctype html>' }), false, 'bad-response'],
    ['a page instead of the last answer', silent('EMESSAGE', { response: '<!doctype html>' }), true, 'outcome-unknown'],
    ['the system’s own error of a dial', silent('ECONNREFUSED'), false, 'unreachable'],
    ['a pool that is closed, without any code', new Error('Connection pool was closed'), false, 'unreachable'],
  ])('%s', (_, error, committed, code) => {
    const meaning = meaningOf(faultIn(error, committed))
    expect(meaning).toMatchObject({ asks: 'connection', code, remedy: expect.stringMatching(/\w{4}.*\.$/) })
  })

  it('trap 7: silence before the greeting names the setting that may be wrong', () => {
    const fault = faultIn(silent('ETIMEDOUT', { timeoutType: 'GREETING_TIMEOUT' }), false)
    expect(meaningOf(fault)).toMatchObject({ code: 'unreachable', remedy: expect.stringContaining('"tls"') })
  })

  it('a mail that is longer than the server has announced was not sent', () => {
    const error = silent('EMESSAGE', { command: 'MAIL FROM' })
    expect(meaningOf(faultIn(error, false))).toMatchObject({ asks: 'message', reason: 'bad-content' })
  })

  it('of a test without a message it is the connection’s, whatever it was', () => {
    const failure = failureOf(
      meaningOf(faultIn(errorOf('recipient', '550 5.1.1 No such user'), false)),
      systemClock.now(),
    )
    expect(failure.code).toBe('bad-response')
  })
})
