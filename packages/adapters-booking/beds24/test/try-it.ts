import beds24 from '@stayward/booking-beds24'
import { guardFetch, systemClock, systemEntropy } from '@stayward/core/adapter'

// A long-life token, because this script has nowhere to keep what an invite code brings.
const config = beds24.config.parse({ credential: process.env['BEDS24_TOKEN'], kind: 'long-life-token' })
const provider = beds24.open({ config, fetch: guardFetch(fetch, beds24), clock: systemClock, entropy: systemEntropy })
const call = { signal: AbortSignal.timeout(60_000) }

console.log(await provider.readAccount(call))
const { bookings, complete } = await provider.listBookings({ stays: { from: '2026-07-01', to: '2026-07-31' } }, call)
console.log(`${bookings.length} bookings in July, ${complete ? 'all of them' : 'some are missing'}`)
