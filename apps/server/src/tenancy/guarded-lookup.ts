import { lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { BlockedAddress } from './addresses.ts'

export type MayReach = (address: string) => boolean

/** Resolves names to addresses that may be reached, and fails when one of them may not. */
export function guardedLookup(mayReach: MayReach): LookupFunction {
  return (host, options, answer) => {
    lookup(host, { ...options, all: true }, (error, found) => {
      const [first] = found ?? []
      const blocked = found?.find(({ address }) => !mayReach(address))
      if (error) answer(error, '', 0)
      else if (blocked || !first) answer(new BlockedAddress(`${host} does not lead to an address it may reach`), '', 0)
      else if (options.all) answer(null, found)
      else answer(null, first.address, first.family)
    })
  }
}

/** The other half: a literal address never asks the resolver. `host` as in a URL. */
export function blockedLiteral(host: string, mayReach: MayReach): BlockedAddress | undefined {
  const plain = host.replace(/^\[|\]$/g, '')
  return isIP(plain) && !mayReach(plain) ? new BlockedAddress(`${plain} is not an address it may reach`) : undefined
}
