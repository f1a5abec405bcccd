import { AdapterError, type HttpAnswer, type Instant, plus, type SendRefusal } from '@stayward/core/adapter'
import * as z from 'zod'

export const vendor = 'WhatsApp'
export const authRemedy =
  'In the Meta business settings make a new token for the system user (not on the page "API setup": those end within a day), give it the app and the WhatsApp account, and enter it in this connection. Messages wait until then.'

/**
 * What an error code asks for: `retry` by itself, after `after` milliseconds · `message`: this message will not do, say it
 * otherwise or elsewhere · `sign-in`: a new token · `operator`: something in the Meta account.
 */
export type Meaning =
  | { readonly asks: 'retry'; readonly text: string; readonly after: number }
  | { readonly asks: 'message'; readonly text: string; readonly reason: SendRefusal }
  | { readonly asks: 'sign-in'; readonly text: string }
  | { readonly asks: 'operator'; readonly text: string; readonly remedy: string }

const seconds = (n: number) => n * 1000
const retry = (text: string, after: number): Meaning => ({ asks: 'retry', text, after })
const message = (reason: SendRefusal, text: string): Meaning => ({ asks: 'message', reason, text })
const signIn = (text: string): Meaning => ({ asks: 'sign-in', text })
const operator = (text: string, remedy: string): Meaning => ({ asks: 'operator', text, remedy })

const access =
  'In the Meta business settings give the system user the app and this WhatsApp account (full control), with the permissions whatsapp_business_messaging and whatsapp_business_management.'
const manager = 'Look in the WhatsApp Manager: it says what is wrong with the account and what Meta asks for.'
const number = 'Look at the number in the WhatsApp Manager, and at the phone number id of this connection.'
const registration = 'Register the number with its PIN on the page "API setup" of the Meta app, then try again.'
const template = 'Look at the template in the WhatsApp Manager; the README shows what it must look like.'
const ours = 'A field of the message was not accepted; please report it with the time it happened.'

/** Every code we know of (docs/vendors/whatsapp.md, error codes). */
const meanings: Readonly<Record<number, Meaning>> = {
  0: signIn('the token is not valid (any more)'),
  102: signIn('the session of the token has ended'),
  190: signIn('the token has expired or was withdrawn'),

  1: retry('an unknown error', seconds(60)),
  2: retry('it is overloaded or down', seconds(60)),
  4: retry('too many calls of this app', seconds(300)),
  17: retry('too many calls of this user', seconds(300)),
  341: retry('too many calls', seconds(300)),
  613: retry('too many calls', seconds(300)),
  80007: retry('too many calls for this WhatsApp account', seconds(600)),
  130429: retry('this number sends too many messages at once', seconds(30)),
  131000: retry('an unknown error while sending', seconds(30)),
  131016: retry('the service is not available', seconds(60)),
  131056: retry('too many messages to this person in a short time', seconds(16)),
  131057: retry('the account is being maintained', seconds(90)),
  133004: retry('the server is not available', seconds(60)),
  133015: retry('the number was deleted a moment ago', seconds(300)),
  2494100: retry('the number is being maintained', seconds(300)),

  3: operator('the app lacks a permission', access),
  10: operator('the token lacks a permission', access),
  33: operator('there is no such number (any more)', number),
  368: operator('the account is blocked for a while, because of a rule of Meta', manager),
  131005: operator('access is denied', access),
  131031: operator('the account is locked', manager),
  131037: operator('the display name of the number is not approved', manager),
  131045: operator('the number is not registered properly', registration),
  131048: operator('Meta limits this number, because people blocked or reported it', manager),
  133000: operator('the number was not deregistered completely', registration),
  133005: operator('the two-step PIN is wrong', registration),
  133006: operator('the number has to be verified first', registration),
  133008: operator('too many wrong PINs', registration),
  133009: operator('the PIN was entered too fast', registration),
  133010: operator('the number is not registered', registration),
  133016: operator('the number was registered too often; Meta waits three days', registration),
  134011: operator('the terms of payment are not accepted', manager),
  134100: operator('only marketing messages may be sent this way', manager),
  134101: operator('the template is not ready for marketing messages', manager),
  134102: operator('marketing messages are not open to this account', manager),
  ...Object.fromEntries(
    [2388019, 2388024, 2388040, 2388047, 2388072, 2388073, 2388293, 2388299].map((code) => [
      code,
      operator('Meta does not take the template', template),
    ]),
  ),
  132068: operator('the flow of the template is blocked', template),
  132069: operator('the flow of the template is throttled', template),

  100: message('bad-content', ours),
  130472: message('too-often', 'Meta does not deliver this kind of message to this person: an experiment of theirs.'),
  130497: message('not-allowed', 'The account may not send to this country.'),
  131008: message('bad-content', ours),
  131009: message('bad-content', ours),
  131021: message('bad-address', 'That is the number this connection sends from.'),
  131026: message('bad-address', 'The number has no WhatsApp, an old one, or has not accepted its terms.'),
  131030: message(
    'not-allowed',
    "Meta's test number sends only to the five numbers on its list. Use a number of your own.",
  ),
  131042: message('no-credit', 'Something is wrong with the payment method in the Meta business settings.'),
  131047: message('outside-window', 'The person has not written within a day, so only a template may be sent.'),
  131049: message('too-often', 'Meta holds back messages to this person. Trying again within a day only fails again.'),
  131050: message('opted-out', 'The person has stopped messages of this kind from the business.'),
  131051: message('bad-content', ours),
  131052: message('bad-content', 'What the person sent could not be fetched.'),
  131053: message('bad-content', 'A picture or file could not be fetched.'),
  131055: message('bad-content', ours),
  131060: message('bad-content', 'The message is not available.'),
  131062: message('bad-address', 'This message needs a phone number.'),
  132000: message(
    'bad-content',
    'The template has another number of parameters. See the README for what it must have.',
  ),
  132001: message('outside-window', 'There is no approved template of this name in this language.'),
  132005: message('bad-content', 'With its values the template is too long. Shorten it, or the names of the doors.'),
  132007: message('outside-window', 'The template breaks a rule of Meta.'),
  132012: message('bad-content', 'The template has other parameters. See the README for what it must have.'),
  132015: message('outside-window', 'Meta has paused the template, because people disliked it.'),
  132016: message('outside-window', 'Meta has switched the template off for good. Make another one.'),
  132018: message('bad-content', 'The template does not take one of the values.'),
  135000: message('bad-content', ours),
}

