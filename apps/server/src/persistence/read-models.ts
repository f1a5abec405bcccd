import { type EntityManager, IsolationLevel } from '@mikro-orm/postgresql'
import type { TenantSecrets } from '../secrets/tenant-secrets.ts'
import { type Clock, plus, systemClock } from '@stayward/core'
import type {
  AlertLine,
  AlertsQuery,
  ArrivalLine,
  ArrivalsQuery,
  BookingDetail,
  BookingLine,
  BookingsQuery,
  CodeHistoryLine,
  ConnectionLine,
  EventLine,
  EventsQuery,
  LookLine,
  LooksQuery,
  Page,
  ReadModel,
  SyncScope,
  SyncWhat,
  TimelineLine,
} from './reads/read-model.ts'
import { AlertRow, BookingRow, Connection, TimelineRow } from './entities/index.ts'
import { isId } from './ordered-id.ts'
import type { Orm } from './orm.ts'
import { readArrivals } from './reads/arrivals.ts'
import { readEvents } from './reads/event-lines.ts'
import { readSyncScope } from './reads/sync-scope.ts'
import { readBooking } from './reads/booking-detail.ts'
import { readBookings } from './reads/booking-lines.ts'
import { known, timelineLine } from './reads/lines.ts'
import { readCodeHistory } from './reads/code-history.ts'
import { readLooks } from './reads/look-lines.ts'
import { tenantScope } from './tenant-scope.ts'

export interface ReadModelOptions {
  readonly orm: Orm
  readonly secretsOf: (tenantId: string) => Promise<TenantSecrets>
  readonly clock?: Clock
}

/** What the read API shows, each page from one moment of one tenant. */
export function createReadModel({ orm, secretsOf, clock = systemClock }: ReadModelOptions): ReadModel {
  const now = () => clock.now()
  // Several statements make a page, and hubs write between them.
  const atOneMoment = async <Answer>(tenantId: string, read: (em: EntityManager) => Promise<Answer>): Promise<Answer> =>
    await tenantScope(orm, tenantId).transactional(read, {
      isolationLevel: IsolationLevel.REPEATABLE_READ,
      readOnly: true,
    })
  return {
    async bookings(tenantId: string, query: BookingsQuery): Promise<Page<BookingLine>> {
      const secrets = await secretsOf(tenantId)
      return await atOneMoment(tenantId, (em) => readBookings({ em, tenantId, secrets }, query))
    },
    async booking(tenantId: string, id: string, seePins: boolean): Promise<BookingDetail | undefined> {
      if (!isId(id)) return undefined
      const secrets = await secretsOf(tenantId)
      return await atOneMoment(tenantId, (em) => readBooking({ em, tenantId, secrets, now }, id, seePins))
    },
    async timeline(tenantId: string, bookingId: string): Promise<readonly TimelineLine[] | undefined> {
      if (!isId(bookingId)) return undefined
      return await atOneMoment(tenantId, async (em) => {
        if ((await em.count(BookingRow, { tenantId, id: bookingId })) === 0) return undefined
        const lines = await em.find(TimelineRow, { tenantId, bookingId }, { orderBy: { id: 'asc' } })
        return lines.map(timelineLine)
      })
    },
    async codeHistory(tenantId: string, codeId: string): Promise<readonly CodeHistoryLine[] | undefined> {
      if (!isId(codeId)) return undefined
      return await atOneMoment(tenantId, (em) => readCodeHistory({ em, tenantId }, codeId))
    },
    async connections(tenantId: string): Promise<readonly ConnectionLine[]> {
      const { rows, found } = await atOneMoment(tenantId, async (em) => ({
        rows: await em.find(Connection, { tenantId }, { orderBy: { name: 'asc' } }),
        found: await em.execute<{ connection_id: string; changes: string }[]>(
          'select * from unannounced_changes(?::uuid, ?::timestamptz)',
          [tenantId, plus(now(), -86_400_000)],
        ),
      }))
      const unannounced = new Map(found.map(({ connection_id: id, changes }) => [id, Number(changes)]))
      return rows.map((row) => ({
        id: row.id,
        name: row.name,
        adapter: row.adapter,
        port: row.port,
        state: row.state,
        ...known('account', row.account),
        ...known('witnessSince', row.witnessSince),
        ...known('lastInboundAt', row.lastInboundAt),
        ...(row.lastTestAt == null
          ? {}
          : { lastTest: { at: row.lastTestAt, ok: row.lastTestOk === true, ...known('note', row.lastTestNote) } }),
        ...known('failingSince', row.failingSince),
        ...known('readThrough', row.readThrough),
        ...known('sweptAt', row.sweptAt),
        ...known('unannounced', unannounced.get(row.id)),
      }))
    },
    async looks(tenantId: string, query: LooksQuery): Promise<Page<LookLine>> {
      return await atOneMoment(tenantId, (em) => readLooks(em, tenantId, query))
    },
    async arrivals(tenantId: string, query: ArrivalsQuery): Promise<Page<ArrivalLine>> {
      const secrets = await secretsOf(tenantId)
      return await atOneMoment(tenantId, (em) => readArrivals({ em, tenantId, secrets, now }, query))
    },
    async events(tenantId: string, query: EventsQuery): Promise<Page<EventLine>> {
      return await atOneMoment(tenantId, (em) => readEvents(em, tenantId, query, now()))
    },
    async syncScope(tenantId: string, what: SyncWhat): Promise<SyncScope | undefined> {
      return await atOneMoment(tenantId, (em) => readSyncScope(em, tenantId, what, now()))
    },
    async alerts(tenantId: string, { limit, after, state }: AlertsQuery): Promise<Page<AlertLine>> {
      const rows = await tenantScope(orm, tenantId).find(
        AlertRow,
        {
          tenantId,
          ...(state === 'all' ? {} : { closedAt: state === 'open' ? null : { $ne: null } }),
          // Ids are in the order of time, so the last one seen is the place in the list.
          ...(after !== undefined && isId(after) ? { id: { $lt: after } } : {}),
        },
        { orderBy: { id: 'desc' }, limit: limit + 1 },
      )
      const items = rows.slice(0, limit).map((row) => ({
        id: row.id,
        kind: row.kind,
        subject: row.subject,
        text: row.text,
        remedy: row.remedy,
        loud: row.loud,
        openedAt: row.openedAt,
        ...known('closedAt', row.closedAt),
      }))
      const last = items.at(-1)
      return { items, ...(rows.length > limit && last ? { next: last.id } : {}) }
    },
  }
}
