import { HttpResponse } from 'msw'
import { refusal, secondsOf } from './beds24-answers.ts'
import type { Beds24State } from './beds24-state.ts'

const day = 86_400_000
/** Seconds. */
const tokenLives = 86_400
const refreshLives = 30 * day

/** The rights of a request's token; `undefined` when it opens nothing. */
export function scopesOf(state: Beds24State, request: Request, now: number): readonly string[] | undefined {
  const given = request.headers.get('token')
  return state.tokens.find(({ token, until }) => token === given && (until === null || until > now))?.scopes
}

/** `GET /authentication/setup`: an invite code works once, for a day. */
export function setUp(state: Beds24State, request: Request, now: number): Response {
  const invite = state.invites.find(({ code }) => code === request.headers.get('code'))
  if (!invite || invite.used || invite.until <= now) return refusal(401, 'Code not valid')
  invite.used = true
  const refreshToken = newWord(state, 'refresh')
  state.refreshTokens.push({ token: refreshToken, scopes: invite.scopes, usedAt: now, revoked: false })
  return HttpResponse.json({ ...grant(state, invite.scopes, now), refreshToken })
}

/** `GET /authentication/token`: a fresh token, and perhaps a new refresh token, for a refresh token. */
export function refresh(state: Beds24State, request: Request, now: number): Response {
  const found = state.refreshTokens.find(({ token }) => token === request.headers.get('refreshToken'))
  if (!found || found.revoked || found.usedAt + refreshLives < now) return refusal(401, 'Token not valid')
  found.usedAt = now
  const { rotation } = state.switches
  if (rotation === 'none') return HttpResponse.json(grant(state, found.scopes, now))
  const refreshToken = newWord(state, 'refresh')
  state.refreshTokens.push({ token: refreshToken, scopes: found.scopes, usedAt: now, revoked: false })
  if (rotation === 'replaces') found.revoked = true
  return HttpResponse.json({ ...grant(state, found.scopes, now), refreshToken })
}

export function details(state: Beds24State, request: Request, now: number): Response {
  const scopes = scopesOf(state, request, now)
  const diagnostics = { requestIp: '192.0.2.1' }
  if (!scopes) return HttpResponse.json({ validToken: false, diagnostics })
  return HttpResponse.json({
    validToken: true,
    token: {
      ownerId: state.account.ownerId,
      expiresIn: 80_000,
      created: secondsOf(now),
      scopes,
      deviceName: 'Stayward',
      linkedProperties: false,
      onlyPropertyId: null,
      whiteListOnly: false,
      whiteList: [],
    },
    diagnostics,
  })
}

function grant(state: Beds24State, scopes: readonly string[], now: number) {
  const token = newWord(state, 'token')
  state.tokens.push({ token, scopes, until: now + tokenLives * 1000 })
  return { token, expiresIn: tokenLives }
}

function newWord(state: Beds24State, kind: string): string {
  return `made-${kind}-${++state.counters.token}-for-these-tests`
}
