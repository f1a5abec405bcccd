import * as z from 'zod'
import { type Adapter, defineAdapter } from '../../adapter/define-adapter.ts'
import { millisecondsOf } from '../../domain/instant.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Subject } from '../kits/subject.ts'
import { keypadProvider, keypadWire } from './keypad-provider.ts'
import {
  keypadCapabilities,
  keypadVendor,
  type MemoryKeypadOptions,
  type MemoryKeypadState,
  type MemoryKeypadVendor,
  newState,
  traitsOf,
} from './memory-keypad.ts'
import { type MemoryConfig, memoryConfig, memoryToken } from './wire.ts'

export type MemoryLockOptions = MemoryKeypadOptions

export interface MemoryLock extends Subject<'lock', MemoryKeypadVendor, MemoryConfig> {
  readonly adapter: Adapter<'lock', MemoryConfig>
  /** A fresh vendor, or with `state` one that goes on. */
  vendor(clock: Clock, state?: MemoryKeypadState): MemoryKeypadVendor
}

/** Locks in memory: an adapter for the hub and the vendor behind it. */
export function memoryLock(options: MemoryLockOptions = {}): MemoryLock {
  const { id = 'memory-lock' } = options
  const traits = traitsOf(options)
  const host = `${id}.example`
  const adapter = defineAdapter({
    id,
    displayName: 'Locks in memory',
    port: 'lock',
    specVersion: 'v1',
    config: memoryConfig,
    hosts: [host],
    capabilities: keypadCapabilities(traits),
    deviceId: deviceIdShape,
    rate: { perSecond: 1_000_000, burst: 1_000_000 },
    health: 'It works as long as the test runs.',
    open: (context) => keypadProvider(keypadWire(context, host, 'The lock in memory'), traits),
  })
  return {
    adapter,
    config: memoryToken,
    wrongConfig: { token: 'a-token-nobody-has' },
    secrets: [memoryToken.token],
    vendor: (clock, state) => {
      const now = () => millisecondsOf(clock.now())
      return keypadVendor({ state: state ?? newState(now()), traits, now })
    },
  }
}

export const deviceIdShape = z
  .string()
  .regex(/^[a-z0-9-]{1,60}$/, 'A door of the in-memory vendor: lower-case letters, digits and hyphens.')
