import { Migration } from '@mikro-orm/migrations'

/**
 * When a row is due after a change. A retry waits out its back-off unless a person edited something; a nudge in the quiet
 * time waits for its end; everything else is due at once.
 */
const wakeAfter = `case
      when excluded.wake_at is null then w.wake_at
      when w.attempt > 0 and w.lease_owner is null and w.wake_at is not null and not excluded.edited then w.wake_at
      when excluded.nudged and w.quiet_until > p_now then least(w.wake_at, w.quiet_until)
      else least(w.wake_at, p_now) end`

/** A retry that need not be waited for because what was in its way is gone is told apart from a person's word. */
export class Migration20261122_25_freed_work extends Migration {
  override name = 'Migration20261122_25_freed_work'

  override up(): void {
    this.addSql('alter table work add column freed boolean not null default false')
    this.addSql(
      `comment on column work.freed is 'Of what has edited it, nothing was a person: what was in the way is gone.'`,
    )
    this.addSql(`
create or replace function work_mark(
  p_tenants uuid[], p_kinds text[], p_keys text[], p_whys text[], p_priorities timestamptz[], p_timers timestamptz[],
  p_now timestamptz
) returns void language plpgsql as $$
begin
  -- Rows are locked in one order, in one statement: two transactions that change the same keys cannot deadlock.
  insert into work as w (tenant_id, kind, key, wake_at, ready, nudged, edited, freed, timer_at, priority)
  select tenant_id, kind, key,
    case when count(why) > 0 then p_now end,
    count(why) > 0,
    coalesce(bool_and(why = 'nudge') filter (where why is not null), false),
    coalesce(bool_or(why in ('edit', 'freed')), false),
    coalesce(bool_or(why = 'freed') and not bool_or(why = 'edit'), false),
    (array_agg(timer order by nr desc) filter (where timer is not null))[1],
    coalesce(min(priority), least(max(case when why is not null then p_now end), min(timer)) + interval '1 day')
  from unnest(p_tenants, p_kinds, p_keys, p_whys, p_priorities, p_timers) with ordinality
    as change (tenant_id, kind, key, why, priority, timer, nr)
  group by tenant_id, kind, key
  order by tenant_id, kind, key
  on conflict (tenant_id, kind, key) do update set
    wake_at = ${wakeAfter},
    ready = w.lease_owner is null and (w.ready or coalesce(${wakeAfter} <= p_now, false)),
    nudged = excluded.nudged or (w.nudged and w.wake_at is not null),
    edited = excluded.edited or w.edited,
    freed = case when not excluded.edited then w.freed when not w.edited then excluded.freed else excluded.freed and w.freed end,
    attempt = case when excluded.edited and not excluded.freed and w.lease_owner is null then 0 else w.attempt end,
    timer_at = case when excluded.timer_at is null then w.timer_at else nullif(excluded.timer_at, 'infinity') end,
    priority = case
      when excluded.wake_at is null then coalesce(w.priority, excluded.priority)
      when w.wake_at is null then excluded.priority
      else least(w.priority, excluded.priority) end;

  -- 'infinity' removes a timer. A row that was made only to remove one goes again.
  if 'infinity' = any (p_timers) then
    delete from work w using unnest(p_tenants, p_kinds, p_keys, p_timers) as change (tenant_id, kind, key, timer)
    where w.tenant_id = change.tenant_id and w.kind = change.kind and w.key = change.key and change.timer = 'infinity'
      and w.wake_at is null and coalesce(w.timer_at, 'infinity') = 'infinity'
      and w.quiet_until is null and w.lease_owner is null;
    update work w set timer_at = null from unnest(p_tenants, p_kinds, p_keys) as change (tenant_id, kind, key)
    where w.tenant_id = change.tenant_id and w.kind = change.kind and w.key = change.key and w.timer_at = 'infinity';
  end if;
end $$`)
  }
}
