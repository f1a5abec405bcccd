import type { Instant, Mark, Timer } from '@stayward/core'

/**
 * The statements on the table `work`. None of them asks the database for the time: the instant is an argument.
 * Rows that an open domain transaction has locked are skipped and tried again, so nothing here waits for a mark.
 */

export interface Statement {
  readonly name: string
  readonly text: string
}

/** A change of one key by a domain transaction. */
export type WorkChange = { readonly tenantId: string } & (Mark | Timer)

/**
 * Marks keys and sets their timers, inside the caller's transaction. One call per transaction, as its last statement:
 * it locks the keys in one order, and holds up others who mark them until the commit. Then call `markedLocally`.
 */
export const mark: Statement = {
  name: 'work-mark',
  text: `select work_mark($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::timestamptz)`,
}

/** The same for clients that write `?`, as MikroORM's `execute` does. */
export const markForOrm = mark.text.replace(/\$\d/g, '?')

/** The arguments of `mark`, each as text, so that every client passes them unchanged. */
export function markValues(changes: readonly WorkChange[], now: Instant): string[] {
  const column = (of: (change: WorkChange) => string | null) => arrayLiteral(changes.map(of))
  return [
    column(({ tenantId }) => tenantId),
    column(({ kind }) => kind),
    column(({ key }) => key),
    column((change) => ('why' in change ? change.why : null)),
    column((change) => ('why' in change ? (change.priority ?? null) : null)),
    column((change) => ('why' in change ? null : (change.at ?? 'infinity'))),
    now,
  ]
}

/** The same for one tenant's save. */
export function changesOf(tenantId: string, marks: readonly Mark[], timers: readonly Timer[]): readonly WorkChange[] {
  return [...marks, ...timers].map((change) => ({ tenantId, ...change }))
}

function arrayLiteral(items: readonly (string | null)[]): string {
  return `{${items.map((item) => (item === null ? 'null' : `"${item.replace(/[\\"]/g, '\\$&')}"`)).join(',')}}`
}

/** A row keeps the fence of its last claim, so that alone is no lease. */
const held =
  'w.lease_owner is not null and ' +
  '(w.tenant_id, w.kind, w.key, w.fence) in (select * from unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[]))'
const same = (other: string) => `w.tenant_id = ${other}.tenant_id and w.kind = ${other}.kind and w.key = ${other}.key`
const released = 'lease_owner = null, lease_until = null'

/**
 * Walks the tenants that have something due, from the cursor on, and takes a share of each: nearest arrivals first.
 * $1 cursor, $2 room, $3 tenants to leave out, $4 share, $5 owner, $6 now, $7 lease end, $8 end of the quiet time.
 */
export const claim: Statement = {
  name: 'work-claim',
  text: `
with recursive due (tenant_id) as (
  (select tenant_id from work where ready and lease_owner is null and tenant_id > $1::uuid and tenant_id <> all ($3::uuid[])
   order by tenant_id limit 1)
  union all
  select (select w.tenant_id from work w where w.ready and w.lease_owner is null and w.tenant_id > due.tenant_id
    and w.tenant_id <> all ($3::uuid[]) order by w.tenant_id limit 1)
  from due where due.tenant_id is not null
), taken as materialized (
  select one.* from (select tenant_id from due where tenant_id is not null limit $2::int) tenant cross join lateral (
    select w.tenant_id, w.kind, w.key, case when w.freed then 'freed' when w.edited then 'edit' when w.nudged then 'nudge'
      when w.timer_at <= $6::timestamptz then 'timer' else 'step' end as why from work w
    where w.tenant_id = tenant.tenant_id and w.ready and w.lease_owner is null
    order by w.priority, w.wake_at limit $4::int for update skip locked
  ) one limit $2::int
)
update work w set lease_owner = $5::uuid, lease_until = $7::timestamptz, fence = nextval('work_fence'),
  ready = false, edited = false, freed = false, nudged = false, wake_at = null,
  timer_at = case when w.timer_at <= $6::timestamptz then null else w.timer_at end,
  quiet_until = case when w.nudged then $8::timestamptz else w.quiet_until end
from taken where ${same('taken')}
returning w.tenant_id as "tenantId", w.kind, w.key, w.attempt, w.fence::text as fence, taken.why`,
}

