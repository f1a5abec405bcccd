import { guardFetch, systemClock } from '@stayward/core/adapter'
import nuki, { registerWebhook } from '@stayward/lock-nuki'

const { NUKI_API_TOKEN = '', WEBHOOK_ADDRESS = '' } = process.env
const config = nuki.config.parse({ apiToken: NUKI_API_TOKEN })
const context = { config, fetch: guardFetch(fetch, nuki), clock: systemClock }
const call = { signal: AbortSignal.timeout(30_000) }

const { id, secret, replaced } = await registerWebhook(context, WEBHOOK_ADDRESS, call)
console.log(`Registered as ${id}, in place of ${replaced}. webhookSecret: ${secret}`)
