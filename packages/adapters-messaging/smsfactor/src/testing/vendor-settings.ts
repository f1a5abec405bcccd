import { http } from 'msw/http'
import { answer, bodyOf, failed, forAccount } from './vendor-answers.ts'
import { type Room, tokenOf, type WebhookState, type WebhookType } from './vendor-state.ts'

const origin = 'https://api.smsfactor.com'
const types: readonly WebhookType[] = ['DLR', 'MO', 'STOP', 'CLICKER', 'BALANCE_ALERT']

/** Webhooks and tokens, as the web account and the API manage them. */
export function settingRoutes(room: Room) {
  return [...webhookRoutes(room), ...tokenRoutes(room)]
}

function webhookRoutes(room: Room) {
  const { state } = room
  return [
    http.get(`${origin}/webhook`, ({ request }) =>
      forAccount(room, request, ({ id }) =>
        answer(request, {
          status: 1,
          message: 'OK',
          webhooks: state.webhooks.filter(({ account }) => account === id).map(shown),
        }),
      ),
    ),
    http.post(`${origin}/webhook`, async ({ request }) => {
      const wanted = wantedIn(await bodyOf(request), 'webhook')
      return forAccount(room, request, ({ id }) => {
        const type = types.find((each) => each === wanted['type'])
        if (type === undefined || !wanted['url']) return answer(request, failed(-7))
        const webhook = newWebhook(String(room.nextId()), id, type, wanted['url'], wanted['signature'])
        state.webhooks.push(webhook)
        return answer(request, { status: 1, message: 'OK', webhook: shown(webhook) })
      })
    }),
    http.put(`${origin}/webhook/:id/status`, async ({ request, params }) => {
      const wanted = wantedIn(await bodyOf(request), 'webhook')
      return forAccount(room, request, ({ id }) => {
        const webhook = mine(room, id, params['id'])
        const status = wanted['status']
        if (!webhook) return answer(request, failed(-5))
        if (status !== 'live' && status !== 'paused') return answer(request, failed(-7))
        webhook.status = status
        return answer(request, { status: 1, message: 'OK', webhook: shown(webhook) })
      })
    }),
    http.put(`${origin}/webhook/:id`, async ({ request, params }) => {
      const wanted = wantedIn(await bodyOf(request), 'webhook')
      return forAccount(room, request, ({ id }) => {
        const webhook = mine(room, id, params['id'])
        const type = types.find((each) => each === wanted['type'])
        if (!webhook) return answer(request, failed(-5))
        if (type === undefined || !wanted['url']) return answer(request, failed(-7))
        Object.assign(webhook, { type, url: wanted['url'], signature: wanted['signature'] ?? webhook.signature })
        return answer(request, { status: 1, message: 'OK', webhook: shown(webhook) })
      })
    }),
    http.delete(`${origin}/webhook/:id`, ({ request, params }) =>
      forAccount(room, request, ({ id }) => {
        const webhook = mine(room, id, params['id'])
        if (webhook) state.webhooks.splice(state.webhooks.indexOf(webhook), 1)
        return answer(request, webhook ? { status: 1, message: 'OK' } : failed(-5))
      }),
    ),
  ]
}

function tokenRoutes(room: Room) {
  return [
    http.get(`${origin}/token`, ({ request }) =>
      forAccount(room, request, ({ tokens }) =>
        answer(request, {
          status: 1,
          message: 'OK',
          tokens: tokens.map(({ id, name, token }) => ({ token_id: id, name, token })),
        }),
      ),
    ),
    http.post(`${origin}/token`, async ({ request }) => {
      const wanted = wantedIn(await bodyOf(request), 'token')
      return forAccount(room, request, ({ id, tokens }) => {
        if (!wanted['name']) return answer(request, failed(-7))
        const made = { id: String(room.nextId()), name: wanted['name'], token: '' }
        made.token = `${tokenOf(id)}${made.id}`
        tokens.push(made)
        return answer(request, { status: 1, message: 'OK', token: made.token, token_id: made.id })
      })
    }),
    http.delete(`${origin}/token/:id`, ({ request, params }) =>
      forAccount(room, request, ({ tokens }) => {
        const index = tokens.findIndex(({ id }) => id === params['id'])
        if (index >= 0) tokens.splice(index, 1)
        return answer(request, index >= 0 ? { status: 1, message: 'OK' } : failed(-5))
      }),
    ),
  ]
}

export function newWebhook(id: string, account: string, type: WebhookType, url: string, signature = ''): WebhookState {
  return { id, account, type, url, signature, status: 'live' }
}

/** As the vendor shows it: with the secret in clear. */
function shown({ id, type, url, signature, status }: WebhookState) {
  return { webhook_id: id, type, url, signature, status, last_http_code: null }
}

function mine({ state }: Room, account: string, id: unknown): WebhookState | undefined {
  return state.webhooks.find((each) => each.account === account && each.id === id)
}

/** The text fields of `{ [name]: { … } }`. */
function wantedIn(
  body: Awaited<ReturnType<typeof bodyOf>>,
  name: string,
): Readonly<Record<string, string | undefined>> {
  const inner = typeof body === 'number' ? undefined : body[name]
  if (typeof inner !== 'object' || inner === null) return {}
  return Object.fromEntries(
    Object.entries(inner).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}
