import { defineAdapter } from '@stayward/core/adapter'
import { labelMaxLength, pinRules, windowStep } from './code-form.ts'
import { config } from './config.ts'
import { deviceId } from './device-id.ts'
import { origin } from './nuki-api.ts'
import { openNuki } from './nuki-locks.ts'
import { nukiWebhook } from './nuki-webhook.ts'

/** Nuki locks with a Keypad, through the Nuki Web API. Beliefs and their sources: docs/vendors/nuki.md. */
export default defineAdapter({
  id: 'nuki',
  displayName: 'Nuki',
  port: 'lock',
  specVersion: 'v1',
  config,
  hosts: [new URL(origin).hostname],
  capabilities: {
    pin: pinRules,
    labelMaxLength,
    windowStep,
    canUpdate: true,
    readsPin: true,
    readsWindow: true,
    writesAreVisible: 'later',
    showsWithin: 30_000,
    readBack: 'synced',
    readsState: true,
    readsActivity: true,
    opens: true,
  },
  deviceId,
  rate: { perSecond: 3, burst: 6 },
  webhook: nukiWebhook,
  health:
    'Test the connection: it counts the locks of the account and warns of every lock that is offline, waits for its admin ' +
    'PIN, has a low battery or is nearly full. A lock is healthy when Nuki Web shows it online.',
  open: openNuki,
})
