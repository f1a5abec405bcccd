import { describeBookingSource } from '@stayward/core/testing'
import smoobu from '../src/adapter.ts'
import { furnishedSmoobu, smoobuVendor } from '../src/testing/index.ts'
import { apiKey, apiSecret } from './smoobu-account.ts'

const people = furnishedSmoobu(0).reservations.flatMap(({ guest }) => [
  guest.name,
  guest.lastName,
  guest.email,
  guest.phone,
])

describeBookingSource({
  adapter: smoobu,
  config: { apiKey, apiSecret },
  wrongConfig: { apiKey: 'another-key', apiSecret: 'another-secret' },
  secrets: [apiKey, apiSecret, 'hanna@host.example', 'Hostmann', ...people],
  vendor: (clock) => smoobuVendor({ now: () => Date.parse(clock.now()) }),
})
