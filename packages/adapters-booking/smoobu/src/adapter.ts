import { defineAdapter } from '@stayward/core/adapter'
import * as z from 'zod'
import { openSmoobu } from './smoobu-bookings.ts'
import { smoobuWebhook } from './smoobu-webhook.ts'

const printable = z
  .string()
  .trim()
  .regex(/^[\x21-\x7e]{1,200}$/, 'Up to 200 letters, digits and signs without spaces, as Smoobu shows it.')

/** Smoobu, a channel manager for holiday flats, as a source of bookings and a way to write to guests. */
export default defineAdapter({
  id: 'smoobu',
  displayName: 'Smoobu',
  port: 'booking',
  specVersion: 'v1',
  config: z.object({
    apiKey: printable.meta({
      title: 'API key',
      description: 'Smoobu → Settings → Advanced → API Keys. One key per Smoobu account.',
    }),
    apiSecret: printable
      .meta({
        title: 'API secret',
        description:
          'Shown once when the key is made; "Regenerate Secret" makes a new one. Without it requests carry the plain ' +
          'key, which Smoobu is ending.',
      })
      .exactOptional(),
  }),
  hosts: ['login.smoobu.com'],
  capabilities: { changes: 'notify', messagesGuest: true, readsMessages: true },
  rate: { perSecond: 5, burst: 10 },
  webhook: smoobuWebhook,
  health:
    'Test the connection: it asks Smoobu whose account the key opens. Then change a note of any booking in Smoobu: a ' +
    'webhook should appear in the webhook log within a minute.',
  open: openSmoobu,
})
