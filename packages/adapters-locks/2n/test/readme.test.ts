import { describeReadme } from '@stayward/core/testing'
import { describe, expect, it } from 'vitest'
import intercom from '../src/adapter.ts'
import { siteOf } from '../src/config.ts'
import { goodAccount } from '../src/testing/index.ts'

const file = (path: string) => new URL(path, import.meta.url)

describeReadme(intercom, file('../README.md'), file('try-it.ts'))

describe('the configuration', () => {
  const config = { address: '192.168.1.40', ...goodAccount }
  it.each(['192.168.1.40', 'door.example.com', 'DOOR.example.com:8443', '[fd12::5]:8443'])('takes "%s"', (address) => {
    expect(intercom.config.safeParse({ ...config, address }).success).toBe(true)
  })
  it.each(['', 'https://door.example.com', 'door.example.com/api', 'user@door', 'door:99999', 'a b', 'door:', '-door'])(
    'refuses "%s" as an address',
    (address) => expect(intercom.config.safeParse({ ...config, address }).error?.issues[0]?.path).toEqual(['address']),
  )
  it('takes a fingerprint as browsers and as openssl write it, and means the same', () => {
    const plain = 'ab'.repeat(32)
    const written = plain.toUpperCase().match(/../g)?.join(':') ?? ''
    for (const certificate of [plain, written]) {
      expect(intercom.config.safeParse({ ...config, certificate }).success).toBe(true)
      expect(siteOf({ ...config, certificate })).toEqual({ origin: 'https://192.168.1.40', certificate: plain })
    }
    expect(siteOf({ address: 'DOOR.example.com:443' })).toEqual({ origin: 'https://door.example.com' })
  })
  it.each(['', 'ab'.repeat(20), 'zz'.repeat(32)])('refuses "%s" as a SHA-256 fingerprint', (certificate) => {
    expect(intercom.config.safeParse({ ...config, certificate }).error?.issues[0]?.message).toContain('SHA-256')
  })
})
