import { millisecondsOf } from '@stayward/core/adapter'
import { describeNotifier } from '@stayward/core/testing'
import smsFactor from '../src/adapter.ts'
import { fakeToken, smsFactorVendor, tokenOf } from '../src/testing/index.ts'
import { configOf } from './open.ts'

describeNotifier({
  adapter: smsFactor,
  config: configOf({ webhookSecret: 'a-secret-for-this-only' }),
  wrongConfig: configOf({ apiToken: tokenOf('99999'), webhookSecret: 'another-secret-entirely' }),
  secrets: [
    fakeToken,
    tokenOf('99999'),
    'a-secret-for-this-only',
    'another-secret-entirely',
    '33639980001',
    '639980001',
  ],
  vendor: (clock) =>
    smsFactorVendor({ now: () => millisecondsOf(clock.now()), reportDelay: 1000, listingLag: 0, webhooks: true }),
})
