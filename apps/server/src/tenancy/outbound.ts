import { lookup as dnsLookup } from 'node:dns'
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import { Agent, buildConnector } from 'undici'

type Fetch = typeof globalThis.fetch

/** An address that vendors' hosts must not lead to: this machine, its network, a cloud's metadata. Nothing was sent. */
export class BlockedAddress extends Error {
  override name = 'BlockedAddress'
  readonly code = 'ECONNREFUSED' // for an adapter it is a host that cannot be reached
}

/**
 * The way out for adapters. Every socket goes to a public address, checked after the name was resolved, and the address
 * that was checked is the one that is dialled. `origins` sends whole origins to loopback instead (rehearsals, demo).
 */
export function createOutbound(origins: ReadonlyMap<string, string>): {
  readonly fetch: Fetch
  close(): Promise<void>
} {
  const agent = new Agent({
    headersTimeout: 15_000,
    bodyTimeout: 15_000,
    maxResponseSize: 5_000_000,
    connect: guardedConnect(),
  })
  // The same interface; Node's own types of it come from another copy of undici.
  const dispatcher = agent as unknown as NonNullable<RequestInit['dispatcher']>
  return {
    // The signal stays in `init`: a request made here would hold it weakly, and after a garbage collection nothing would
    // end a call that is never answered.
    fetch: (input, init) => {
      const url = new URL(input instanceof Request ? input.url : input)
      const elsewhere = origins.get(url.origin)
      if (elsewhere === undefined) return fetch(input, { ...init, dispatcher })
      const there = `${elsewhere}${url.pathname}${url.search}`
      return fetch(input instanceof Request ? new Request(there, input) : there, init)
    },
    close: () => agent.close(),
  }
}

/** Whether an address is one of the open internet. Understands every spelling that a socket would. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false
  return ipaddr.process(address).range() === 'unicast'
}

function guardedConnect(): buildConnector.connector {
  // Both parts are needed: a literal address never asks the resolver.
  const connect = buildConnector({
    timeout: 5000,
    lookup: (host, options, answer) => {
      dnsLookup(host, { ...options, all: true }, (error, found) => {
        const [first] = found ?? []
        const blocked = found?.find(({ address }) => !isPublicAddress(address))
        if (error) answer(error, '', 0)
        else if (blocked || !first) answer(new BlockedAddress(`${host} does not lead to a public address`), '', 0)
        else if (options.all) answer(null, found)
        else answer(null, first.address, first.family)
      })
    },
  })
  return (options, answer) => {
    const host = options.hostname.replace(/^\[|\]$/g, '')
    if (isIP(host) && !isPublicAddress(host)) answer(new BlockedAddress(`${host} is not a public address`), null)
    else connect(options, answer)
  }
}
