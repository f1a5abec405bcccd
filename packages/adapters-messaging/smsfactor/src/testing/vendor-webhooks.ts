import type { WebhookDelivery } from '@stayward/core/testing'
import { numeral } from './vendor-answers.ts'
import { deliveryOf, type ReplyPayload, type ReportPayload } from './payloads.ts'
import type { Room, WebhookType } from './vendor-state.ts'
import { parisIso } from './vendor-times.ts'

interface Event {
  readonly at: number
  readonly account: string
  readonly type: WebhookType
  readonly payload: ReportPayload | ReplyPayload
}

/** Takes what happened since the last time and was not told; what happens without a live webhook is never told. */
export function takeDue(room: Room): readonly WebhookDelivery[] {
  const { webhooks, behaviour } = room.state
  const events = [...dueReports(room), ...dueReplies(room)].sort((a, b) => a.at - b.at)
  const posts = events.flatMap(({ account, type, payload }) =>
    webhooks
      .filter((each) => each.account === account && each.type === type && each.status === 'live')
      .map(({ signature }) => deliveryOf(payload, { ...behaviour, secret: signature })),
  )
  if (behaviour.webhookMishap === 'missing') return []
  if (behaviour.webhookMishap === 'reversed') return posts.toReversed()
  return behaviour.webhookMishap === 'doubled' ? posts.flatMap((post) => [post, post]) : posts
}

function dueReports(room: Room): readonly Event[] {
  return room.state.messages.flatMap((message) =>
    message.reports
      .filter(({ at, told }) => !told && at <= room.now())
      .map((report): Event => {
        report.told = true
        const payload = {
          date: parisIso(report.at),
          status: numeral(room, report.code),
          destination: message.to,
          message_id: message.key,
          campaign_id: message.ticket,
          country_code: 'FR',
        }
        return { at: report.at, account: message.account, type: 'DLR', payload }
      }),
  )
}

function dueReplies(room: Room): readonly Event[] {
  return room.state.inbound
    .filter(({ told }) => !told)
    .map((reply): Event => {
      reply.told = true
      const { account, at, from, text, lastKey, stop } = reply
      const payload = { date: parisIso(at), message: text, from, account_id: account, last_message_id: lastKey }
      return { at, account, type: stop ? 'STOP' : 'MO', payload }
    })
}
