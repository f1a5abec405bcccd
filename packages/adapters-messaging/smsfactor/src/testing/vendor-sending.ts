import { HttpResponse } from 'msw'
import { http } from 'msw/http'
import { answer, type Body, bodyOf, failed, forAccount, numeral } from './vendor-answers.ts'
import { type AccountState, type MessageState, magicNumbers, type Room } from './vendor-state.ts'
import { parisMilliseconds } from './vendor-times.ts'

const origin = 'https://api.smsfactor.com'

interface Wanted {
  readonly text: string
  readonly sender: string
  readonly unicode: boolean
  readonly delay: string
  readonly recipients: readonly { readonly key: string; readonly value: string }[]
}

/** `/send` and `/send/simulate`, the documented GET and the POST, and the cancelling of a delayed campaign. */
export function sendingRoutes(room: Room) {
  return [
    http.get(`${origin}/send`, ({ request }) => submit(room, request, fromQuery(request), 'real')),
    http.get(`${origin}/send/simulate`, ({ request }) => submit(room, request, fromQuery(request), 'simulated')),
    http.post(`${origin}/send`, async ({ request }) => submit(room, request, fromBody(await bodyOf(request)), 'real')),
    http.post(`${origin}/send/simulate`, async ({ request }) =>
      submit(room, request, fromBody(await bodyOf(request)), 'simulated'),
    ),
    http.delete(`${origin}/send/:ticket`, ({ request, params }) =>
      forAccount(room, request, (account) => {
        const waiting = room.state.messages.filter(
          ({ ticket, account: of, standing, sentAt }) =>
            ticket === params['ticket'] && of === account.id && standing !== 'cancelled' && sentAt > room.now(),
        )
        for (const message of waiting) message.standing = 'cancelled'
        return answer(request, waiting.length > 0 ? { status: 1, message: 'OK' } : failed(-5))
      }),
    ),
  ]
}

function submit(room: Room, request: Request, wanted: Wanted | number, kind: 'real' | 'simulated'): Response {
  return forAccount(room, request, (account) => {
    if (typeof wanted === 'number') return answer(request, failed(wanted))
    const injected = room.state.behaviour.next.shift()
    const page = () =>
      new HttpResponse('<html><h1>502 Bad Gateway</h1></html>', {
        status: 502,
        headers: { 'content-type': 'text/html' },
      })
    switch (injected) {
      case undefined:
        return answer(request, sendAll(room, account, wanted, kind))
      case 'error-key':
        return answer(request, { error: 'Une erreur est survenue' })
      case 'html-502':
        return page()
      case 'html-502-after':
        sendAll(room, account, wanted, kind)
        return page()
      case 'silence-after':
        sendAll(room, account, wanted, kind)
        throw new DOMException('The operation timed out.', 'TimeoutError')
      case 'nothing-counted':
        return answer(request, counted(room, account, { total: 1, sent: 0 }, 0))
      case 'duplicated':
        return answer(request, counted(room, account, { total: 1, sent: 0, duplicated: 1 }, 0))
      default:
        if (injected.status === -8) sendAll(room, account, wanted, kind, 'held')
        return answer(request, failed(injected.status, injected.details))
    }
  })
}

function sendAll(
  room: Room,
  account: AccountState,
  wanted: Wanted,
  kind: 'real' | 'simulated',
  standing: 'going' | 'held' = 'going',
): Body {
  const parts = partsCounted(wanted.text, wanted.unicode)
  const good = wanted.recipients.filter(({ value }) => fateOf(room, account, value) === undefined)
  const cost = parts * good.length
  if (!account.postpaid && !account.unlimited && account.credits < cost) return failed(-3)
  const delayed = wanted.delay === '' ? room.now() : parisMilliseconds(wanted.delay)
  if (delayed === undefined || delayed < room.now()) return failed(-4)

  const tally: Record<string, number> = { total: wanted.recipients.length, sent: 0 }
  const ticket = String(room.nextId())
  const seen = new Set<string>()
  let held = standing === 'held'
  for (const { key, value } of wanted.recipients) {
    const number = value.replace(/^\+/, '')
    const fate = seen.has(number) ? 'duplicated' : fateOf(room, account, value)
    seen.add(number)
    if (fate !== undefined) {
      tally[fate] = (tally[fate] ?? 0) + 1
      continue
    }
    tally['sent'] = (tally['sent'] ?? 0) + 1
    if (kind === 'simulated') continue
    held ||= number === magicNumbers.held
    if (!account.unlimited) account.credits -= parts
    room.state.messages.push({
      id: room.nextId(),
      account: account.id,
      ticket,
      key,
      to: number,
      text: wanted.text,
      shown: wanted.unicode ? wanted.text : withoutForeign(wanted.text),
      sender: wanted.sender,
      parts,
      cost: parts,
      sentAt: delayed,
      standing: held ? 'held' : 'going',
      reports: held ? [] : reportsAhead(room, number, delayed),
    })
  }
  if (held) return failed(-8)
  return counted(room, account, tally, parts * (tally['sent'] ?? 0), kind === 'real' ? ticket : undefined)
}

