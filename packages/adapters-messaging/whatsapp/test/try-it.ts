import whatsApp from '@stayward/notify-whatsapp'
import { guardFetch, systemClock, systemEntropy } from '@stayward/core/adapter'

const { WHATSAPP_TOKEN: accessToken, WHATSAPP_SECRET: appSecret } = process.env
const ids = { phoneNumberId: '106540352242922', businessAccountId: '102290129340398' }
const config = whatsApp.config.parse({ ...ids, accessToken, appSecret, verifyToken: 'made-up-for-the-try' })
const fetch = guardFetch(globalThis.fetch, whatsApp)
const chat = whatsApp.open({ config, fetch, clock: systemClock, entropy: systemEntropy })
const call = { signal: AbortSignal.timeout(20_000) }
console.log(await chat.readAccount(call))
// Write to the number from your phone first: free words are taken for a day after that.
const message = { key: 'try-it-1', to: '+33639980001', text: 'Hello from Stayward', heardAt: systemClock.now() }
console.log(await chat.send(message, call))
