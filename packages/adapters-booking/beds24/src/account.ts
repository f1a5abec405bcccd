import { type Account, AdapterError } from '@stayward/core/adapter'
import type { Beds24Details } from './beds24-api.ts'
import { mayDo } from './beds24-client.ts'
import type { Beds24Property } from './property.ts'
import { apiPage } from './session.ts'

/** Without these nothing works. */
const needed = ['read:bookings', 'read:properties']

/** Whose account it is and what a person should know of its rights. Throws `refused` for rights without which nothing works. */
export function accountOf({ token }: Beds24Details): Account {
  if (!token)
    throw new AdapterError('bad-response', 'Beds24 does not say whose token it is.', {
      remedy: 'If it goes on, look for a newer version of this adapter.',
    })
  const { ownerId, scopes, onlyPropertyId, whiteListOnly } = token
  const missing = needed.filter((scope) => !mayDo(scopes, scope))
  if (missing.length > 0)
    throw new AdapterError('refused', `The credentials work, but lack ${missing.join(' and ')}.`, {
      remedy: `Rights cannot be added later: make a new invite code with them at ${apiPage}.`,
    })
  const warnings = [
    mayDo(scopes, 'read:bookings-personal')
      ? undefined
      : 'Without read:bookings-personal Beds24 hides every name, phone number and conversation.',
    mayDo(scopes, 'write:bookings-personal')
      ? undefined
      : 'Without write:bookings-personal (or with a long-life token) no message can be sent through Beds24.',
    onlyPropertyId ? `The credentials see only the property ${onlyPropertyId}.` : undefined,
    whiteListOnly ? 'An IP white list is set at Beds24: this server has to stay on it.' : undefined,
  ]
  const warning = warnings.filter(Boolean).join(' ')
  return { id: ownerId, ...(warning === '' ? {} : { warning }) }
}

/** Card data has no business in a hub: it is thrown away at the door, and its sending is to be switched off. */
export function cardDataSent(properties: readonly Beds24Property[]): string | undefined {
  const sending = properties.filter(
    ({ webhooks }) => webhooks?.url?.trim() && (webhooks.additionalData ?? 'none').toLowerCase() !== 'none',
  )
  if (sending.length === 0) return undefined
  const names = sending.slice(0, 5).map(({ id, name }) => name ?? id)
  return (
    `Webhooks of ${names.join(', ')} carry card data (Additional Data). Set it to "none" in Beds24: ` +
    'Settings → Properties → Access → Booking Webhook.'
  )
}
