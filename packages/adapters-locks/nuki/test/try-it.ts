import { guardFetch, systemClock, systemEntropy } from '@stayward/core/adapter'
import nuki from '@stayward/lock-nuki'

const config = nuki.config.parse({ apiToken: process.env['NUKI_API_TOKEN'] ?? '' })
const lock = nuki.open({ config, fetch: guardFetch(fetch, nuki), clock: systemClock, entropy: systemEntropy })
const call = { signal: AbortSignal.timeout(30_000) }

console.log(await lock.readAccount(call))
for (const device of await lock.listDevices(call)) {
  const codes = await lock.readCodes(device.id, call)
  console.log(device.id, device.name, `${codes.length} codes`, device.note ?? '')
}
