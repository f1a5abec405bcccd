import type { Effects, Mark } from '@stayward/core'
import { changesOf, markValues } from '../../queue/work-table.ts'
import { orderedId } from '../ordered-id.ts'
import type { Run, Statement } from './tenant-session.ts'

/** Adds the key of the operator's alarm to one array of marks, when an alert has just turned loud. */
const andAlarm = (array: string, type: string, value: string) =>
  `${array}::${type}[] || case when paged.now_loud then array[${value}]::${type}[] else '{}'::${type}[] end`

/**
 * Everything a save does besides, in one statement and as the transaction's last one, since `work_mark` holds up others
 * who mark the same keys. A line of the timeline is left out when the newest one of its kind says the same already. $1
 * tenant, $2 now, $3 lines, $4 alerts, $5 causes that ended, $6–$12 marks and timers.
 */
const statement: Statement = {
  name: 'store-effects',
  text: `
with said as (
  select l.*, coalesce(
    lag(l.text) over (partition by l.booking_id, l.kind order by l.id),
    (select t.text from timeline t where t.tenant_id = $1::uuid and t.booking_id = l.booking_id and t.kind = l.kind
     order by t.id desc limit 1)) as before
  from jsonb_to_recordset($3::jsonb) as l (id uuid, booking_id uuid, kind text, text text, remedy text, cause text)
  join booking b on b.tenant_id = $1::uuid and b.id = l.booking_id
), line as (
  insert into timeline (tenant_id, id, booking_id, at, kind, text, remedy, cause)
  select $1::uuid, id, booking_id, $2::timestamptz, kind, text, remedy, cause from said
  where before is distinct from text order by id
), raised as (
  select distinct on (kind, subject) * from jsonb_to_recordset($4::jsonb)
    as r (id uuid, kind text, subject text, text text, remedy text, loud text)
  order by kind, subject, id desc
), loud_before as (
  select a.kind, a.subject from alert a join raised r using (kind, subject)
  where a.tenant_id = $1::uuid and a.closed_at is null and a.loud = 'page'
), opened as (
  insert into alert as a (tenant_id, id, kind, subject, text, remedy, loud, opened_at)
  select $1::uuid, id, kind, subject, text, remedy, loud, $2::timestamptz from raised
  on conflict (tenant_id, kind, subject) where closed_at is null do update
    set text = excluded.text, remedy = excluded.remedy,
      loud = case when a.loud = 'page' or excluded.loud = 'warn' then a.loud else excluded.loud end
    where (a.text, a.remedy) is distinct from (excluded.text, excluded.remedy)
      or (a.loud, excluded.loud) in (('warn', 'urgent'), ('warn', 'page'), ('urgent', 'page'))
), closed as (
  update alert a set closed_at = $2::timestamptz
  from jsonb_to_recordset($5::jsonb) as s (kind text, subject text)
  where a.tenant_id = $1::uuid and a.kind = s.kind and a.subject = s.subject and a.closed_at is null
), paged as (
  select exists (select from raised r where r.loud = 'page'
    and not exists (select from loud_before b where b.kind = r.kind and b.subject = r.subject)) as now_loud
)
select paged.now_loud, work_mark(
  ${andAlarm('$6', 'uuid', '$1')}, ${andAlarm('$7', 'text', `'alarms'`)}, ${andAlarm('$8', 'text', `'all'`)},
  ${andAlarm('$9', 'text', `'step'`)}, ${andAlarm('$10', 'timestamptz', 'null')},
  ${andAlarm('$11', 'timestamptz', 'null')}, $12::timestamptz) as marked
from paged`,
}

/** $3 events, in order. */
const eventStatement: Statement = {
  name: 'store-events',
  text: `
insert into event (tenant_id, id, type, subject, at, data)
select $1::uuid, id, type, subject, $2::timestamptz, data
from jsonb_to_recordset($3::jsonb) as r (id uuid, type text, subject text, data jsonb) order by id`,
}

/** Resolves to whether a key was marked, so that the loops can be woken after the commit. */
export async function applyEffects(
  run: Run,
  tenantId: string,
  effects: Effects,
  also: readonly Mark[] = [],
): Promise<boolean> {
  const { now, timeline = [], raise = [], settle = [], timers = [], events = [] } = effects
  if (events.length > 0)
    await run(eventStatement, [tenantId, now, JSON.stringify(events.map((event) => ({ ...event, id: orderedId() })))])
  const marks = [...(effects.marks ?? []), ...also]
  if ([timeline, raise, settle, timers, marks].every((list) => list.length === 0)) return false
  const lines = timeline.map(({ bookingId, kind, text, remedy, cause }) => ({
    id: orderedId(),
    booking_id: bookingId,
    kind,
    text,
    remedy,
    cause,
  }))
  const alerts = raise.map((alert) => ({ ...alert, id: orderedId() }))
  const rows = await run<{ now_loud: boolean }>(statement, [
    tenantId,
    now,
    JSON.stringify(lines),
    JSON.stringify(alerts),
    JSON.stringify(settle),
    ...markValues(changesOf(tenantId, marks, timers), now),
  ])
  return marks.length > 0 || rows[0]?.now_loud === true
}
