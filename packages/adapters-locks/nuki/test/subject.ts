import { millisecondsOf } from '@stayward/core/adapter'
import type { Subject } from '@stayward/core/testing'
import nuki from '../src/adapter.ts'
import type { Config } from '../src/config.ts'
import { goodToken, type NukiVendor, nukiVendor, sampleSecret } from '../src/testing/index.ts'

export const subject: Subject<'lock', NukiVendor, Config> = {
  adapter: nuki,
  config: { apiToken: goodToken, webhookSecret: sampleSecret },
  wrongConfig: { apiToken: 'a-token-from-before-the-password-changed' },
  secrets: [goodToken, sampleSecret, 'a-token-from-before', 'Ada', 'Cleaning', 'Easter guests', '864297', '397521'],
  vendor: (clock) => nukiVendor({ now: () => millisecondsOf(clock.now()) }),
}
