import { guardFetch, systemClock, systemEntropy } from '@stayward/core/adapter'
import intercom from '@stayward/intercom-2n'

const { TWO_N_ADDRESS = '', TWO_N_USER = '', TWO_N_PASSWORD = '' } = process.env
const config = intercom.config.parse({ address: TWO_N_ADDRESS, username: TWO_N_USER, password: TWO_N_PASSWORD })
const guarded = guardFetch(fetch, { ...intercom, site: { origin: `https://${TWO_N_ADDRESS}` } })
const device = intercom.open({ config, fetch: guarded, clock: systemClock, entropy: systemEntropy })
const call = { signal: AbortSignal.timeout(30_000) }

console.log(await device.readAccount(call))
for (const { id, name } of await device.listDevices(call)) {
  console.log(id, name, `${(await device.readCodes(id, call)).length} codes`, await device.listDoors(id, call))
  console.log(await device.drawQr?.(id, '4827361504', call))
}
