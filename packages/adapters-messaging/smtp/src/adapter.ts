import { defineAdapter } from '@stayward/core/adapter'
import { siteOf, smtpConfig } from './smtp-config.ts'
import { openSmtp } from './smtp-messages.ts'

export type { SmtpConfig } from './smtp-config.ts'

/** Mail through any server that takes it by SMTP. Beliefs and their sources: docs/vendors/smtp.md. */
export default defineAdapter({
  id: 'smtp',
  displayName: 'SMTP',
  port: 'notifier',
  specVersion: 'v1',
  config: smtpConfig,
  hosts: [],
  onSite: siteOf,
  capabilities: {
    address: 'email',
    dedupesByKey: false,
    looksUp: false,
    readsReplies: false,
    reportsDelivery: false,
  },
  // Ours: providers count by the hour and the day, and say when it is too much.
  rate: { perSecond: 1, burst: 5 },
  health:
    'Test the connection: it connects, encrypts and signs in, and sends nothing. Whether the provider lets this user send as ' +
    'this sender shows with the first mail: make a booking with your own address, and look whether the mail is in the inbox ' +
    'and not among the spam.',
  open: openSmtp,
})
