import { HttpResponse } from 'msw'
import type { AccountState, Room } from './vendor-state.ts'

export type Body = Readonly<Record<string, unknown>>

/** HTTP 200 whatever happened; XML unless JSON was asked for by name. */
export function answer(request: Request, body: Body): Response {
  if (request.headers.get('accept')?.includes('application/json')) return HttpResponse.json({ ...body })
  const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<response>${elements(body)}</response>`
  return new HttpResponse(xml, { status: 200, headers: { 'content-type': 'application/xml; charset=UTF-8' } })
}

function elements(body: Body): string {
  return Object.entries(body)
    .map(([name, value]) => `<${name}>${Array.isArray(value) ? '' : String(value)}</${name}>`)
    .join('')
}

/** The vendor's words for a status; the one for −1 speaks of a password even when a token was given. */
export function failed(status: number, details?: string): Body {
  const messages: Readonly<Record<number, string>> = {
    [-1]: 'Le login et le mot de passe ne correspondent pas',
    [-2]: 'Erreur XML',
    [-3]: 'Crédits insuffisants',
    [-4]: 'Date de départ incorrecte',
    [-5]: 'Ressource introuvable',
    [-6]: 'Erreur JSON',
    [-7]: 'Erreur de données',
    [-8]: 'Campagne en modération',
    [-99]: 'Erreur inconnue',
  }
  return { status, message: messages[status] ?? 'Erreur', details: details ?? (status === -1 ? 'Token invalide' : '') }
}

/** Whose token the request carries, in the header or, on a documented GET, in the address. */
export function accountOf(request: Request, { state }: Room): AccountState | undefined {
  const header = /^Bearer (.+)$/.exec(request.headers.get('authorization') ?? '')?.[1]
  const token = header ?? new URL(request.url).searchParams.get('token')
  return state.accounts.find(({ tokens }) => tokens.some((each) => each.token === token))
}

/** Runs a route for the account of its token, or answers −1. */
export function forAccount(room: Room, request: Request, route: (account: AccountState) => Response): Response {
  const account = accountOf(request, room)
  return account ? route(account) : answer(request, failed(-1))
}

/** A JSON object of the request, or the status that says why there is none. */
export async function bodyOf(request: Request): Promise<Body | -2 | -6> {
  const type = request.headers.get('content-type') ?? ''
  const text = await request.text()
  const json = type.includes('x-www-form-urlencoded') ? (new URLSearchParams(text).get('data') ?? '') : text
  if (!type.includes('json') && !type.includes('x-www-form-urlencoded')) return -2
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : -6
  } catch (error) {
    if (error instanceof SyntaxError) return -6
    throw error
  }
}

/** A number as the vendor would print it just now. */
export function numeral(room: Room, value: number): number | string {
  return room.state.behaviour.numbersAsText ? String(value) : value
}