/** $5 lease end. */
export const renew: Statement = {
  name: 'work-renew',
  text: `
with mine as materialized (select tenant_id, kind, key from work w where ${held} for update skip locked)
update work w set lease_until = $5::timestamptz from mine where ${same('mine')} returning w.fence::text as fence`,
}

/** Of these claims, those whose lease is still theirs. */
export const stillHeld: Statement = {
  name: 'work-held',
  text: `select w.fence::text as fence from work w where ${held}`,
}

/**
 * A row with nothing to wait for goes; one with a mark, a timer or a quiet time stays, its failures forgotten. Whether it
 * is empty is read from the locked row: a mark may have been committed since the statement began. $5 now.
 */
export const finish: Statement = {
  name: 'work-finish',
  text: `
with done as materialized (
  select tenant_id, kind, key, wake_at is null and timer_at is null and coalesce(quiet_until <= $5::timestamptz, true) as empty
  from work w where ${held} for update skip locked
), gone as (
  delete from work w using done where ${same('done')} and done.empty returning w.fence
), kept as (
  update work w set ${released}, attempt = 0, failing_since = null, last_error = null,
    ready = coalesce(least(wake_at, timer_at) <= $5::timestamptz, false),
    wake_at = case when timer_at <= $5::timestamptz then coalesce(wake_at, timer_at) else wake_at end
  from done where ${same('done')} and not done.empty returning w.fence, w.ready
)
select fence::text as fence, false as ready from gone union all select fence::text, ready from kept`,
}

/** $5 when to try again, $6 reason, $7 now. An edit made during the look is looked at without a back-off. */
export const fail: Statement = {
  name: 'work-fail',
  text: `
update work w set ${released}, last_error = $6, failing_since = coalesce(failing_since, $7::timestamptz),
  attempt = case when edited and not freed then 0 else attempt + 1 end,
  wake_at = case when edited then $7::timestamptz else $5::timestamptz end,
  ready = edited or $5::timestamptz <= $7::timestamptz
where ${held} returning w.ready`,
}

/**
 * What time does: parked rows become ready or, with only a quiet time left, go; leases that have run out are taken back,
 * at once for the first times, later with a back-off, since such a key may be what kills the processes. Rows are found
 * again by their place (ctid): a join by key would read the whole table whenever one timer is due among a million. One
 * that was changed in between has another place, and its turn a second later.
 * $1 now, $2 fences held here, $3 back-off in seconds per attempt, $4 attempts that are taken back at once.
 */
export const tick: Statement = {
  name: 'work-tick',
  text: `
with due as materialized (
  select ctid, wake_at is null and timer_at is null as empty from work
  where not ready and lease_owner is null and due_at <= $1::timestamptz order by due_at limit 5000 for update skip locked
), lapsed as materialized (
  select ctid from work
  where lease_owner is not null and lease_until < $1::timestamptz and fence <> all ($2::bigint[])
  limit 5000 for update skip locked
), gone as (
  delete from work where ctid = any (array(select ctid from due where empty))
), woken as (
  update work set ready = true, wake_at = coalesce(wake_at, timer_at)
  where ctid = any (array(select ctid from due where not empty)) returning 1
), freed as (
  update work set ${released}, attempt = attempt + 1, failing_since = coalesce(failing_since, $1::timestamptz),
    last_error = 'the process that looked at it ended',
    ready = attempt < $4::int,
    wake_at = $1::timestamptz + case when attempt < $4::int then interval '0'
      else make_interval(secs => ($3::float8[])[least(attempt + 1, array_length($3::float8[], 1))]) end
  where ctid = any (array(select ctid from lapsed)) returning ready
)
select (select count(*) from woken)::int + (select count(*) from freed where ready)::int
  + (select count(*) from (select from work where ready and lease_owner is null limit 100) waiting)::int as claimable`,
}
