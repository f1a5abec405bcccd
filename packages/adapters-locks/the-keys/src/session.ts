import { type Call, type Clock, type Instant, plus } from '@stayward/core/adapter'
import { shareRun } from './share-run.ts'

export interface Token {
  readonly value: string
  /** Seconds from now, as the cloud says it; anything else than a number counts as the hour it usually says. */
  readonly expiresIn: unknown
}

export interface Session {
  /** A token that should still be good; signs in when there is none. */
  token(call: Call): Promise<string>
  /** The cloud no longer takes this token. */
  forget(value: string): void
}

const usualLifetime = 3600
/** Given up this long before the end, so that a call does not meet the end on its way. Seconds. */
const margin = 60

/** Keeps one token for all calls, and signs in once for all that wait for one. */
export function createSession(signIn: (call: Call) => Promise<Token>, clock: Clock): Session {
  let held: { readonly value: string; readonly until: Instant } | undefined
  const renew = shareRun(async (call) => {
    const { value, expiresIn } = await signIn(call)
    const lifetime = typeof expiresIn === 'number' && expiresIn > 0 ? Math.min(expiresIn, usualLifetime) : usualLifetime
    held = { value, until: plus(clock.now(), (lifetime - margin) * 1000) }
    return value
  })
  return {
    token: async (call) => (held && clock.now() < held.until ? held.value : await renew(call)),
    forget: (value) => {
      if (held?.value === value) held = undefined // another call may have brought a fresh one meanwhile
    },
  }
}
