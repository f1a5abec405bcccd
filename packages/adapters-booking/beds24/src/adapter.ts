import { defineAdapter } from '@stayward/core/adapter'
import { openBeds24 } from './beds24-bookings.ts'
import { beds24Webhook } from './beds24-webhook.ts'
import { beds24Config } from './config.ts'
import { leftHeaders, resetHeaders } from './credits.ts'

export type { Beds24Config } from './config.ts'

/** Beds24, a channel manager, as a source of bookings and a way to write to guests through their channel. */
export default defineAdapter({
  id: 'beds24',
  displayName: 'Beds24',
  port: 'booking',
  specVersion: 'v1',
  config: beds24Config,
  hosts: ['api.beds24.com'],
  capabilities: { changes: 'notify', messagesGuest: true, readsMessages: true },
  rate: {
    perSecond: 1,
    burst: 5,
    // The dearest request that was measured (docs/vendors/beds24.md, credits); what Beds24 says is left counts more.
    credits: { most: 100, per: 5 * 60_000, cost: 1.6 },
    atOnce: 1,
    says: { wait: resetHeaders, left: leftHeaders, resets: resetHeaders },
  },
  webhook: beds24Webhook,
  health:
    'Test the connection: it asks Beds24 whose account it is, which rights the credentials have and whether webhooks ' +
    'leave card data out. Then move a booking in Beds24 by a day: a delivery appears in the webhook log within minutes.',
  open: openBeds24,
})