/** The reports that will come by themselves: `SENT`, then a final one. */
export function reportsAhead({ reportDelay }: Room, number: string, from: number): MessageState['reports'] {
  if (number === magicNumbers.silent) return []
  const code = number.startsWith(magicNumbers.reporting(0).slice(0, -2)) ? Number(number.slice(-2)) : 3
  return [
    { code: 1, at: from + reportDelay, told: false },
    { code, at: from + 2 * reportDelay, told: false },
  ]
}

function counted(
  room: Room,
  account: AccountState,
  tally: Readonly<Record<string, number>>,
  cost: number,
  ticket?: string,
): Body {
  const newer = room.state.behaviour.olderAnswers ? [] : ['not_allowed', 'flood', 'country_limit']
  const names = ['total', 'sent', 'blacklisted', 'duplicated', 'npai', 'invalid', ...newer]
  return {
    status: numeral(room, 1),
    message: 'OK',
    ...(ticket === undefined ? {} : { ticket }),
    cost: numeral(room, cost),
    credits: numeral(room, account.credits),
    ...Object.fromEntries(names.map((name) => [name, numeral(room, tally[name] ?? 0)])),
  }
}

/** The counter that takes this number out of a send, if one does. */
function fateOf({ state }: Room, account: AccountState, value: string): string | undefined {
  const number = value.replace(/^\+/, '')
  // International, no leading zeros; a French number has nine digits after 33.
  if (!/^[1-9]\d{7,14}$/.test(number) || (number.startsWith('33') && number.length !== 11)) return 'invalid'
  if (number === magicNumbers.blacklisted) return 'blacklisted'
  if (state.blacklist.some((each) => each.account === account.id && each.number === number)) return 'blacklisted'
  if (number === magicNumbers.npai) return 'npai'
  if (number === magicNumbers.flood) return 'flood'
  if (number === magicNumbers.notAllowed) return 'not_allowed'
  return number === magicNumbers.countryLimit ? 'country_limit' : undefined
}

function fromQuery(request: Request): Wanted | -7 {
  const query = new URL(request.url).searchParams
  const [to, text] = [query.get('to'), query.get('text')]
  if (to === null || text === null || to === '' || text === '') return -7
  return {
    text,
    sender: query.get('sender') ?? '',
    unicode: false,
    delay: query.get('delay') ?? '',
    recipients: [{ key: query.get('gsmsmsid') ?? '', value: to }],
  }
}

function fromBody(body: Body | number): Wanted | number {
  if (typeof body === 'number') return body
  const message = field(field(body, 'sms'), 'message')
  const list = field(field(field(body, 'sms'), 'recipients'), 'gsm')
  const text = field(message, 'text')
  if (typeof text !== 'string' || text === '' || !Array.isArray(list) || list.length === 0) return -7
  const recipients = list.map((each: unknown) => ({
    key: printed(field(each, 'gsmsmsid')),
    value: printed(field(each, 'value')),
  }))
  const unicode = printed(field(message, 'unicode')) === '1'
  return {
    text,
    sender: printed(field(message, 'sender')),
    unicode,
    delay: printed(field(message, 'delay')),
    recipients,
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(name) : undefined
}

function printed(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

const gsm7 = /^[@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà^{}\\[~\]|€]$/

/** What becomes of letters outside GSM-7 without `unicode` is not known; here they are lost, so that it is noticed. */
function withoutForeign(text: string): string {
  return Array.from(text, (character) => (gsm7.test(character) ? character : '?')).join('')
}

function partsCounted(text: string, unicode: boolean): number {
  const units = unicode ? text.length : text.length + (text.match(/[\^{}\\[~\]|€]/g)?.length ?? 0)
  const [single, each] = unicode ? [70, 67] : [160, 153]
  return units <= single ? 1 : Math.ceil(units / each)
}
