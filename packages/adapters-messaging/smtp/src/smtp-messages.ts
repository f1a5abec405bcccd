import { createHash } from 'node:crypto'
import {
  AdapterError,
  type Clock,
  type Notifier,
  type OpenContext,
  OutOfTurn,
  plus,
  type SendReceipt,
  type SendRefusal,
} from '@stayward/core/adapter'
import { letterOf } from './letter.ts'
import { mailboxOf } from './mail-address.ts'
import type { SmtpConfig } from './smtp-config.ts'
import type { Fault } from './smtp-faults.ts'
import { failureOf, meaningOf } from './smtp-meanings.ts'
import { NotEncrypted, openSubmission, type Submitted } from './smtp-submission.ts'

export function openSmtp({ config, line, clock }: OpenContext<SmtpConfig>): Notifier {
  if (!line) throw new TypeError('SMTP needs a line to its server: open it with guardLine()')
  const submission = openSubmission(config, line)

  return {
    specVersion: 'v1',

    async readAccount(call) {
      const fault = await explained(clock, () => submission.verify(call))
      if (fault) throw failureOf(meaningOf(fault), clock.now())
      return { id: accountOf(config), name: config.fromAddress, note: noteOf(config) }
    },

    async send(message, call): Promise<SendReceipt> {
      const to = mailboxOf(message.to)
      if (to === undefined) return refused('bad-address', 'This is not one plain mail address.')
      if (message.text.trim() === '') return refused('bad-content', 'The text is empty.')
      const letter = letterOf(config, message)
      const submitted = await explained(clock, () => submission.submit(letter, [to], call))
      return receiptOf(submitted, to, clock)
    },

    close: async () => submission.close(),
  }
}

function receiptOf(submitted: Submitted, to: string, clock: Clock): SendReceipt {
  if (submitted.status === 'fault') return refusalOf(submitted.fault, clock)
  const refusal = submitted.refused.find((each) => each.to === to)
  // Taken for others and not for this one is a refusal, although the conversation ended well.
  if (refusal) return refusalOf({ ...asRecipient, reply: refusal.reply }, clock)
  return { status: 'accepted', vendorRef: submitted.messageId }
}

const asRecipient = { stage: 'recipient', garbled: false, tooLarge: false, committed: false } as const

function refusalOf(fault: Fault, clock: Clock): SendReceipt {
  const meaning = meaningOf(fault)
  if (meaning.asks === 'message') return refused(meaning.reason, meaning.detail)
  throw failureOf(meaning, clock.now())
}

/** What kept the conversation from beginning, for people. */
async function explained<T>(clock: Clock, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof OutOfTurn)
      throw new AdapterError('rate-limited', 'This hub sends no more mail through this server for now.', {
        remedy: 'The hub goes on by itself as soon as it may.',
        retryAt: plus(clock.now(), Math.min(error.wait, 15 * 60_000)),
      })
    if (error instanceof NotEncrypted)
      throw new AdapterError(
        'refused',
        'This connection sends without encryption, and its server is not in a private network of yours. Nothing was sent.',
        { remedy: 'Choose security "starttls" (port 587) or "tls" (port 465), as the provider says.' },
      )
    throw error
  }
}

/** The same for the same user at the same server; the user's name is nobody else's matter. */
function accountOf({ host, port, user }: SmtpConfig): string {
  const server = `${host.toLowerCase()}:${port}`
  return user === undefined ? server : `${server}/${createHash('sha256').update(user).digest('hex').slice(0, 16)}`
}

function noteOf({ host, security, signIn }: SmtpConfig): string {
  const how = { starttls: 'encrypted', tls: 'encrypted', none: 'not encrypted' }[security]
  return `${host} answers, ${how}, ${signIn === 'password' ? 'signed in' : 'without a sign-in'}`
}

const refused = (reason: SendRefusal, detail: string): SendReceipt => ({ status: 'refused', reason, detail })
