import { createHash } from 'node:crypto'
import type { Service, TwoNState } from './2n-state.ts'

export type Account = TwoNState['accounts'][number]

/** Who asks; or the answer that sends them back. Written apart from the adapter's own digest, from RFC 2617 and 7616. */
export function signedIn(
  state: TwoNState,
  request: Request,
  service: Service,
  now: number,
): { readonly account?: Account } | { readonly challenge: string; readonly number: 8 | 9 } {
  const { sign } = state.services[service]
  if (sign === 'none') return {}
  const [, scheme = '', rest = ''] = /^(\w+) (.*)$/.exec(request.headers.get('authorization') ?? '') ?? []
  if (scheme !== '' && scheme.toLowerCase() !== sign) return { challenge: challengeOf(state, service, now), number: 8 }
  if (sign === 'basic') {
    const [username, ...password] = Buffer.from(rest, 'base64').toString().split(':')
    const account = state.accounts.find((one) => one.username === username && one.password === password.join(':'))
    return account ? { account } : { challenge: challengeOf(state, service, now), number: 9 }
  }
  const field = (name: string) => {
    const [, inQuotes, bare] = new RegExp(`\\b${name}=(?:"([^"]*)"|([^",\\s]*))`).exec(rest) ?? []
    return inQuotes ?? bare ?? ''
  }
  const nonce = state.nonces[field('nonce')]
  const { pathname, search } = new URL(request.url)
  const account = state.accounts.find((one) => one.username === field('username'))
  if (!account || field('uri') !== `${pathname}${search}` || field('realm') !== realm)
    return { challenge: challengeOf(state, service, now), number: 9 }
  const hash = (text: string) =>
    createHash(state.algorithm === 'MD5' ? 'md5' : 'sha256')
      .update(text)
      .digest('hex')
  const ends = [hash(`${account.username}:${realm}:${account.password}`), field('nonce')]
  const counts = state.counted ? [field('nc'), field('cnonce'), 'auth'] : []
  const expected = hash([...ends, ...counts, hash(`${request.method}:${pathname}${search}`)].join(':'))
  if (field('response') !== expected) return { challenge: challengeOf(state, service, now), number: 9 }
  const count = parseInt(field('nc') || '1', 16)
  if (!nonce || now - nonce.at >= state.nonceLives || (state.counted && count <= nonce.used))
    return { challenge: `${challengeOf(state, service, now)}, stale=true`, number: 9 }
  nonce.used = count
  return { account }
}

const realm = '2N HTTP API'

function challengeOf(state: TwoNState, service: Service, now: number): string {
  if (state.services[service].sign === 'basic') return `Basic realm="${realm}"`
  for (const [old, { at }] of Object.entries(state.nonces)) if (now - at >= state.nonceLives) delete state.nonces[old]
  const nonce = createHash('sha256')
    .update(`nonce ${state.nextId++} ${service}`)
    .digest('hex')
    .slice(0, 32)
  state.nonces[nonce] = { at: now, used: 0 }
  const algorithm = state.algorithm === 'MD5' ? '' : `, algorithm=${state.algorithm}`
  return `Digest realm="${realm}", nonce="${nonce}"${algorithm}${state.counted ? ', qop="auth"' : ''}`
}
