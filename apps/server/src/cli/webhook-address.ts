import type { AnyAdapter } from '@stayward/core'
import type { Settings } from '../settings/settings.ts'
import type { Output } from './output.ts'

export interface AddressOf {
  readonly adapter: AnyAdapter
  readonly slug: string
  readonly token: string
}

/** How the vendor reaches this connection. Whoever knows it can make the hub look; it is told to the vendor only. */
export function webhookAddress(settings: Settings, { adapter, slug, token }: AddressOf): string {
  return `${publicBase(settings)}/api/webhooks/${adapter.id}/t/${slug}/${token}`
}

/** How the hub is reached from outside, as far as the settings say. */
export function publicBase({ publicUrl, host, port }: Settings): string {
  return publicUrl ?? `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

export function sayAddress(out: Output, settings: Settings, { adapter, ...address }: AddressOf): void {
  out.say(`Webhook address, for ${adapter.displayName} and nobody else:`)
  out.say(`  ${webhookAddress(settings, { adapter, ...address })}`)
  if (adapter.webhook) out.say(adapter.webhook.setUp)
  if (settings.publicUrl === undefined)
    out.note(
      'STAYWARD_PUBLIC_URL is not set, so this address works on this machine only. Set it and ask again: stayward connection address',
    )
}
