import { defineAdapter } from '@stayward/core/adapter'
import * as z from 'zod'
import { openLatch } from './latch-locks.ts'

/** Latch, a lock maker that does not exist. */
export default defineAdapter({
  id: 'latch',
  displayName: 'Latch',
  port: 'lock',
  specVersion: 'v1',
  config: z.object({
    apiKey: z.string().min(12).meta({ title: 'API key', description: 'Latch portal, Account, API.' }),
  }),
  hosts: ['api.latch.example'],
  deviceId: z.string().regex(/^door-\d+$/, 'Take it from the address bar of the door in the Latch portal.'),
  rate: { perSecond: 2, burst: 4 },
  capabilities: {
    pin: { lengths: [6], digits: '0123456789', forbiddenPrefixes: ['0'] },
    labelMaxLength: 20,
    windowStep: 60_000,
    canUpdate: true,
    readsPin: true,
    readsWindow: true,
    writesAreVisible: 'now',
    readBack: 'device',
    readsState: false,
    readsActivity: false,
    opens: false,
  },
  health: 'The Latch portal shows the door with a green dot.',
  open: openLatch,
})
