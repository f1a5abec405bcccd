import { lookup as dnsLookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import type { OnSite } from '@stayward/core/adapter'
import { Agent, buildConnector } from 'undici'
import { BlockedAddress, isPublicAddress, isWithin, type SiteLeave } from './addresses.ts'
import { checkCertificate, explained } from './site-certificate.ts'

type Fetch = typeof globalThis.fetch

/** A way out that is closed with the connection it was opened for. */
export interface SiteWay {
  readonly fetch: Fetch
  close(): Promise<void>
}

export interface Outbound {
  /** To vendors: public addresses only. */
  readonly fetch: Fetch
  /** To a device in a tenant's house: public addresses and the networks opened to this connection. */
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
  mayReach: (address: string) => boolean,
  connectWith: (lookup: LookupFunction) => buildConnector.connector,
): buildConnector.connector {
  // Both parts are needed: a literal address never asks the resolver.
  const connect = connectWith((host, options, answer) => {
    dnsLookup(host, { ...options, all: true }, (error, found) => {
      const [first] = found ?? []
      const blocked = found?.find(({ address }) => !mayReach(address))
      if (error) answer(error, '', 0)
      else if (blocked || !first) answer(new BlockedAddress(`${host} does not lead to an address it may reach`), '', 0)
      else if (options.all) answer(null, found)
      else answer(null, first.address, first.family)
    })
  })
  return (options, answer) => {
    const host = options.hostname.replace(/^\[|\]$/g, '')
    if (isIP(host) && !mayReach(host)) answer(new BlockedAddress(`${host} is not an address it may reach`), null)
    else connect(options, answer)
  }
}
