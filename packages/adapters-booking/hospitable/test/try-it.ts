import hospitable from '@stayward/booking-hospitable'
import { guardFetch, systemClock, systemEntropy } from '@stayward/core/adapter'

const config = hospitable.config.parse({ accessToken: process.env['HOSPITABLE_TOKEN'] })
const provider = hospitable.open({
  config,
  fetch: guardFetch(fetch, hospitable),
  clock: systemClock,
  entropy: systemEntropy,
})
const call = { signal: AbortSignal.timeout(60_000) }

console.log(await provider.readAccount(call))
const { bookings, complete } = await provider.listBookings({ stays: { from: '2026-07-01', to: '2026-07-31' } }, call)
console.log(`${bookings.length} bookings in July, ${complete ? 'all of them' : 'some are missing'}`)
