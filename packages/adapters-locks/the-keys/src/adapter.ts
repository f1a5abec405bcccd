import { defineAdapter } from '@stayward/core/adapter'
import { config } from './config.ts'
import { deviceId } from './device-id.ts'
import { labelMaxLength, pinRules } from './share-form.ts'
import { origin } from './the-keys-api.ts'
import { openTheKeys } from './the-keys-locks.ts'

/** The Keys smart locks with a keypad, through the maker's cloud. Beliefs and their sources: docs/vendors/the-keys.md. */
export default defineAdapter({
  id: 'the-keys',
  displayName: 'The Keys',
  port: 'lock',
  specVersion: 'v1',
  config,
  hosts: [new URL(origin).hostname],
  capabilities: {
    pin: pinRules,
    labelMaxLength,
    windowStep: 60_000,
    canUpdate: true,
    readsPin: true,
    readsWindow: true,
    writesAreVisible: 'now',
    readBack: 'heartbeat',
    readsState: true,
    readsActivity: false,
    opens: false,
  },
  deviceId,
  rate: { perSecond: 3, burst: 3 },
  health:
    'Test the connection: it signs in, names the account and warns of every lock without a live gateway. A keypad is ' +
    'healthy when its gateway was seen less than 10 minutes ago and its battery is not low.',
  open: openTheKeys,
})
