import { defineAdapter } from '@stayward/core/adapter'
import { openTwoN } from './2n-intercom.ts'
import { config, siteOf } from './config.ts'
import { deviceId } from './device-id.ts'
import { labelMaxLength, pinRules, windowStep } from './user-form.ts'

/** 2N IP intercoms and access units, through the HTTP API of each device. Beliefs and their sources: docs/vendors/2n.md. */
export default defineAdapter({
  id: 'intercom-2n',
  displayName: '2N',
  port: 'intercom',
  specVersion: 'v1',
  config,
  hosts: [],
  onSite: siteOf,
  capabilities: {
    pin: pinRules,
    labelMaxLength,
    windowStep,
    canUpdate: true,
    readsPin: true,
    readsWindow: true,
    writesAreVisible: 'now',
    readBack: 'device',
    readsState: true,
    readsActivity: true,
    opens: true,
    writesEntries: true,
    drawsQr: true,
  },
  deviceId,
  rate: { perSecond: 5, burst: 10 },
  health:
    'Test the connection: it names model and firmware, and warns of a wrong clock, of a service that is switched off, and of ' +
    'a privilege that is not ticked. The device is healthy when its own page opens and shows the right time.',
  open: openTwoN,
})
