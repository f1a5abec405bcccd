import {
  AdapterError,
  type Call,
  type Clock,
  type Http,
  type HttpAnswer,
  instantOf,
  type Instant,
  millisecondsOf,
  plus,
  type Vault,
} from '@stayward/core/adapter'
import * as z from 'zod'
import type { Beds24Config } from './config.ts'
import { nameOf, type Tokens, tokensIn, withTokens } from './kept-tokens.ts'

export interface SessionContext {
  readonly http: Http
  readonly config: Beds24Config
  readonly clock: Clock
  readonly vault?: Vault
}

export interface Session {
  /** A token to ask with. `refused`: one that Beds24 has just not taken; answers another one, or `undefined`. */
  token(call: Call, refused?: string): Promise<string | undefined>
}

export const apiPage = 'Beds24 → Settings → Marketplace → API'
/** A token is renewed this long before its end, milliseconds. */
const early = 5 * 60_000
const refusals = [400, 401, 403, 404]

const text = z.string().min(1)
const grantSchema = z.object({
  token: text,
  expiresIn: z.coerce.number().positive(),
  refreshToken: text.nullish().catch(undefined),
})

/**
 * Beds24's three credentials as one: invite code → refresh token → token. What Beds24 gives is stored before it is used,
 * by one process at a time: an invite code works once, and a new refresh token may have ended the one before
 * (docs/vendors/beds24.md, sign-in).
 */
export function createSession({ http, config, clock, vault }: SessionContext): Session {
  const { kind, credential } = config
  if (kind === 'long-life-token')
    return { token: async (_, refused) => (refused === undefined ? credential : undefined) }

  const own = nameOf(config)
  let known: Tokens | undefined
  let unkept: string | undefined
  const usable = (tokens: Tokens | undefined, refused: string | undefined): tokens is Tokens =>
    tokens !== undefined && tokens.token !== refused && plus(clock.now(), early) < tokens.until

  const renewed = async (kept: string | undefined, refused: string | undefined, call: Call): Promise<string> => {
    const tokens = tokensIn(kept, own)
    if (kept !== undefined && usable(tokens, refused)) return kept // somebody else was first
    const refreshToken = tokens?.refreshToken ?? (kind === 'refresh-token' ? credential : undefined)
    const grant = refreshToken === undefined ? await exchange(call) : await refresh(refreshToken, call)
    const newest = grant.refreshToken ?? refreshToken
    if (newest === undefined) throw codeRefused('Beds24 gave no refresh token for the invite code.')
    const until = endOf(clock.now(), grant.expiresIn)
    return withTokens(kept, own, { refreshToken: newest, token: grant.token, until })
  }
  const ask = async (path: string, headers: Record<string, string>, call: Call) =>
    await http({ method: 'GET', path, headers, effect: 'read', judges: refusals }, call)
  const exchange = async (call: Call) => {
    const answer = await ask('/authentication/setup', { code: credential, deviceName: 'Stayward' }, call)
    if (isRefusal(answer)) throw codeRefused('Beds24 refused the invite code: it works once and for 24 hours.')
    return answer.as(grantSchema)
  }
  const refresh = async (refreshToken: string, call: Call) => {
    const answer = await ask('/authentication/token', { refreshToken }, call)
    if (isRefusal(answer))
      throw codeRefused(
        'Beds24 refused the refresh token: it was revoked, unused for 30 days, or renewed by another program.',
      )
    return answer.as(grantSchema)
  }

  return {
    token: async (call, refused) => {
      call.signal.throwIfAborted()
      if (usable(known, refused)) return known.token
      if (!vault) {
        // Where nobody keeps the refresh token, an invite code would be spent for one run.
        if (kind === 'invite-code') throw codeRefused('There is nowhere to keep what Beds24 gives for an invite code.')
        unkept = await renewed(unkept, refused, call)
        known = tokensIn(unkept, own)
        return known?.token
      }
      known = tokensIn(await vault.read(call), own)
      if (usable(known, refused)) return known.token
      known = tokensIn(await vault.renew((kept) => renewed(kept, refused, call), call), own)
      return known?.token
    },
  }
}

function isRefusal({ status }: HttpAnswer): boolean {
  return refusals.includes(status)
}

function endOf(now: Instant, seconds: number): Instant {
  return instantOf(millisecondsOf(now) + Math.min(seconds, 7 * 86_400) * 1000)
}

function codeRefused(message: string): AdapterError {
  return new AdapterError('auth', message, {
    remedy: `Make a new invite code at ${apiPage} and enter it in this connection within 24 hours.`,
  })
}
