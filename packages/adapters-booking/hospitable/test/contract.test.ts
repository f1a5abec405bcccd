import { describeBookingSource } from '@stayward/core/testing'
import hospitable from '../src/adapter.ts'
import { furnishedHospitable, hospitableVendor } from '../src/testing/index.ts'
import { accessToken, ownerEmail } from './hospitable-account.ts'

const people = furnishedHospitable(0).reservations.flatMap(({ guest }) => [
  guest?.first_name ?? '',
  guest?.last_name ?? '',
  guest?.email ?? '',
  ...(guest?.phone_numbers ?? []),
])

describeBookingSource({
  adapter: hospitable,
  config: { accessToken, ownerEmail },
  wrongConfig: { accessToken: 'another-token', ownerEmail },
  secrets: [accessToken, ownerEmail, 'Hostmann', ...people],
  vendor: (clock) => {
    const vendor = hospitableVendor({ now: () => Date.parse(clock.now()) })
    // The kit writes sixty messages in a minute, more than Hospitable takes: messages.test.ts meets the limit.
    vendor.state.switches.sendsPerMinute = 100
    return vendor
  },
})
