import { http } from 'msw/http'
import { answer, failed, forAccount, numeral } from './vendor-answers.ts'
import type { InboundState, MessageState, Room } from './vendor-state.ts'
import { parisMilliseconds, parisStamp } from './vendor-times.ts'

const origin = 'https://api.smsfactor.com'

/** Credits, the list of messages, and one campaign. */
export function reportRoutes(room: Room) {
  return [
    http.get(`${origin}/credits`, ({ request }) =>
      forAccount(room, request, ({ credits, postpaid, unlimited }) =>
        answer(request, {
          status: 1,
          message: 'OK',
          credits: String(credits),
          postpaid: postpaid ? '1' : '0',
          postpaid_limit: false,
          unlimited,
        }),
      ),
    ),
    http.get(`${origin}/messages`, ({ request }) =>
      forAccount(room, request, ({ id }) => answer(request, listing(room, request, id))),
    ),
    http.get(`${origin}/campaign/:ticket`, ({ request, params }) =>
      forAccount(room, request, ({ id }) => {
        const sent = room.state.messages.filter(({ ticket, account }) => ticket === params['ticket'] && account === id)
        const having = (...codes: readonly number[]) =>
          String(sent.filter((message) => codes.includes(latestCode(message, room.now()) ?? -1)).length)
        if (sent.length === 0) return answer(request, failed(-5))
        const totals = {
          total: String(sent.length),
          delivered: having(3),
          error: having(2, 4, 5, 6, 7, 9),
          expired: having(12),
          network_error: having(11),
          stop: '0',
          npai: '0',
        }
        return answer(request, { status: 1, message: 'OK', campaign: [{ id: params['ticket'], ...totals }] })
      }),
    ),
  ]
}

function listing(room: Room, request: Request, account: string) {
  const query = new URL(request.url).searchParams
  const from = parisMilliseconds(query.get('date_start') ?? '')
  const until = parisMilliseconds(query.get('date_end') ?? '')
  if (from === undefined || until === undefined) return failed(-7, 'date_start et date_end sont obligatoires')
  const visible = (at: number) => at + room.listingLag <= room.now() && at >= from && at <= until
  const type = query.get('type')
  const out =
    type === 'messages-in' ? [] : room.state.messages.filter((each) => each.account === account && visible(each.sentAt))
  const inbound =
    type === 'messages-out' ? [] : room.state.inbound.filter((each) => each.account === account && visible(each.at))
  const rows = [...out.map((each) => sentRow(room, each)), ...inbound.map((each) => receivedRow(room, each))]
  const destination = query.get('destination')
  const matching = rows.filter((row) => destination === null || row.destination === destination)
  const start = Number(query.get('start') ?? 0)
  const page = matching.slice(start, start + Math.min(Number(query.get('length') ?? 100), 1000))
  return { status: 1, message: 'OK', totalRecords: rows.length, totalDisplayRecords: matching.length, messages: page }
}

function sentRow(room: Room, message: MessageState) {
  const report = message.reports.findLast(({ at }) => at <= room.now())
  const status = statusWord(message, report?.code)
  return {
    ...common(room, message.ticket, message.account, message.text),
    client_message_id: message.key,
    cost: numeral(room, message.cost),
    destination: message.to,
    message_id: message.id,
    sender: message.sender,
    date: parisStamp(message.sentAt),
    dlr_date: report ? parisStamp(report.at) : '',
    status,
    status_details: status,
    type: 'sms_mt',
  }
}

function receivedRow(room: Room, { id, account, from, text, at }: InboundState) {
  const guestIsSender = room.state.behaviour.inboundNumberIn === 'sender'
  return {
    ...common(room, '', account, text),
    client_message_id: '',
    cost: 0,
    destination: guestIsSender ? '36180' : from,
    message_id: id,
    sender: guestIsSender ? from : '36180',
    date: parisStamp(at),
    dlr_date: '',
    status: '',
    status_details: '',
    type: 'sms_mo',
  }
}

function common(room: Room, ticket: string, account: string, text: string) {
  return {
    campaign_id: ticket === '' ? '' : numeral(room, Number(ticket)),
    client_id: numeral(room, Number(account)),
    contact_list_id: '',
    message: text,
    message_length: text.length,
    country: 'FR',
  }
}

/** The newest code that has happened by `now`. */
export function latestCode({ reports }: MessageState, now: number): number | undefined {
  return reports.findLast(({ at }) => at <= now)?.code
}

function statusWord({ standing }: MessageState, code: number | undefined): string {
  if (standing === 'held') return 'MODERATION'
  if (standing === 'denied') return 'DENIED'
  if (standing === 'cancelled' || code === 0) return 'NOT_SENT'
  if (code === undefined) return 'WAITING'
  if (code === 1) return 'SENT'
  return code === 3 ? 'DELIVERED' : [8, 10].includes(code) ? String(code) : 'UNDELIVERED'
}
