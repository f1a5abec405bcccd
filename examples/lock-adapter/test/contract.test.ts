import { describeLockProvider } from '@stayward/core/testing'
import latch from '../src/adapter.ts'
import { goodKey, latchVendor } from '../src/testing/latch-vendor.ts'

describeLockProvider({
  adapter: latch,
  config: { apiKey: goodKey },
  wrongConfig: { apiKey: 'latch-key-of-last-year' },
  secrets: [goodKey, 'latch-key-of-last-year'],
  vendor: () => latchVendor(),
})
