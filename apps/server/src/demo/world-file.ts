import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { SmoobuState } from '@stayward/booking-smoobu/testing'
import type { TheKeysState } from '@stayward/lock-the-keys/testing'
import type { SmsFactorState } from '@stayward/notify-smsfactor/testing'

/** Everything the demo remembers beside the database, in one file, so that it is never half old and half new. */
export interface DemoWorld {
  smoobu: SmoobuState
  theKeys: TheKeysState
  smsFactor: SmsFactorState
  /** Loopback ports of the three vendors, kept so that a second start finds them where they were. */
  ports: Partial<Record<VendorName, number>>
  /** Webhooks that a vendor has sent and the hub has not answered yet. */
  outbox: { vendor: VendorName; headers: Readonly<Record<string, string>>; body: string }[]
  /** How far the story has come. */
  story: { booking?: string; done: string[]; pin?: string }
  /** The booking that nobody announces, for the reader to try by hand. */
  unannounced?: string
  apiKey?: string
  /** A start that was killed before it could say the key says it the next time. */
  keyShown?: boolean
  addresses?: { smoobu: string; smsfactor: string }
}

export type VendorName = 'smoobu' | 'theKeys' | 'smsFactor'

export interface WorldFile {
  readonly world: DemoWorld
  /** Writes the world as it is now; a process that dies in between leaves the one before. */
  save(): void
}

/** The world of this data directory, or a new one. */
export function openWorld(path: string, fresh: () => DemoWorld): WorldFile {
  mkdirSync(dirname(path), { recursive: true })
  // Only this file's own `save` writes it.
  const world = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as DemoWorld) : fresh()
  const save = () => {
    writeFileSync(`${path}.new`, JSON.stringify(world), { mode: 0o600 })
    renameSync(`${path}.new`, path)
  }
  save()
  return { world, save }
}
