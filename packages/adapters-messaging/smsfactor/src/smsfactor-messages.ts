import {
  type Account,
  AdapterError,
  type MessageReport,
  type Notifier,
  type OpenContext,
  plus,
  type Reply,
  type SendReceipt,
} from '@stayward/core/adapter'
import { instantIn, parisWall } from './paris-time.ts'
import { smsTextOf } from './sms-text.ts'
import { type ListedMessage, smsFactorApi } from './smsfactor-api.ts'
import type { SmsFactorConfig } from './smsfactor-config.ts'
import { type Counters, doubtful, refusalOf, reportedBy, vendor } from './smsfactor-status.ts'

/** Our own limit, characters: five parts of GSM-7. The vendor names none (docs/vendors/smsfactor.md, text). */
export const textMaxLength = 765

/** The list's dates are taken as Paris time; should they be UTC, the window still holds the message. */
const windowMargin = 3 * 3_600_000

export function openSmsFactor({ config, fetch, clock }: OpenContext<SmsFactorConfig>): Notifier {
  const api = smsFactorApi(config, { fetch, clock })
  return {
    specVersion: 'v1',

    async readAccount(call): Promise<Account> {
      const { credits, postpaid, unlimited } = await api.readCredits(call)
      const counts = !postpaid && !unlimited
      const note = counts ? `${creditsInWords(credits)} left` : unlimited ? 'unlimited credits' : 'paid afterwards'
      const warning = config.simulate
        ? 'This connection only simulates: no message leaves. Switch "simulate" off to go live.'
        : counts
          ? creditWarning(credits, config.lowCredits)
          : undefined
      return { id: accountOf(config.apiToken), note, ...(warning === undefined ? {} : { warning }) }
    },

    async send({ key, to, text }, call): Promise<SendReceipt> {
      const number = digitsOf(to)
      if (number === undefined) {
        const detail = 'The number is not complete: it needs "+" and the country code, without spaces.'
        return { status: 'refused', reason: 'bad-address', detail }
      }
      const sms = smsTextOf(text, config.accents)
      if (sms.text.trim() === '') return { status: 'refused', reason: 'bad-content', detail: 'The text is empty.' }
      if (sms.text.length > textMaxLength) {
        const detail = `The text has ${sms.text.length} characters; a text message has at most ${textMaxLength}. Shorten the template.`
        return { status: 'refused', reason: 'bad-content', detail }
      }
      const { sender } = config
      const submitted = await api.submit(
        { id: key, number, text: sms, ...(sender === undefined ? {} : { sender }) },
        call,
      )
      if (submitted.status === 'no-credit') {
        const detail = 'The SMSFactor account has too few credits. Buy some, then send again.'
        return { status: 'refused', reason: 'no-credit', detail }
      }
      if (submitted.status === 'held') return { status: 'accepted', held: true, ...refOf(submitted.ticket) }
      if (submitted.counters.sent >= 1) return { status: 'accepted', ...refOf(submitted.ticket) }
      return notSent(submitted.counters, config.simulate)
    },

    async lookUp({ key, to, sentAt, vendorRef }, call): Promise<MessageReport | undefined> {
      const destination = digitsOf(to)
      if (destination === undefined) return undefined
      const rows = await api.list({ type: 'messages-out', destination, ...windowOf(sentAt, clock.now()) }, call)
      const ours = rows.filter(
        ({ clientMessageId, campaignId }) =>
          clientMessageId === key || (clientMessageId === '' && vendorRef !== undefined && campaignId === vendorRef),
      )
      // The same id may have been sent twice, or reported once per part: the best news stands.
      return ours.map(reportOf).reduce<MessageReport | undefined>((best, each) => better(best, each), undefined)
    },

    async readReplies({ from, since }, call): Promise<readonly Reply[]> {
      const number = digitsOf(from)
      if (number === undefined) return []
      // Not asked by number: which of its two number fields a received message has the guest in is not documented.
      const rows = await api.list({ type: 'messages-in', ...windowOf(since, clock.now()) }, call)
      return rows
        .filter(({ sender, destination }) => [sender, destination].some((field) => bareNumber(field) === number))
        .map((row): Reply => ({ from, text: row.text, at: dateOf(row.date), optsOut: isStop(row.text) }))
        .filter(({ at }) => at >= since)
        .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
    },
  }
}

