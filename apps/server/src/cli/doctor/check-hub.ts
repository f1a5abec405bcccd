import type { Settings } from '../../settings/settings.ts'
import { bad, type Finding, note, ok } from './finding.ts'

/** Milliseconds in which a hub that is well answers. */
const patience = 5000

/** Whether a hub runs here, and as what. */
export async function findHub({ host, port }: Settings): Promise<{
  readonly running: boolean
  readonly findings: readonly Finding[]
}> {
  const near = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  const base = `http://${near.includes(':') ? `[${near}]` : near}:${port}`
  const alive = await answers(`${base}/livez`)
  if (alive !== undefined)
    return {
      running: false,
      findings: [
        bad(
          'hub',
          `no hub answers at ${base} (${alive})`,
          'Start it: npm start. If it runs elsewhere, set STAYWARD_HOST and STAYWARD_PORT as it has them.',
        ),
      ],
    }
  const ready = await answers(`${base}/readyz`)
  return {
    running: true,
    findings: [
      ready === undefined
        ? ok('hub', `answers at ${base}`)
        : bad('hub', `answers at ${base} and is not ready (${ready})`, `See why: curl ${base}/readyz`),
    ],
  }
}

/** Whether vendors can reach the hub. A machine that cannot reach its own public name may still be reached by others. */
export async function checkPublicAddress({ publicUrl }: Settings, running: boolean): Promise<readonly Finding[]> {
  if (publicUrl === undefined)
    return [
      note(
        'public address',
        'not set: no webhook can arrive, and changes are found by the poll only',
        'Set STAYWARD_PUBLIC_URL to how vendors reach the hub: https://hub.example.com',
      ),
    ]
  const secure = publicUrl.startsWith('https:')
    ? []
    : [
        note(
          'public address',
          `${publicUrl} is not https: whoever listens on the way reads bookings and the address itself`,
          'Put a proxy with TLS in front (Caddy, nginx, Traefik) and set STAYWARD_PUBLIC_URL to its https address.',
        ),
      ]
  if (!running)
    return [
      ...secure,
      note('public address', `${publicUrl} (not tried: the hub does not run)`, 'Start the hub and ask again.'),
    ]
  const trouble = await answers(`${publicUrl}/livez`)
  return [
    ...secure,
    trouble === undefined
      ? ok('public address', `${publicUrl} reaches this hub`)
      : bad(
          'public address',
          `${publicUrl} does not reach this hub (${trouble})`,
          'Try it from another network as well: <address>/livez has to answer. Otherwise see to the name, the proxy and the firewall.',
        ),
  ]
}

/** What is the matter, or `undefined` for an answer that is well. */
async function answers(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(patience), redirect: 'manual' })
    await response.arrayBuffer()
    return response.ok ? undefined : `answer ${response.status}`
  } catch (error) {
    const { cause } = error as { cause?: { code?: unknown } } // fetch wraps the system's error
    if (typeof cause?.code === 'string') return cause.code
    return error instanceof Error && error.name === 'TimeoutError' ? `silent for ${patience / 1000} s` : 'no answer'
  }
}
