import { createCipheriv, createDecipheriv, randomFillSync } from 'node:crypto'

/** Where a sealed value lives. It opens nowhere else. */
export interface Place {
  readonly table: string
  readonly column: string
  /** The row's key within its tenant. */
  readonly row: string
}

export interface TenantPlace extends Place {
  /** Empty for what belongs to the hub itself. */
  readonly tenantId: string
}

/** A value that does not open: cut, changed, sealed for another place, or under a key that is not here. */
export class SealError extends Error {
  override name = 'SealError'
  readonly reason: 'malformed' | 'unknown-key' | 'moved' | 'damaged'

  constructor(reason: SealError['reason'], { table, column }: Place, explanation: string) {
    super(`A sealed value in ${table}.${column} does not open: ${explanation}`)
    this.reason = reason
  }
}

/**
 * Seals as a compact JWE (`dir`, A256GCM) whose protected header binds the value to its place. Written with node:crypto
 * because the intake path may not wait for a promise per payload; `jose` opens it.
 */
export function seal(plain: string | Uint8Array, key: Uint8Array, kid: string, place: TenantPlace): string {
  const header = headerOf(kid, place)
  const nonce = nextNonce()
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(Buffer.from(header, 'ascii'))
  const first = typeof plain === 'string' ? cipher.update(plain, 'utf8') : cipher.update(plain)
  const text = Buffer.concat([first, cipher.final()])
  return `${header}..${nonce.toString('base64url')}.${text.toString('base64url')}.${cipher.getAuthTag().toString('base64url')}`
}

const nonceBytes = 12
/** Random bytes drawn in advance: asking for twelve at a time is a quarter of what sealing costs. None is used twice. */
const drawn = Buffer.alloc(nonceBytes * 512)
let used = drawn.length

function nextNonce(): Buffer {
  if (used === drawn.length) {
    randomFillSync(drawn)
    used = 0
  }
  used += nonceBytes
  return Buffer.from(drawn.subarray(used - nonceBytes, used))
}

/** Opens what `seal` made, for the same place only. `keyOf` gives the key that a kid names, if it is here. */
export function open(sealed: string, keyOf: (kid: string) => Uint8Array | undefined, place: TenantPlace): Buffer {
  const [header = '', wrapped, nonce, text, tag, ...more] = sealed.split('.')
  const parts = [nonce, text, tag].map(exactBytes)
  const [nonceRead, textBytes, tagBytes] = parts
  const kid = kidIn(header)
  if (kid === undefined || wrapped !== '' || more.length > 0 || !nonceRead || !textBytes || !tagBytes) {
    throw new SealError('malformed', place, 'it is not a whole sealed value.')
  }
  if (nonceRead.length !== nonceBytes || tagBytes.length !== 16) {
    throw new SealError('malformed', place, 'it is not a whole sealed value.')
  }
  const key = keyOf(kid)
  if (!key) throw new SealError('unknown-key', place, `the key "${kid}" is not here.`)
  if (header !== headerOf(kid, place)) {
    throw new SealError('moved', place, 'it was sealed for another tenant, table, column or row.')
  }
  const decipher = createDecipheriv('aes-256-gcm', key, nonceRead)
  decipher.setAAD(Buffer.from(header, 'ascii'))
  decipher.setAuthTag(tagBytes)
  try {
    return Buffer.concat([decipher.update(textBytes), decipher.final()])
  } catch {
    // node:crypto's error says no more than this and could carry nothing useful.
    throw new SealError('damaged', place, 'it was changed, or its key is another one of the same name.')
  }
}

/** The key that a sealed value names, without opening it. */
export function kidOf(sealed: string): string | undefined {
  return kidIn(sealed.slice(0, Math.max(0, sealed.indexOf('.'))))
}

function headerOf(kid: string, { tenantId, table, column, row }: TenantPlace): string {
  const header = { alg: 'dir', enc: 'A256GCM', kid, tenant: tenantId, table, column, row }
  return Buffer.from(JSON.stringify(header)).toString('base64url')
}

function kidIn(header: string): string | undefined {
  const bytes = exactBytes(header)
  if (!bytes) return undefined
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'))
    if (typeof value !== 'object' || value === null || !('kid' in value)) return undefined
    return typeof value.kid === 'string' ? value.kid : undefined
  } catch {
    return undefined // not JSON: not a header of ours
  }
}

/** Node reads base64url leniently; here anything but the one exact spelling is refused. */
function exactBytes(text: string | undefined): Buffer | undefined {
  if (text === undefined) return undefined
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? bytes : undefined
}
