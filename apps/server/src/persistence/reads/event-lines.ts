import type { EntityManager } from '@mikro-orm/postgresql'
import { type Instant, millisecondsOf, plus } from '@stayward/core'
import { EventRow } from '../entities/index.ts'
import { isId } from '../ordered-id.ts'
import type { EventLine, EventsQuery, Page } from './read-model.ts'

/**
 * An id is made before its save commits, so that one with a lower id may still appear for a moment: what is younger is
 * not shown yet, and a reader who goes on from its last id misses nothing. Milliseconds.
 */
const settled = 5000

/** Oldest first. */
export async function readEvents(
  em: EntityManager,
  tenantId: string,
  { limit, after, type }: EventsQuery,
  now: Instant,
): Promise<Page<EventLine>> {
  const rows = await em.find(
    EventRow,
    {
      tenantId,
      id: { $lt: firstIdAt(plus(now, -settled)), ...(after !== undefined && isId(after) ? { $gt: after } : {}) },
      ...(type === undefined ? {} : { type }),
    },
    { orderBy: { id: 'asc' }, limit: limit + 1 },
  )
  const items = rows
    .slice(0, limit)
    .map(({ id, type: kind, subject, at, data }) => ({ id, type: kind, subject, at, data }))
  const last = items.at(-1)
  // The last id is a place to go on from even when there is nothing more yet.
  return { items, ...(last ? { next: last.id } : {}) }
}

/** Before every id of that millisecond and after. */
function firstIdAt(at: Instant): string {
  const time = millisecondsOf(at).toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-0000-0000-000000000000`
}
