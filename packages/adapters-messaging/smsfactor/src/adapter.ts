import { defineAdapter } from '@stayward/core/adapter'
import { smsFactorConfig } from './smsfactor-config.ts'
import { openSmsFactor, textMaxLength } from './smsfactor-messages.ts'
import { smsFactorWebhook } from './smsfactor-webhook.ts'

export { partsOf, type SmsText, smsTextOf } from './sms-text.ts'
export type { SmsFactorConfig } from './smsfactor-config.ts'

export default defineAdapter({
  id: 'smsfactor',
  displayName: 'SMSFactor',
  port: 'notifier',
  specVersion: 'v1',
  config: smsFactorConfig,
  hosts: ['api.smsfactor.com'],
  capabilities: {
    address: 'phone',
    dedupesByKey: false,
    looksUp: true,
    readsReplies: true,
    reportsDelivery: true,
    textMaxLength,
  },
  // Ours: the vendor publishes no limit (docs/vendors/smsfactor.md, limits).
  rate: { perSecond: 10, burst: 5 },
  webhook: smsFactorWebhook,
  health:
    'Test the connection: it shows the credits left, and warns when they run low. Then switch "simulate" on, send a test message to your own phone number and see it accepted; switch it off and send it again: it arrives, and its delivery report shows in the webhook log within minutes.',
  open: openSmsFactor,
})
