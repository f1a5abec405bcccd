import { createHash, createHmac } from 'node:crypto'

/** What a signature covers. `query` and `body` are exactly what goes on the wire; both may be empty. */
export interface SignedParts {
  /** Upper case. */
  readonly method: string
  /** With the `/api` prefix, without host and query. */
  readonly path: string
  /** Still percent-encoded, without `?`. */
  readonly query: string
  readonly body: string
  /** `2026-05-01T10:00:00Z`: UTC, whole seconds. */
  readonly timestamp: string
  /** A UUID v4, used once. */
  readonly nonce: string
  readonly apiKey: string
}

/** The text that is signed: seven lines (docs/vendors/smoobu.md, signed requests). */
export function canonicalString(parts: SignedParts): string {
  const { method, path, query, timestamp, nonce, body, apiKey } = parts
  // Pairs are sorted as they are on the wire: decoding them first costs a 401.
  const pairs = query === '' ? '' : query.split('&').toSorted().join('&')
  const bodyHash = createHash('sha256').update(body, 'utf8').digest('hex')
  return [method, path, pairs, timestamp, nonce, bodyHash, apiKey].join('\n')
}

/** The four headers of a signed request. A request sent again needs a fresh timestamp and nonce. */
export function signedHeaders(parts: SignedParts, apiSecret: string): Readonly<Record<string, string>> {
  return {
    'X-API-Key': parts.apiKey,
    'X-Timestamp': parts.timestamp,
    'X-Nonce': parts.nonce,
    'X-Signature': createHmac('sha256', apiSecret).update(canonicalString(parts), 'utf8').digest('base64'),
  }
}

/** A query in RFC 3986 spelling, so that what is signed is what any URL parser sends. Absent values are left out. */
export function queryOf(values: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${encoded(name)}=${encoded(String(value))}`)
    .join('&')
}

function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
}
