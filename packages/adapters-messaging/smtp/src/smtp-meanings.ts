import { AdapterError, type FailureCode, type Instant, plus, type SendRefusal } from '@stayward/core/adapter'
import type { Fault, Reply, Stage } from './smtp-faults.ts'

/**
 * What a fault asks for. `message`: this mail will not do, the connection is fine · everything else: this connection, and the
 * guest's message waits.
 */
export type Meaning =
  | { readonly asks: 'message'; readonly reason: SendRefusal; readonly detail: string }
  | {
      readonly asks: 'connection'
      readonly code: FailureCode
      readonly text: string
      readonly remedy: string
      /** Milliseconds until the next attempt makes sense. */
      readonly after?: number
    }

export function meaningOf(fault: Fault): Meaning {
  const { stage, reply, garbled, waited, system, tooLarge, committed } = fault
  if (reply && !(stage === 'encrypt' && reply.code >= 500)) return meaningOfReply(reply, stage)
  if (system !== undefined && unsent.test(system)) return connection('unreachable', ...neverReached(system))
  if (tooLarge) return message('bad-content', 'The mail is longer than the server has announced to take.')
  if (committed)
    return connection(
      'outcome-unknown',
      'The mail server took the whole mail and did not say what became of it.',
      'Nobody can know whether the guest has it. A door code needed within a day is sent once more; otherwise: stayward message retry.',
    )
  if (garbled) return connection('bad-response', 'The server answered, and not as a mail server does.', otherServer)
  if (stage === 'encrypt')
    return connection(
      'refused',
      'The mail server offers no encryption that this connection accepts. Nothing was sent.',
      'Ask the provider for port and encryption: 587 with starttls, or 465 with tls. In a network of your own it may be "none".',
    )
  if (stage === 'sign-in')
    return connection('auth', 'The mail server offers no sign-in with a password. Nothing was sent.', password)
  if (system === 'ERR_SSL_WRONG_VERSION_NUMBER' || system === 'ERR_SSL_PACKET_LENGTH_TOO_LONG')
    return connection(
      'refused',
      'The mail server does not begin with encryption at this port.',
      'Choose security "starttls" (ports 587 and 25), or port 465.',
    )
  if (waited === 'greeting')
    return connection(
      'unreachable',
      'The mail server takes the connection and says nothing.',
      'If the port is 465 (or another that the provider calls "SSL"), choose security "tls". Otherwise the hub tries again.',
    )
  return connection(
    'unreachable',
    `The mail server could not be reached${system === undefined ? '' : ` (${system})`}.`,
    again,
  )
}

/** The handshake failed, or nothing was connected: whatever was under way, no letter had left. */
const unsent =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ERR_TLS_CERT|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/

function neverReached(system: string): [text: string, remedy: string] {
  if (system === 'ENOTFOUND')
    return [
      'There is no mail server of this name (ENOTFOUND).',
      'Is the host name right? If it is, the hub tries again.',
    ]
  if (/^(?:ECONN|EAI|EHOST|ENET)/.test(system)) return [`The mail server could not be reached (${system}).`, again]
  return [
    `The certificate of the mail server is not believed (${system}). Nothing was sent.`,
    'Its owner has to renew it, or the host name is another one than in it. For a server with a certificate of your own, put ' +
      'that into "certificateAuthority".',
  ]
}

function meaningOfReply(reply: Reply, stage: Stage): Meaning {
  const { code, enhanced = '' } = reply
  const said = `The mail server answered ${code}${enhanced === '' ? '' : ` ${enhanced}`}`
  const [, subject = '', detail = ''] = enhanced.split('.')
  if (code < 500)
    return {
      asks: 'connection',
      code: 'rate-limited',
      text: `${said}: not now.`,
      remedy: 'The hub tries again by itself. If it lasts, the provider limits how much this address may send.',
      after: waitAfter(stage, subject, detail),
    }
  if (stage === 'sign-in' || isAboutSignIn(reply))
    return connection('auth', `${said}: it refuses the sign-in.`, password)
  // A certain meaning goes before the stage: servers say these things wherever they find out.
  if (subject === '7') return connection('refused', `${said}: its rules forbid this mail.`, rules)
  if (subject === '4' || subject === '5') return connection('refused', `${said}.`, rules)
  if (stage === 'sender') return connection('refused', `${said} to the sender's address.`, sender)
  if (enhanced === '5.2.3' || enhanced === '5.3.4') return message('bad-content', `${said}: the mail is too long.`)
  if (subject === '6') return message('bad-content', `${said}: it does not take this text.`)
  if (subject === '1' || subject === '2') return message('bad-address', addressDetail(said, enhanced))
  if (stage === 'recipient' && subject === '' && addressCodes.has(code))
    return message('bad-address', addressDetail(said, ''))
  if (stage === 'letter' && code === 552) return message('bad-content', `${said}: the mail is too long.`)
  // Where no closer code is given, a refusal of the letter is nearly always a rule about who may send what.
  return connection('refused', `${said}.`, rules)
}

/** Codes that, in answer to a recipient, speak of that recipient: no such mailbox, not here, full, bad name. */
const addressCodes = new Set([550, 551, 552, 553])

function isAboutSignIn({ code, enhanced }: Reply): boolean {
  return [530, 534, 535, 538].includes(code) || ['5.7.8', '5.7.9', '5.7.11', '5.7.14'].includes(enhanced ?? '')
}

function addressDetail(said: string, enhanced: string): string {
  return enhanced === '5.2.2' ? `${said}: the mailbox is full.` : `${said}: it knows no such mailbox.`
}

/** A grey list wants minutes; a server that is busy, or a mailbox that is full, is asked at the same pace. */
function waitAfter(stage: Stage, subject: string, detail: string): number {
  if (subject === '2' && detail === '2') return 15 * 60_000
  return stage === 'recipient' || subject === '7' ? 5 * 60_000 : 60_000
}

const again =
  "The hub tries again by itself. If it lasts, look at the provider's status page and this server's network."
const password =
  'Sign in at the provider, make a new app password for the hub (or allow SMTP for this mailbox), and enter it. Messages wait.'
const sender = 'Enter a sender that this user may use, or allow it at the provider. Messages wait until then.'
const rules =
  "Look at the provider's account: limits, blocks, and whether SPF, DKIM and DMARC of the sender's domain are in order. Messages wait."
const otherServer = 'Are host and port those of the server for outgoing mail? A proxy or a web server may answer there.'

function connection(code: FailureCode, text: string, remedy: string): Meaning {
  return { asks: 'connection', code, text, remedy }
}

function message(reason: SendRefusal, detail: string): Meaning {
  return { asks: 'message', reason, detail }
}

/** For a call that sends no message: whatever it was, it is the connection's. */
export function failureOf(meaning: Meaning, now: Instant): AdapterError {
  if (meaning.asks === 'message') return new AdapterError('bad-response', meaning.detail, { remedy: otherServer })
  const { code, text, remedy, after } = meaning
  return new AdapterError(code, text, { remedy, ...(after === undefined ? {} : { retryAt: plus(now, after) }) })
}
