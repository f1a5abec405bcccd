import { guardFetch, systemClock, systemEntropy } from '@stayward/core/adapter'
import theKeys from '@stayward/lock-the-keys'

const { THE_KEYS_PHONE = '', THE_KEYS_PASSWORD = '' } = process.env
const config = theKeys.config.parse({ username: THE_KEYS_PHONE, password: THE_KEYS_PASSWORD })
const lock = theKeys.open({ config, fetch: guardFetch(fetch, theKeys), clock: systemClock, entropy: systemEntropy })
const call = { signal: AbortSignal.timeout(30_000) }

console.log(await lock.readAccount(call))
for (const device of await lock.listDevices(call)) {
  const codes = await lock.readCodes(device.id, call)
  console.log(device.id, device.name, `${codes.length} codes`, device.note ?? '')
}
