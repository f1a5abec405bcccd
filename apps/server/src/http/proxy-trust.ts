import type { IncomingMessage } from 'node:http'

/**
 * Whose `X-Forwarded-For` is believed: nobody's (`false`), that of a number of proxies in front, or that of these
 * addresses and ranges. Behind a proxy that is not believed every vendor shares one address and one rate limit.
 */
export type ProxyTrust = false | number | readonly string[]

/** Whether the sender `hop` steps away, 0 being the one at the other end of the socket, is a proxy of ours. */
export type Trusts = (address: string, hop: number) => boolean

/** The nearest sender that is not a proxy of ours, as express's `req.ip` has it. */
export function clientOf({ socket, headers }: IncomingMessage, trusts: Trusts): string {
  const { remoteAddress = '' } = socket
  const forwarded = headers['x-forwarded-for']
  if (typeof forwarded !== 'string' || forwarded === '' || !trusts(remoteAddress, 0)) return remoteAddress
  const hops = forwarded.split(',').toReversed()
  const client = hops.findIndex((address, index) => !trusts(address.trim(), index + 1))
  return hops.at(client)?.trim() ?? remoteAddress
}
