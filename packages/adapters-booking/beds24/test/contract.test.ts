import { describeBookingSource } from '@stayward/core/testing'
import beds24 from '../src/adapter.ts'
import { beds24Vendor, sampleRefreshToken, sampleWebhookToken } from '../src/testing/index.ts'

describeBookingSource({
  adapter: beds24,
  config: { credential: sampleRefreshToken, kind: 'refresh-token', webhookToken: sampleWebhookToken },
  wrongConfig: { credential: 'nobodys-refresh-token', kind: 'refresh-token', webhookToken: sampleWebhookToken },
  secrets: [
    sampleRefreshToken,
    sampleWebhookToken,
    'made-token',
    'made-refresh',
    'Ada',
    'Examplová',
    'ada@guest.example',
    '+33 6 39 98 00 01',
    'Brunhilda',
  ],
  vendor: (clock) => {
    const vendor = beds24Vendor({ now: () => Date.parse(clock.now()) })
    // The kit asks more within five minutes than an account may: credits.test.ts meets the limit.
    vendor.state.credits.most = 1_000_000
    return vendor
  },
})
