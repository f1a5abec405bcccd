import smsFactor from '@stayward/notify-smsfactor'
import { guardFetch, systemClock, systemEntropy } from '@stayward/core/adapter'

const apiToken = process.env['SMSFACTOR_TOKEN']
const config = smsFactor.config.parse({ apiToken, simulate: true })
const fetch = guardFetch(globalThis.fetch, smsFactor)
const sms = smsFactor.open({ config, fetch, clock: systemClock, entropy: systemEntropy })
const call = { signal: AbortSignal.timeout(20_000) }
console.log(await sms.readAccount(call))
console.log(await sms.send({ key: 'try-it-1', to: '+33639980001', text: 'Hello from Stayward' }, call))
