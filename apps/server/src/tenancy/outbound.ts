import type { LookupFunction } from 'node:net'
import type { Dial, OnSite } from '@stayward/core/adapter'
import { Agent, buildConnector } from 'undici'
import { isPublicAddress, isWithin, type SiteLeave } from './addresses.ts'
import { blockedLiteral, guardedLookup, type MayReach } from './guarded-lookup.ts'
import { checkCertificate, explained } from './site-certificate.ts'
import { dialSite } from './site-socket.ts'

type Fetch = typeof globalThis.fetch

/** A way out that is closed with the connection it was opened for. */
export interface SiteWay {
  readonly fetch: Fetch
  /** For what is not HTTP. Whoever dials closes the socket. */
  readonly dial: Dial
  close(): Promise<void>
}

export interface Outbound {
  /** To vendors: public addresses only. */
  readonly fetch: Fetch
  /** To a device or server of a tenant's own: public addresses and the networks opened to this connection. */
  onSite(site: OnSite, leave: SiteLeave): SiteWay
  close(): Promise<void>
}

const limits = { headersTimeout: 15_000, bodyTimeout: 15_000, maxResponseSize: 5_000_000 } as const
const connectTimeout = 5000

/**
 * The way out for adapters. The address of every socket is checked after the name was resolved, and the address that was
 * checked is the one that is dialled. `origins` sends whole origins to loopback instead (rehearsals, demo).
 */
export function createOutbound(origins: ReadonlyMap<string, string>): Outbound {
  const agent = new Agent({
    ...limits,
    connect: guardedConnect(isPublicAddress, (lookup) => buildConnector({ timeout: connectTimeout, lookup })),
  })
  return {
    fetch: fetchThrough(agent, origins),
    onSite: (site, leave) => {
      const device = new Agent({ ...limits, connect: siteConnect(site, leave) })
      const fetch = fetchThrough(device, origins)
      return {
        fetch: async (input, init) => {
          try {
            return await fetch(input, init)
          } catch (error) {
            throw explained(error, leave)
          }
        },
        dial: dialSite(site, leave, origins),
        close: () => device.close(),
      }
    },
    close: () => agent.close(),
  }
}

function fetchThrough(agent: Agent, origins: ReadonlyMap<string, string>): Fetch {
  // The same interface; Node's own types of it come from another copy of undici.
  const dispatcher = agent as unknown as NonNullable<RequestInit['dispatcher']>
  // The signal stays in `init`: a request made here would hold it weakly, and after a garbage collection nothing would
  // end a call that is never answered.
  return (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input)
    const elsewhere = origins.get(url.origin)
    if (elsewhere === undefined) return fetch(input, { ...init, dispatcher })
    const there = `${elsewhere}${url.pathname}${url.search}`
    return fetch(input instanceof Request ? new Request(there, input) : there, init)
  }
}

function siteConnect({ certificate }: OnSite, { networks }: SiteLeave): buildConnector.connector {
  const mayReach = (address: string) => isPublicAddress(address) || isWithin(address, networks)
  return guardedConnect(mayReach, (lookup) =>
    checkCertificate(
      // Node's own check knows authorities and no fingerprints. Here it only judges (`authorized`), and `checkCertificate`
      // ends every socket whose certificate is not the one, before a byte of a request is sent. Sessions are not resumed:
      // each socket shows its certificate.
      buildConnector({ timeout: connectTimeout, lookup, rejectUnauthorized: false, maxCachedSessions: 0 }),
      certificate,
    ),
  )
}

function guardedConnect(
  mayReach: MayReach,
  connectWith: (lookup: LookupFunction) => buildConnector.connector,
): buildConnector.connector {
  const connect = connectWith(guardedLookup(mayReach))
  return (options, answer) => {
    const blocked = blockedLiteral(options.hostname, mayReach)
    if (blocked) answer(blocked, null)
    else connect(options, answer)
  }
}