/** Codes of the table, for its test and for the README's. */
export const knownCodes: readonly number[] = Object.keys(meanings).map(Number)

/** A failure in Meta's own words; its code alone decides. Free text is not kept: it may hold a number or a name. */
export interface GraphError {
  readonly code: number
  readonly status: number
  readonly transient: boolean
  /** For Meta's support. */
  readonly trace?: string
  /** When Meta says that calls are allowed again. */
  readonly retryAt?: Instant
}

export function meaningOf({ code, status, transient }: Pick<GraphError, 'code' | 'status' | 'transient'>): Meaning {
  const known = meanings[code]
  if (known) return known
  if (code >= 200 && code <= 299) return operator('the token may not do this', access)
  if (transient || status >= 500) return retry(`error ${code}`, seconds(60))
  if (status === 401) return signIn(`error ${code}`)
  if (status === 403) return operator(`error ${code}`, manager)
  return message('bad-content', ours)
}

const body = z.object({
  error: z.object({
    code: z.coerce.number().int(),
    is_transient: z.boolean().optional().catch(undefined),
    fbtrace_id: z
      .string()
      .regex(/^[\w-]{1,60}$/)
      .optional()
      .catch(undefined),
  }),
})

/** `undefined`: the body is not Meta's own (a gateway's page, nothing at all), so it proves nothing. */
export function graphErrorIn({ status, text, headers }: HttpAnswer, now: Instant): GraphError | undefined {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
  const parsed = body.safeParse(json)
  if (!parsed.success) return undefined
  const { code, is_transient, fbtrace_id } = parsed.data.error
  const minutes = minutesToWait(headers)
  return {
    code,
    status,
    transient: is_transient ?? false,
    ...(fbtrace_id === undefined ? {} : { trace: fbtrace_id }),
    ...(minutes === undefined ? {} : { retryAt: plus(now, Math.min(minutes, 15) * 60_000) }),
  }
}

const usage = z.record(z.string(), z.array(z.object({ estimated_time_to_regain_access: z.number() })))

/** `X-Business-Use-Case-Usage` counts in minutes; 0 says nothing. */
function minutesToWait(headers: Headers): number | undefined {
  const text = headers.get('x-business-use-case-usage')
  if (text === null) return undefined
  try {
    const parsed = usage.safeParse(JSON.parse(text))
    const times = parsed.success ? Object.values(parsed.data).flat() : []
    const longest = Math.max(0, ...times.map((each) => each.estimated_time_to_regain_access))
    return longest > 0 ? longest : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** As a failure of the connection. An error in Meta's words is a plain "not accepted", even of a send. */
export function failureOf(error: GraphError, now: Instant): AdapterError {
  const meaning = meaningOf(error)
  const trace = error.trace === undefined ? '' : ` (trace ${error.trace})`
  const said = `${vendor} answered code ${error.code}${trace}`
  switch (meaning.asks) {
    case 'retry':
      return new AdapterError('rate-limited', `${said}: ${meaning.text}.`, {
        remedy: "The hub tries again by itself. If it lasts, look at Meta's status page.",
        retryAt: error.retryAt ?? plus(now, meaning.after),
      })
    case 'sign-in':
      return new AdapterError('auth', `${said}: ${meaning.text}.`, { remedy: authRemedy })
    case 'operator':
      return new AdapterError('refused', `${said}: ${meaning.text}.`, { remedy: meaning.remedy })
    case 'message':
      return new AdapterError('refused', `${said}.`, { remedy: meaning.text })
  }
}

/** Why a message did not arrive, for people. */
export function reasonOf(code: number): string {
  const meaning = meaningOf({ code, status: 400, transient: false })
  return meaning.asks === 'message' ? meaning.text : `${vendor} says: ${meaning.text} (code ${code}).`
}
