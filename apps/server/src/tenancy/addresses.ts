import ipaddr from 'ipaddr.js'

/** A network as `192.168.1.0/24` or `fd12:3456::/48`. */
export type Network = string

/** What an operator has opened to one connection. */
export interface SiteLeave {
  /** `casa/street`: tenant and connection, as `STAYWARD_PRIVATE_NETWORKS` names them. */
  readonly connection: string
  readonly networks: readonly Network[]
}

/** An address that a connection must not lead to: this machine, its network, a cloud's metadata. Nothing was sent. */
export class BlockedAddress extends Error {
  override name = 'BlockedAddress'
  readonly code = 'ECONNREFUSED' // for an adapter it is a host that cannot be reached
}

/** Kinds of addresses that an operator may open to a connection. A cloud's metadata is link-local and never among them. */
const openable = new Set(['private', 'uniqueLocal', 'carrierGradeNat', 'loopback'])

/** Whether an address is one of the open internet. Understands every spelling that a socket would. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false
  return ipaddr.process(address).range() === 'unicast'
}

/** Whether an address lies in one of these networks and is of a kind that may be opened at all. */
export function isWithin(address: string, networks: readonly Network[]): boolean {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.process(address)
  return (
    openable.has(parsed.range()) &&
    networks.some((network) => {
      const [base, bits] = ipaddr.parseCIDR(network)
      return base.kind() === parsed.kind() && parsed.match(base, bits)
    })
  )
}

/** Whether an operator may open this network: every address in it is private. */
export function isOpenable(network: string): boolean {
  if (!ipaddr.isValidCIDR(network)) return false
  const [base, bits] = ipaddr.parseCIDR(network)
  const ends =
    base.kind() === 'ipv4'
      ? [ipaddr.IPv4.networkAddressFromCIDR(network), ipaddr.IPv4.broadcastAddressFromCIDR(network)]
      : [ipaddr.IPv6.networkAddressFromCIDR(network), ipaddr.IPv6.broadcastAddressFromCIDR(network)]
  const [first, last] = ends.map((address) => address.range())
  return bits > 0 && first === last && first !== undefined && openable.has(first)
}
