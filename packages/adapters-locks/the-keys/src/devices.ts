import { between, type Device, type Instant } from '@stayward/core/adapter'
import { deviceIdOf } from './device-id.ts'
import { silentAfter } from './last-seen.ts'
import { vendor } from './the-keys-api.ts'
import type { Lock } from './the-keys-shapes.ts'
import { isZone } from './wall-clock.ts'

/** One keypad of a lock, with what has to be known before a guest depends on it. */
export function deviceOf(lock: Lock, keypad: Lock['keypads'][number], several: boolean, zone: string): Device {
  const notes: string[] = []
  if (lock.gateways.length === 0)
    notes.push('No gateway: codes reach this lock, and leave it, only when a phone with the The Keys app opens it.')
  if (lock.zone === undefined || !isZone(lock.zone))
    notes.push(`${vendor} does not name its time zone; ${zone} is assumed. Try one code before a guest needs it.`)
  const name = lock.name || `Lock ${lock.id}`
  return {
    id: deviceIdOf({ lockId: lock.id, keypadId: keypad.id }),
    name: several && keypad.name ? `${name}, ${keypad.name}` : name,
    zone,
    ...(notes.length === 0 ? {} : { note: notes.join(' ') }),
  }
}

/** Locks that no gateway speaks for, so that a code may never get there. */
export function warningOf(
  locks: readonly Lock[],
  lastSeenOf: (lock: Lock) => Instant | undefined,
  now: Instant,
): string | undefined {
  const silent = locks.filter((lock) => {
    const seen = lastSeenOf(lock)
    return seen === undefined || between(seen, now) >= silentAfter
  })
  if (silent.length === 0) return undefined
  const names = silent.slice(0, 5).map(({ name, id }) => name || `lock ${id}`)
  const more = silent.length > names.length ? ` and ${silent.length - names.length} more` : ''
  return `No live gateway at ${names.join(', ')}${more}: codes get there only when a phone with the The Keys app opens the lock.`
}
