import { defineAdapter } from '@stayward/core/adapter'
import * as z from 'zod'
import { openHospitable } from './hospitable-bookings.ts'
import { hospitableWebhook } from './hospitable-webhook.ts'

/** Hospitable (formerly Smartbnb), a property management system, as a source of bookings and a way to write to guests. */
export default defineAdapter({
  id: 'hospitable',
  displayName: 'Hospitable',
  port: 'booking',
  specVersion: 'v1',
  config: z.object({
    accessToken: z
      .string()
      .trim()
      .regex(/^[\x21-\x7e]{10,4000}$/, 'Letters, digits and signs without spaces, as Hospitable shows it once.')
      .meta({
        title: 'Access token',
        description:
          'my.hospitable.com → Apps → API access → Access tokens → "+ Add new", with Read and Write. It lives a year.',
      }),
    tokenMadeOn: z.iso
      .date('A day, such as 2026-05-01.')
      .meta({
        title: 'Day the token was made',
        description: 'For a warning a month before the token ends: Hospitable itself gives none. Such as 2026-05-01.',
        shown: true,
      })
      .exactOptional(),
    ownerEmail: z
      .string()
      .trim()
      .regex(/^\S+@\S+$/, 'A mail address.')
      .meta({
        title: "Owner's mail address at Hospitable",
        description:
          "Of the account's primary user, as Hospitable has it: webhooks of a host account are signed with it. " +
          'Without it and without a secret below signatures are not checked.',
      })
      .exactOptional(),
    webhookSecret: z
      .string()
      .trim()
      .min(1)
      .max(500)
      .meta({
        title: 'Webhook secret',
        description:
          'Only for approved vendors: as set in the Partner Portal. During a change both, with a space between them.',
      })
      .exactOptional(),
    onlyFromHospitable: z
      .boolean()
      .meta({
        title: "Only from Hospitable's network",
        description:
          'Refuse webhooks from outside 38.80.170.0/24. Behind a proxy the hub has to know it (STAYWARD_TRUST_PROXY).',
        shown: true,
      })
      .exactOptional(),
  }),
  hosts: ['public.api.hospitable.com'],
  capabilities: { changes: 'notify', messagesGuest: true, readsMessages: true },
  rate: { perSecond: 1, burst: 5, says: { wait: ['x-ratelimit-reset'] } },
  webhook: hospitableWebhook,
  health:
    'Test the connection: it asks Hospitable whose account the token opens. Then press Test beside the webhook in ' +
    'Hospitable: a delivery should appear in the webhook log within a minute, accepted.',
  open: openHospitable,
})
