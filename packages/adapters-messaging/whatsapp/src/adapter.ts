import { defineAdapter } from '@stayward/core/adapter'
import { whatsAppConfig } from './whatsapp-config.ts'
import { expiresAfter, freeFor, mostChoices, openWhatsApp, textMaxLength } from './whatsapp-messages.ts'
import { whatsAppWebhook } from './whatsapp-webhook.ts'

export type { WhatsAppConfig } from './whatsapp-config.ts'
export { numbersOf } from './whatsapp-numbers.ts'

export default defineAdapter({
  id: 'whatsapp',
  displayName: 'WhatsApp',
  port: 'notifier',
  specVersion: 'v1',
  config: whatsAppConfig,
  hosts: ['graph.facebook.com'],
  capabilities: {
    address: 'phone',
    dedupesByKey: false,
    looksUp: false,
    readsReplies: false,
    reportsDelivery: true,
    textMaxLength,
    medium: 'chat',
    listens: true,
    freeFor,
    expiresAfter,
    choices: mostChoices,
    marksRead: true,
  },
  // A quarter of the 80 messages a second that a number may send and receive together; 20 is what numbers have that are
  // used in the phone app as well (docs/vendors/whatsapp.md, limits).
  rate: { perSecond: 20, burst: 20 },
  webhook: whatsAppWebhook,
  health:
    'Test the connection: it shows the number and its quality, and warns when no app is subscribed or a template is missing or not approved. Then write to the number from your own phone: within a minute the webhook log shows "1 word".',
  open: openWhatsApp,
})
