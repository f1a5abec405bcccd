import type { DeliveryState } from '@stayward/core/adapter'
import type { FakeOptions, NotifierVendor } from '@stayward/core/testing'
import { getResponse, HttpResponse } from 'msw'
import { http } from 'msw/http'
import { answerNewTemplate, answerNumber, answerSubscribed, answerTemplates } from './vendor-account.ts'
import { graphError } from './vendor-answers.ts'
import { answerSend } from './vendor-sending.ts'
import {
  type AccountState,
  type Behaviour,
  fake,
  freshState,
  magicNumbers,
  type NumberState,
  type Room,
  type StatusName,
  templatesOf,
  type WhatsAppState,
} from './vendor-state.ts'
import { takeDue } from './vendor-webhooks.ts'

export interface WhatsAppVendorOptions extends FakeOptions<WhatsAppState> {
  /** Milliseconds from the send to the status `sent`, and as long again to `delivered`. */
  readonly statusDelay?: number
}

export interface WhatsAppVendor extends NotifierVendor {
  readonly state: WhatsAppState
  /** The next sends meet these codes. */
  failNext(...failures: Behaviour['next']): void
  /** A second number: of another business account when that is given, with the same app. */
  addNumber(id: string, account?: string): void
  /** The person sends something else than a text: `{ type: 'image', image: { … } }`. */
  sends(from: string, content: { readonly type: string } & Record<string, unknown>, number?: string): void
}

const host = 'https://graph.facebook.com'

/** WhatsApp with a memory. `state` of an earlier one, also after a round trip through JSON, continues it. */
export function whatsAppVendor(options: WhatsAppVendorOptions = {}): WhatsAppVendor {
  const { now = Date.now, statusDelay = 2_000 } = options
  const { state = freshState(now()) } = options
  const room: Room = { state, now, statusDelay, nextId: () => ++state.lastId }
  const handlers = routesOf(room)
  const newestTo = (to: string) => state.messages.findLast((each) => each.to === digits(to))
  const sends: WhatsAppVendor['sends'] = (from, content, number = fake.number) => {
    const id = `wamid.IN${room.nextId()}`
    state.inbound.push({ id, number, from: digits(from), at: now(), content, told: false, read: false })
  }

  return {
    state,
    goodAddress: '+33639980001',
    badAddresses: [
      { to: '+331', reason: 'bad-address' },
      { to: '0639980001', reason: 'bad-address' },
      ...Object.entries(magicNumbers).map(([number, code]) => ({ to: `+${number}`, reason: refusals[code] ?? '' })),
    ],
    respond: async (request) => (await getResponse(handlers, request)) ?? new Response('Not found', { status: 404 }),
    dueWebhooks: () => takeDue(room),
    received: (to) =>
      state.messages
        .filter((each) => each.to === digits(to) && !each.statuses.some(({ status }) => status === 'failed'))
        .map(({ shown }) => shown),
    setDelivery(to, delivery) {
      const message = newestTo(to)
      if (!message) throw new RangeError('nothing was sent to this address')
      const past = message.statuses.filter(({ at }) => at <= now())
      const status = nameOf[delivery]
      const code = status === 'failed' ? { code: 131026 } : {}
      message.statuses = [...past, ...(status ? [{ status, at: now(), told: false, ...code }] : [])]
    },
    reply: (from, text) => sends(from, { type: 'text', text: { body: text } }),
    sends,
    failNext: (...failures) => void state.behaviour.next.push(...failures),
    addNumber(id, account = fake.account) {
      if (!state.accounts.some((one) => one.id === account))
        state.accounts.push({ id: account, subscribed: true, templates: templatesOf('en') })
      const display = `+33 6 39 98 09 ${String(state.numbers.length).padStart(2, '0')}`
      state.numbers.push({ id, account, display, name: 'Second House', status: 'CONNECTED', quality: 'GREEN' })
    },
  }
}

const refusals: Readonly<Record<number, string>> = {
  131026: 'bad-address',
  131050: 'opted-out',
  130497: 'not-allowed',
  131049: 'too-often',
}

/** What nobody hears of has no status: a message waits. */
const nameOf: Readonly<Record<DeliveryState, StatusName | undefined>> = {
  pending: undefined,
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  failed: 'failed',
}

function digits(address: string): string {
  return address.replace(/\D/g, '')
}

function routesOf(room: Room) {
  const { state } = room
  /** The bearer's account, or Graph's refusal. */
  const enter = (request: Request): string | Response => {
    const token = /^Bearer (.+)$/.exec(request.headers.get('authorization') ?? '')?.[1] ?? ''
    return Object.hasOwn(state.tokens, token) ? (state.tokens[token] ?? '') : graphError({ code: 190 })
  }
  const numberOf = (request: Request, id: unknown): NumberState | Response => {
    const account = enter(request)
    if (account instanceof Response) return account
    const number = state.numbers.find((each) => each.id === id)
    if (!number) return graphError({ code: 33 })
    return number.account === account ? number : graphError({ code: 200, http: 403 })
  }
  const accountOf = (request: Request, id: unknown): AccountState | Response => {
    const account = enter(request)
    if (account instanceof Response) return account
    const found = state.accounts.find((each) => each.id === id)
    return found && found.id === account ? found : graphError({ code: 200, http: 403 })
  }
  const fieldsOf = (request: Request) =>
    (new URL(request.url).searchParams.get('fields') ?? '').split(',').filter((field) => field !== '')
  return [
    http.post(`${host}/:version/:id/messages`, async ({ request, params }) => {
      const number = numberOf(request, params['id'])
      return number instanceof Response ? number : answerSend(room, number, await request.json())
    }),
    http.post(`${host}/:version/:id/register`, async ({ request, params }) => {
      const number = numberOf(request, params['id'])
      if (number instanceof Response) return number
      number.status = 'CONNECTED'
      return HttpResponse.json({ success: true })
    }),
    http.get(`${host}/:version/:id/subscribed_apps`, ({ request, params }) => {
      const account = accountOf(request, params['id'])
      return account instanceof Response ? account : answerSubscribed(account)
    }),
    http.post(`${host}/:version/:id/subscribed_apps`, ({ request, params }) => {
      const account = accountOf(request, params['id'])
      if (account instanceof Response) return account
      account.subscribed = true
      return HttpResponse.json({ success: true })
    }),
    http.get(`${host}/:version/:id/message_templates`, ({ request, params }) => {
      const account = accountOf(request, params['id'])
      return account instanceof Response ? account : answerTemplates(account, new URL(request.url).searchParams)
    }),
    http.post(`${host}/:version/:id/message_templates`, async ({ request, params }) => {
      const account = accountOf(request, params['id'])
      return account instanceof Response ? account : answerNewTemplate(room, account, await request.json())
    }),
    http.get(`${host}/:version/:id`, ({ request, params }) => {
      const number = numberOf(request, params['id'])
      return number instanceof Response ? number : answerNumber(number, fieldsOf(request))
    }),
  ]
}