/** `STOP` alone, in any case; the platform reads it the same way and blacklists the number. */
export function isStop(text: string): boolean {
  return /^\W*stop\W*$/i.test(text)
}

/** E.164 with `+` in, digits out. `undefined` when it is not E.164: the vendor would count a national number invalid. */
function digitsOf(to: string): string | undefined {
  return /^\+([1-9]\d{6,14})$/.exec(to)?.[1]
}

function bareNumber(field: string): string {
  return field.trim().replace(/^\+/, '')
}

function refOf(ticket: string | undefined) {
  return ticket === undefined ? {} : { vendorRef: ticket }
}

function notSent(counters: Counters, simulated: boolean): SendReceipt {
  const refusal = refusalOf(counters)
  if (refusal) return { status: 'refused', ...refusal }
  if (counters.duplicated > 0)
    throw new AdapterError('refused', `${vendor} dropped a message as a double of itself.`, {
      remedy: 'Please report it with the time it happened: the request of this adapter must be wrong.',
    })
  throw doubtful(simulated ? 'read' : 'write', `${vendor} sent nothing and gave no reason.`, 'bad-response')
}

function windowOf(from: Reply['at'], now: Reply['at']) {
  const [first, last] = from < now ? [from, now] : [now, from]
  return { from: parisWall(plus(first, -windowMargin)), until: parisWall(plus(last, windowMargin)) }
}

function reportOf(row: ListedMessage): MessageReport {
  const { state, reason } = reportedBy(row.status)
  const at = instantIn(row.reportDate) ?? instantIn(row.date)
  const unknown = `SMSFactor reports "${row.status.slice(0, 20)}", which it does not document.`
  return {
    state: state ?? 'pending',
    ...refOf(row.campaignId === '' ? undefined : row.campaignId),
    ...(at === undefined ? {} : { at }),
    ...(state === undefined ? { reason: unknown } : reason === undefined ? {} : { reason }),
  }
}

const goodNews: Readonly<Record<MessageReport['state'], number>> = {
  read: 4,
  delivered: 3,
  sent: 2,
  pending: 1,
  failed: 0,
}

function better(best: MessageReport | undefined, each: MessageReport): MessageReport {
  return best === undefined || goodNews[each.state] > goodNews[best.state] ? each : best
}

function dateOf(date: string): Reply['at'] {
  const at = instantIn(date)
  if (at !== undefined) return at
  throw new AdapterError('bad-response', `${vendor} gave a received message a date that cannot be read.`, {
    remedy: `If it goes on, ${vendor} has changed its interface: look for a newer version of this adapter.`,
  })
}

/** The token is a JWT and its `sub` the account's number; it is read, not verified. */
function accountOf(token: string): string {
  try {
    const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))
    const sub = typeof payload === 'object' && payload !== null && 'sub' in payload ? String(payload.sub) : ''
    if (/^[A-Za-z0-9._:-]{1,100}$/.test(sub)) return sub
  } catch (error) {
    // Older or foreign tokens are no JWT: the account then has no number we can see.
    if (!(error instanceof SyntaxError)) throw error
  }
  return 'smsfactor'
}

function creditsInWords(credits: number): string {
  return `${credits.toLocaleString('en-US')} ${credits === 1 ? 'credit' : 'credits'}`
}

function creditWarning(credits: number, low: number): string | undefined {
  if (credits <= 0) return 'No credits left: messages are refused until the SMSFactor account is topped up.'
  return credits < low ? `Only ${creditsInWords(credits)} left: top up the SMSFactor account.` : undefined
}
