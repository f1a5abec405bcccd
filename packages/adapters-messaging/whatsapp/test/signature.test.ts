import { describe, expect, it } from 'vitest'
import { metaJson, signatureOf } from '../src/testing/index.ts'
import { isSigned } from '../src/webhook-signature.ts'

const secret = '0123456789abcdef0123456789abcdef'
const bytes = (text: string) => new TextEncoder().encode(text)
const value = { text: { body: 'Où est la clé ? 🔑' }, mime_type: 'image/jpeg' }

describe('a signature', () => {
  it('is the one that openssl makes of the escaped bytes', () => {
    // openssl dgst -sha256 -hmac with this secret, over the seventeen bytes that stand here.
    const body = '{"a":"caf\\u00e9"}'
    expect(signatureOf(body, secret)).toBe('sha256=8342fc12747a370c01521031e9c963b6b76006bf7528b8f555fb5e0c717d1348')
    expect(isSigned([secret], signatureOf(body, secret), bytes(body))).toBe(true)
  })
  it('is over the bytes as they came: written again they are other bytes (trap 2)', () => {
    const body = metaJson(value)
    expect(body).toContain('cl\\u00e9')
    expect(body).toContain('\\ud83d\\udd11')
    expect(body).toContain('image\\/jpeg')
    const signature = signatureOf(body, secret)
    expect(isSigned([secret], signature, bytes(body))).toBe(true)
    expect(isSigned([secret], signature, bytes(JSON.stringify(JSON.parse(body))))).toBe(false)
  })
  it('is found again where a proxy has written the characters out, and only they', () => {
    const escaped = metaJson(value)
    const written = escaped.replace(/\\u([0-9a-f]{4})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
    expect(written).toContain('clé')
    expect(isSigned([secret], signatureOf(escaped, secret), bytes(written))).toBe(true)
    expect(isSigned([secret], signatureOf(escaped, secret), bytes(written.replaceAll('\\/', '/')))).toBe(false)
  })
  it('over bytes that are written out already is taken as well', () => {
    const body = JSON.stringify(value)
    expect(isSigned([secret], signatureOf(body, secret), bytes(body))).toBe(true)
  })
  it('may be of any of the secrets, and of no other', () => {
    const signature = signatureOf('{}', secret)
    expect(isSigned(['f'.repeat(32), secret], signature, bytes('{}'))).toBe(true)
    expect(isSigned(['f'.repeat(32)], signature, bytes('{}'))).toBe(false)
    expect(isSigned([secret], signature, bytes('{ }'))).toBe(false)
  })
  it.each(['', 'sha256=', 'sha1=0123', `sha256=${'0'.repeat(63)}`, 'sha256=é', `sha512=${'0'.repeat(64)}`])(
    'reading %j is none',
    (header) => expect(isSigned([secret], header, bytes('{}'))).toBe(false),
  )
})
