import fc from 'fast-check'
import { CompactEncrypt, compactDecrypt } from 'jose'
import { describe, expect, it } from 'vitest'
import { open, SealError, seal, type TenantPlace } from '../../src/secrets/sealed-value.ts'

const key = Buffer.alloc(32, 1)
const place: TenantPlace = { tenantId: 'tenant-a', table: 'code', column: 'sealed_pin', row: 'code-1' }
const opened = (sealed: string, at = place) =>
  open(sealed, (kid) => (kid === 'k1' ? key : undefined), at).toString('utf8')
const refusal = (attempt: () => unknown) => {
  try {
    attempt()
  } catch (error) {
    if (error instanceof SealError) return error.reason
    throw error
  }
  return 'opened'
}

describe('a sealed value', () => {
  it('opens in its place, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (plain, row) => {
        const at = { ...place, row }
        expect(opened(seal(plain, key, 'k1', at), at)).toBe(Buffer.from(plain).toString('utf8'))
      }),
    )
    const bytes = Uint8Array.from({ length: 256 }, (_, n) => n)
    expect(open(seal(bytes, key, 'k1', place), () => key, place)).toEqual(Buffer.from(bytes))
  })

  it('is what jose opens, and opens what jose seals', async () => {
    const { plaintext, protectedHeader } = await compactDecrypt(seal('482913', key, 'k1', place), key, {
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
    })
    expect(new TextDecoder().decode(plaintext)).toBe('482913')
    const header = {
      alg: 'dir',
      enc: 'A256GCM',
      kid: 'k1',
      tenant: 'tenant-a',
      table: 'code',
      column: 'sealed_pin',
      row: 'code-1',
    }
    expect(protectedHeader).toEqual(header)
    const theirs = await new CompactEncrypt(new TextEncoder().encode('482913')).setProtectedHeader(header).encrypt(key)
    expect(opened(theirs)).toBe('482913')
  })

  it('opens nowhere else: not for another tenant, table, column or row', () => {
    const sealed = seal('482913', key, 'k1', place)
    const part = fc.constantFrom<keyof TenantPlace>('tenantId', 'table', 'column', 'row')
    fc.assert(
      fc.property(part, fc.string(), (name, value) => {
        fc.pre(value !== place[name])
        expect(refusal(() => opened(sealed, { ...place, [name]: value }))).toBe('moved')
      }),
    )
  })

  it('does not open when any character is changed, cut off or added', () => {
    const sealed = seal('482913', key, 'k1', place)
    const at = fc.nat(sealed.length - 1)
    const character = fc.constantFrom(...'AQgw_-9.=+/ \n'.split(''))
    fc.assert(
      fc.property(at, character, (index, one) => {
        fc.pre(sealed[index] !== one)
        expect(refusal(() => opened(sealed.slice(0, index) + one + sealed.slice(index + 1)))).not.toBe('opened')
        expect(refusal(() => opened(sealed.slice(0, index) + one + sealed.slice(index)))).not.toBe('opened')
        expect(refusal(() => opened(sealed.slice(0, index)))).not.toBe('opened')
        expect(refusal(() => opened(sealed.slice(0, index) + sealed.slice(index + 1)))).not.toBe('opened')
        expect(refusal(() => opened(sealed + one))).not.toBe('opened')
      }),
      { numRuns: 300 },
    )
  })

  it('does not open with parts of another value of the same place', () => {
    const [one, other] = [seal('111111', key, 'k1', place).split('.'), seal('222222', key, 'k1', place).split('.')]
    for (const index of [2, 3, 4]) {
      const mixed = one.with(index, other[index] ?? '').join('.')
      expect(refusal(() => opened(mixed))).toBe('damaged')
    }
  })

  it('tells an unknown key from another key of the same name, and says nothing of the value', () => {
    expect(refusal(() => opened(seal('482913', key, 'k2', place)))).toBe('unknown-key')
    const foreign = seal('482913', Buffer.alloc(32, 2), 'k1', place)
    expect(refusal(() => opened(foreign))).toBe('damaged')
    expect(() => opened(foreign)).toThrow(/^A sealed value in code\.sealed_pin does not open: it was changed/)
  })

  it('never uses a nonce twice', () => {
    const nonces = Array.from({ length: 1000 }, () => seal('482913', key, 'k1', place).split('.')[2])
    expect(new Set(nonces).size).toBe(1000)
  })
})
