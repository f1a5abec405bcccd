import { createHash } from 'node:crypto'

/** How a server wants to be signed in to. */
export type Challenge =
  | { readonly scheme: 'basic' }
  | {
      readonly scheme: 'digest'
      readonly realm: string
      readonly nonce: string
      readonly opaque?: string
      /** As the server wrote it, to be repeated; absent when it named none, which means MD5. */
      readonly algorithm?: string
      /** Whether `qop=auth` is offered; without, the older form of RFC 2069 is meant. */
      readonly counted: boolean
      readonly stale: boolean
    }
export type DigestChallenge = Extract<Challenge, { scheme: 'digest' }>

export interface Credentials {
  readonly username: string
  readonly password: string
}

export interface Signed {
  readonly method: string
  /** Path and query, exactly as they are requested. */
  readonly uri: string
  readonly cnonce: string
  /** How often this nonce was used, this time included. */
  readonly count: number
}

/** The strongest challenge of a `WWW-Authenticate` header that can be answered: Digest before Basic, SHA-256 before MD5. */
export function challengeIn(header: string | null): Challenge | undefined {
  const usable = challengesIn(header ?? '').flatMap(usableOf)
  return usable.toSorted((a, b) => strength(b) - strength(a))[0]
}

/** The `Authorization` header that answers a Digest challenge (RFC 7616, and RFC 2617 for MD5). */
export function digestAnswer(challenge: DigestChallenge, { username, password }: Credentials, signed: Signed): string {
  const { realm, nonce, opaque, algorithm, counted } = challenge
  const { method, uri, cnonce, count } = signed
  const hash = hashOf(algorithm)
  const nc = count.toString(16).padStart(8, '0')
  const secret = hash(`${username}:${realm}:${password}`)
  const key = /-sess$/i.test(algorithm ?? '') ? hash(`${secret}:${nonce}:${cnonce}`) : secret
  const what = hash(`${method}:${uri}`)
  const response = hash(counted ? `${key}:${nonce}:${nc}:${cnonce}:auth:${what}` : `${key}:${nonce}:${what}`)
  return [
    `Digest username=${quoted(username)}`,
    `realm=${quoted(realm)}`,
    `nonce=${quoted(nonce)}`,
    `uri=${quoted(uri)}`,
    ...(algorithm === undefined ? [] : [`algorithm=${algorithm}`]),
    `response="${response}"`,
    ...(opaque === undefined ? [] : [`opaque=${quoted(opaque)}`]),
    ...(counted || /-sess$/i.test(algorithm ?? '') ? [`cnonce="${cnonce}"`] : []),
    ...(counted ? ['qop=auth', `nc=${nc}`] : []),
  ].join(', ')
}

export function basicAnswer({ username, password }: Credentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

const algorithms = /^(?:MD5|SHA-256)(?:-sess)?$/i

function hashOf(algorithm = 'MD5'): (text: string) => string {
  const name = /^SHA-256/i.test(algorithm) ? 'sha256' : 'md5'
  return (text) => createHash(name).update(text).digest('hex')
}

const strength = (challenge: Challenge) =>
  challenge.scheme === 'basic' ? 0 : /^SHA-256/i.test(challenge.algorithm ?? '') ? 2 : 1

const quoted = (text: string) => `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`

interface Offer {
  readonly scheme: string
  readonly fields: Map<string, string>
}

function usableOf({ scheme, fields }: Offer): Challenge[] {
  if (scheme === 'basic') return [{ scheme: 'basic' }]
  const [realm, nonce, algorithm, qop, opaque] = ['realm', 'nonce', 'algorithm', 'qop', 'opaque'].map((name) =>
    fields.get(name),
  )
  if (scheme !== 'digest' || realm === undefined || nonce === undefined) return []
  if (algorithm !== undefined && !algorithms.test(algorithm)) return []
  const counted = qop?.split(',').some((one) => one.trim().toLowerCase() === 'auth') ?? false
  if (qop !== undefined && !counted) return [] // signs the body as well, which nobody asks for
  return [
    {
      scheme: 'digest',
      realm,
      nonce,
      counted,
      stale: fields.get('stale')?.toLowerCase() === 'true',
      ...(algorithm === undefined ? {} : { algorithm }),
      ...(opaque === undefined ? {} : { opaque }),
    },
  ]
}

const schemeAt = /[\s,]*([a-z][a-z0-9-]*)(?:[ \t]+(?=[a-z][a-z0-9-]*[ \t]*=)|[ \t]*(?=,|$))/iy
const fieldAt = /[\s,]*([a-z][a-z0-9-]*)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))/iy

/** Several challenges may stand in one header, and commas separate both them and their fields. */
function challengesIn(header: string): readonly Offer[] {
  const offers: Offer[] = []
  for (let at = 0; at < header.length; ) {
    schemeAt.lastIndex = fieldAt.lastIndex = at
    const scheme = schemeAt.exec(header)
    const field = scheme ? null : fieldAt.exec(header)
    const [whole = '', name = '', inQuotes, bare] = scheme ?? field ?? []
    if (whole === '') break
    if (scheme) offers.push({ scheme: name.toLowerCase(), fields: new Map() })
    else offers.at(-1)?.fields.set(name.toLowerCase(), inQuotes?.replaceAll(/\\(.)/g, '$1') ?? bare ?? '')
    at += whole.length
  }
  return offers
}
