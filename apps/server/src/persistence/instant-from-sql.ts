import { type Instant, instantOf } from '@stayward/core'

/**
 * A `timestamptz` as PostgreSQL prints it (`2026-07-10 14:00:00.123+00`, or with a `T` inside JSON), whatever the
 * session's time zone.
 */
export function instantFromSql(text: string): Instant {
  const milliseconds = Date.parse(text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00'))
  return instantOf(milliseconds)
}
