import { type Opt, p, Type } from '@mikro-orm/core'
import type { Instant } from '@stayward/core'
import { instantFromSql } from '../instant-from-sql.ts'

/** An instant as the whole hub writes it. No `Date` leaves the database layer. */
class InstantColumn extends Type<Instant, string> {
  override convertToJSValue(value: string): Instant {
    return instantFromSql(value)
  }

  override getColumnType(): string {
    return 'timestamptz(3)'
  }

  override compareAsType(): string {
    return 'string'
  }
}

export const instant = () => p.type(InstantColumn).$type<Instant>()

/** A column that PostgreSQL fills when nobody else does. */
export const zero = () => p.integer().default(0).$type<Opt<number>>()

export const fence = () => p.bigint('number').default(0).$type<Opt<number>>()

/** A table's key: the tenant first, everywhere. */
export const keyed = () => ({ tenantId: p.uuid().primary(), id: p.uuid().primary() })
