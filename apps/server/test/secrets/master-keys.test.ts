import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadMasterKeys, parseMasterKeys } from '../../src/secrets/master-keys.ts'

let dataDir: string
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'stayward-keys-'))
})
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

const base64 = (byte: number) => Buffer.alloc(32, byte).toString('base64')
const place = { tenantId: '', table: 'app_login', column: 'sealed_password', row: 'stayward_app' }

describe('the master keys', () => {
  it('are made once, closed to others, and found again', () => {
    const first = loadMasterKeys({ dataDir })
    const path = join(dataDir, 'master-keys')
    expect(first).toMatchObject({ made: true, path })
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const second = loadMasterKeys({ dataDir })
    expect(second.made).toBe(false)
    expect(second.keys.open(first.keys.seal('secret', place), place).toString()).toBe('secret')
  })

  it('come from the environment or a file, the first one seals and all of them open', () => {
    const file = join(dataDir, 'given')
    writeFileSync(file, `new:${base64(2)}\nold:${base64(1)}\n`)
    const before = loadMasterKeys({ dataDir, text: `old:${base64(1)}` })
    const after = loadMasterKeys({ dataDir, file })
    expect(before.path).toBe(undefined)
    const sealed = before.keys.seal('secret', place)
    expect(after.keys.isOld(sealed)).toBe(true)
    expect(after.keys.open(sealed, place).toString()).toBe('secret')
    expect(after.keys.isOld(after.keys.seal('secret', place))).toBe(false)
    expect(after.keys.currentKid).toBe('new')
    expect(() => readFileSync(join(dataDir, 'master-keys'))).toThrow(/ENOENT/)
  })

  it.each([
    ['', /holds no master key/],
    ['k1', /^Master key 1 of STAYWARD_MASTER_KEYS is not "name:key"/],
    [`k1:${base64(1)},k2:${Buffer.alloc(31).toString('base64')}`, /^Master key 2 of/],
    [`k1:${base64(1).replace('A', '*')}`, /^Master key 1 of/],
    [`k1:${base64(1)},k1:${base64(2)}`, /names the master key "k1" twice/],
    [`k 1:${base64(1)}`, /^Master key 1 of/],
  ])('refuse %j with a sentence that holds no key', (text, sentence) => {
    const attempt = () => parseMasterKeys(text, 'STAYWARD_MASTER_KEYS')
    expect(attempt).toThrow(sentence)
    expect(attempt).not.toThrow(new RegExp(base64(1).slice(0, 10)))
  })

  it('say which file cannot be read', () => {
    expect(() => loadMasterKeys({ dataDir, file: join(dataDir, 'none') })).toThrow(/cannot be read \(ENOENT\)/)
  })
})
