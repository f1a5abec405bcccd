import { AdapterError, type Call, type OpenContext } from '@stayward/core/adapter'
import type { Config } from './config.ts'
import { createSend } from './nuki-api.ts'
import { registered, registrations } from './nuki-shapes.ts'
import { features } from './nuki-webhook.ts'

/**
 * Has Nuki call `address` when locks, codes or the log change, and answers the secret that signs every delivery: Nuki never
 * shows it again. It needs a token with the scope `webhook.decentral`, which only the Advanced API gives. Earlier
 * registrations of the same address are taken away first: their secrets are lost.
 */
export async function registerWebhook(
  { config, fetch, clock }: Pick<OpenContext<Config>, 'config' | 'fetch' | 'clock'>,
  address: string,
  call: Call,
): Promise<string> {
  if (!URL.canParse(address) || new URL(address).protocol !== 'https:')
    throw new AdapterError('refused', 'Nuki calls https addresses only.', {
      remedy: 'Put the hub behind https and take the webhook address it shows then.',
    })
  const send = createSend(config.apiToken, fetch, clock)
  const path = '/api/decentralWebhook'
  const before = (await send({ method: 'GET', path, effect: 'read' }, call)).as(registrations)
  const orphans = before.filter(({ webhookUrl }) => webhookUrl === address)
  for (const { id } of orphans) await send({ method: 'DELETE', path: `${path}/${id}`, effect: 'write' }, call)
  const body = JSON.stringify({ webhookUrl: address, webhookFeatures: features })
  const { secret } = (await send({ method: 'PUT', path, body, effect: 'write' }, call)).as(registered)
  return secret
}
