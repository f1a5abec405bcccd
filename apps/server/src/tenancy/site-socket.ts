import { once } from 'node:events'
import { connect } from 'node:net'
import type { Dial, OnSite } from '@stayward/core/adapter'
import { isPublicAddress, isWithin, type SiteLeave } from './addresses.ts'
import { blockedLiteral, guardedLookup } from './guarded-lookup.ts'
import { explained } from './site-certificate.ts'

/** Milliseconds for the name and every address behind it. */
const connectTimeout = 10_000

/**
 * Opens sockets to one site for adapters that do not speak HTTP. The address that was checked is the one that is dialled.
 * `origins` sends whole origins to loopback instead (rehearsals, demo).
 */
export function dialSite(site: OnSite, leave: SiteLeave, origins: ReadonlyMap<string, string>): Dial {
  const elsewhere = origins.get(site.origin)
  const mayReach = (address: string) =>
    elsewhere !== undefined || isPublicAddress(address) || isWithin(address, leave.networks)
  const { hostname, port } = new URL(elsewhere ?? site.origin)
  return async (signal) => {
    const blocked = blockedLiteral(hostname, mayReach)
    if (blocked) throw explained(blocked, leave)
    const socket = connect({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port),
      lookup: guardedLookup(mayReach),
      autoSelectFamily: true,
    })
    // Who is given the socket listens for themselves; an error in between must not end the process.
    socket.on('error', () => undefined)
    try {
      await once(socket, 'connect', { signal: AbortSignal.any([signal, AbortSignal.timeout(connectTimeout)]) })
    } catch (error) {
      socket.destroy()
      signal.throwIfAborted()
      throw explained(timedOut(error), leave)
    }
    return { socket, isPrivate: !isPublicAddress(socket.remoteAddress ?? '') }
  }
}

/** `once` says of every signal that it aborted. */
function timedOut(error: unknown): unknown {
  const isAbort = error instanceof Error && error.name === 'AbortError'
  return isAbort ? Object.assign(new Error('connect ETIMEDOUT'), { code: 'ETIMEDOUT' }) : error
}
