import { AdapterError, type DeliveryState, type HttpRequest, type SendRefusal } from '@stayward/core/adapter'

export const vendor = 'SMSFactor'

export const authRemedy =
  'Make a new API token in the SMSFactor account (developer menu, page "Token") and enter it in this connection. Messages wait until then.'

type Effect = HttpRequest['effect']

const report = 'Please report it with the time it happened: the request of this adapter must be wrong.'

/**
 * What a `status` other than 1 means, besides −3 and −8 of a send, which are answers
 * (docs/vendors/smsfactor.md, statuses).
 */
export function failureOfStatus(status: number, effect: Effect, details?: string): AdapterError {
  const said = `${vendor} answered status ${status}`
  switch (status) {
    case -1:
      return new AdapterError('auth', `${said}: it does not know this API token.`, { remedy: authRemedy })
    case -2:
      return new AdapterError('refused', `${said}: it took the request for XML and could not read it.`, {
        remedy: report,
      })
    case -3:
      return new AdapterError('refused', `${said}: not enough credits.`, {
        remedy: 'Buy credits in the SMSFactor account.',
      })
    case -4:
      return new AdapterError('refused', `${said}: a wrong date for a delayed message.`, { remedy: report })
    case -5:
      return new AdapterError('refused', `${said}: what was asked for does not exist there.`, { remedy: report })
    case -6:
      return new AdapterError('refused', `${said}: it could not read the request's JSON.`, { remedy: report })
    case -7:
      return new AdapterError('refused', `${said}: a field is missing or wrong${details ? ` (${details})` : ''}.`, {
        remedy: "Check the connection's sender name and the recipient's number; if both are right, please report it.",
      })
    case -99:
      return doubtful(effect, `${said}, an unknown error.`, 'unreachable')
    default:
      return doubtful(effect, `${said}, which it does not document.`, 'bad-response')
  }
}

/** A failure without a status: the vendor understood the request and declined it. */
export function failureWithoutStatus(): AdapterError {
  return new AdapterError('refused', `${vendor} answered with an error and no status.`, {
    remedy: "Look at the account in SMSFactor's web interface: it may be blocked or lack a right. Then try again.",
  })
}

/** A write may have happened, so it is looked up before it is repeated; a read may simply be repeated. */
export function doubtful(effect: Effect, text: string, read: 'unreachable' | 'bad-response'): AdapterError {
  const remedy =
    effect === 'write'
      ? 'The hub looks in the SMSFactor account whether the message went out before it does anything else.'
      : "The hub tries again by itself. If it lasts, ask SMSFactor's support."
  return new AdapterError(effect === 'write' ? 'outcome-unknown' : read, text, { remedy })
}

/** Why the one recipient of a request was left out; each is a counter of the answer. */
export const counterNames = [
  'blacklisted',
  'invalid',
  'npai',
  'not_allowed',
  'country_limit',
  'flood',
  'duplicated',
] as const
export type Counters = Readonly<Record<(typeof counterNames)[number] | 'sent', number>>

/** `undefined`: no counter says why. The opt-out comes first, because nothing may be tried again after it. */
export function refusalOf(counters: Counters): { readonly reason: SendRefusal; readonly detail: string } | undefined {
  if (counters.blacklisted > 0)
    return {
      reason: 'opted-out',
      detail: 'The guest answered STOP to this account. Only they can undo it; use another channel.',
    }
  if (counters.invalid > 0)
    return { reason: 'bad-address', detail: 'SMSFactor cannot send to this number: it is malformed or not a mobile.' }
  if (counters.npai > 0) return { reason: 'bad-address', detail: 'SMSFactor knows this number as out of service.' }
  if (counters.not_allowed > 0)
    return {
      reason: 'not-allowed',
      detail: 'The SMSFactor account may not send to this country. Ask their support to open it.',
    }
  if (counters.country_limit > 0)
    return {
      reason: 'not-allowed',
      detail: "The month's limit for this country is reached. Ask SMSFactor's support to raise it.",
    }
  if (counters.flood > 0)
    return { reason: 'too-often', detail: 'SMSFactor dropped it: too many messages to this number in a short time.' }
  return undefined
}

/** What a delivery report says, in our words. `state` is absent when the vendor does not document the code. */
export interface Reported {
  readonly state?: DeliveryState
  readonly reason?: string
}

const byCode: Readonly<Record<number, Reported>> = {
  0: { state: 'pending' },
  1: { state: 'sent' },
  2: { state: 'failed', reason: 'The network could not deliver it.' },
  3: { state: 'delivered' },
  4: { state: 'failed', reason: 'The account may not send this message to this number.' },
  5: { state: 'failed', reason: 'The number does not exist.' },
  6: {
    state: 'failed',
    reason: 'The network does not accept this sender name. Leave the sender empty for this country.',
  },
  7: { state: 'failed', reason: 'There is no route to this network at the moment.' },
  9: { state: 'failed', reason: 'The network rejected it.' },
  11: { state: 'failed', reason: 'A network error.' },
  12: { state: 'failed', reason: 'It expired before the phone could be reached.' },
}

const byWord: Readonly<Record<string, Reported>> = {
  delivered: { state: 'delivered' },
  sent: { state: 'sent' },
  waiting: { state: 'pending' },
  moderation: { state: 'pending' },
  // Taken as its delivery-report namesake, "not yet": calling it failed would start a second channel on a guess.
  not_sent: { state: 'pending' },
  denied: { state: 'failed', reason: "SMSFactor's moderation did not let it through. Ask their support why." },
  undelivered: { state: 'failed', reason: 'The network could not deliver it.' },
  not_delivered: { state: 'failed', reason: 'The network could not deliver it.' },
  not_allowed: byCode[4] ?? {},
  invalid_destination: byCode[5] ?? {},
  invalid_sender: byCode[6] ?? {},
  route_not_available: byCode[7] ?? {},
  rejected: byCode[9] ?? {},
  network_error: byCode[11] ?? {},
  expired: byCode[12] ?? {},
}

/** Reads a status of a webhook (`3`, `"3"`) or of the list (`"DELIVERED"`). */
export function reportedBy(status: string | number): Reported {
  const text = String(status).trim()
  return (/^\d+$/.test(text) ? byCode[Number(text)] : byWord[text.toLowerCase().replaceAll(/[\s-]+/g, '_')]) ?? {}
}
