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

/** The set of keys to look at, and the two ways a domain transaction changes it. */
export class Migration20261121_01_work extends Migration {
  override name = 'Migration20261121_01_work'

  override up(): void {
    this.addSql('create sequence work_fence')
    this.addSql(`
create table work (
  tenant_id uuid not null,
  kind text not null,
  key text not null,
  wake_at timestamptz,
  timer_at timestamptz,
  quiet_until timestamptz,
  nudged boolean not null default false,
  edited boolean not null default false,
  ready boolean not null default false,
  priority timestamptz,
  attempt int not null default 0,
  failing_since timestamptz,
  last_error text,
  lease_owner uuid,
  lease_until timestamptz,
  fence bigint,
  due_at timestamptz generated always as
    (coalesce(case when attempt > 0 then wake_at end, least(wake_at, timer_at), quiet_until)) stored,
  primary key (tenant_id, kind, key)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02)`)
    const columns = {
      wake_at: 'When a waiting mark or a retry is due. Null while a look covers it.',
      timer_at: 'The one parked timer, independent of marks.',
      quiet_until: 'Nudges before this instant wait for it. An idle row is kept until then, and no longer.',
      nudged: 'Among the waiting marks is a nudge: the look that takes them begins a new quiet time.',
      edited: 'A person changed something while the look ran: if it fails, the back-off is skipped.',
      ready: 'Due and waiting: the only rows a claim looks at.',
      priority: 'The nearest arrival this is about; without one, a day after it was asked for.',
      fence: 'Of the last claim; grows with every claim of any key.',
      due_at: 'When the clock makes a parked row ready, or removes it. A retry waits out its back-off, timer or not.',
    }
    for (const [column, text] of Object.entries(columns)) this.addSql(`comment on column work.${column} is '${text}'`)
    this.addSql('create index work_ready on work (tenant_id, priority, wake_at) where ready and lease_owner is null')
    this.addSql('create index work_parked on work (due_at) where not ready and lease_owner is null')
    // Without lease_until in it, renewing a lease touches no index.
    this.addSql('create index work_leased on work (tenant_id) where lease_owner is not null')
    this.addSql(`
create function work_mark(
  p_tenants uuid[], p_kinds text[], p_keys text[], p_whys text[], p_priorities timestamptz[], p_timers timestamptz[],
  p_now timestamptz
) returns void language plpgsql as $$
begin
  -- Rows are locked in one order, in one statement: two transactions that change the same keys cannot deadlock.
  insert into work as w (tenant_id, kind, key, wake_at, ready, nudged, edited, timer_at, priority)
  select tenant_id, kind, key,
    case when count(why) > 0 then p_now end,
    count(why) > 0,
    coalesce(bool_and(why = 'nudge') filter (where why is not null), false),
    coalesce(bool_or(why = 'edit'), false),
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
    attempt = case when excluded.edited and w.lease_owner is null then 0 else w.attempt end,
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
