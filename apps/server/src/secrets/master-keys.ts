import { randomBytes } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { kidOf, open, seal, type TenantPlace } from './sealed-value.ts'

/** The keys that seal the tenants' keys. The first one seals; all of them open. */
export interface MasterKeys {
  readonly currentKid: string
  seal(plain: string | Uint8Array, place: TenantPlace): string
  open(sealed: string, place: TenantPlace): Buffer
  /** True for a value that an older key sealed. */
  isOld(sealed: string): boolean
}

export interface MasterKeySource {
  /** `STAYWARD_MASTER_KEYS`: `kid:base64,…`, the one that seals first. */
  readonly text?: string
  /** `STAYWARD_MASTER_KEYS_FILE`: the same, one per line or with commas. */
  readonly file?: string
  /** Where a key is made and kept when neither is given. */
  readonly dataDir: string
}

export interface LoadedMasterKeys {
  readonly keys: MasterKeys
  /** The file they come from; absent when the environment holds them. */
  readonly path?: string
  /** True when there was none and one was made just now. */
  readonly made: boolean
}

/** Reads the master keys, or makes one in the data directory. Throws one sentence per problem, without key material. */
export function loadMasterKeys({ text, file, dataDir }: MasterKeySource): LoadedMasterKeys {
  if (text !== undefined) return { keys: parseMasterKeys(text, 'STAYWARD_MASTER_KEYS'), made: false }
  if (file !== undefined) return { keys: parseMasterKeys(readKeyFile(file), file), path: file, made: false }
  const path = join(dataDir, 'master-keys')
  const made = !existsSync(path) && makeKeyFile(path)
  return { keys: parseMasterKeys(readFileSync(path, 'utf8'), path), path, made }
}

export function parseMasterKeys(text: string, from: string): MasterKeys {
  const keys = new Map<string, Uint8Array>()
  const entries = text.split(/[\n,]/).map((entry) => entry.trim())
  for (const [index, entry] of entries.filter((entry) => entry !== '').entries()) {
    const [, kid, base64 = ''] = /^([\w-]{1,32}):(.*)$/.exec(entry) ?? []
    const bytes = Buffer.from(base64, 'base64')
    if (kid === undefined || bytes.length !== 32 || !sameBase64(bytes, base64)) {
      throw new Error(
        `Master key ${index + 1} of ${from} is not "name:key" with 32 bytes in base64. ` +
          'Make one with: echo "k1:$(openssl rand -base64 32)"',
      )
    }
    if (keys.has(kid)) throw new Error(`${from} names the master key "${kid}" twice. Give each key its own name.`)
    keys.set(kid, bytes)
  }
  const [current] = keys
  if (!current) throw new Error(`${from} holds no master key. Make one with: echo "k1:$(openssl rand -base64 32)"`)
  const [currentKid, currentKey] = current
  return {
    currentKid,
    seal: (plain, place) => seal(plain, currentKey, currentKid, place),
    open: (sealed, place) => open(sealed, (kid) => keys.get(kid), place),
    isOld: (sealed) => kidOf(sealed) !== currentKid,
  }
}

function readKeyFile(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
    throw new Error(`STAYWARD_MASTER_KEYS_FILE names ${path}, which cannot be read (${code}).`, { cause })
  }
}

/** Linking makes the file appear whole, and of two processes only one makes the key. */
function makeKeyFile(path: string): boolean {
  const kid = `m${randomBytes(3).toString('hex')}`
  const draft = `${path}.${kid}`
  mkdirSync(dirname(path), { recursive: true, mode: 0o711 })
  writeFileSync(draft, `${kid}:${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flush: true })
  try {
    linkSync(draft, path)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(draft)
  }
}

/** Node ignores what is not base64; a mistyped key must not become another key. Padding may be left out. */
function sameBase64(bytes: Buffer, text: string): boolean {
  const plain = (base64: string) => base64.replaceAll('-', '+').replaceAll('_', '/').replace(/=*$/, '')
  return plain(bytes.toString('base64')) === plain(text)
}
