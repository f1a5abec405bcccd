import { Migration } from '@mikro-orm/migrations'
import { forceTenant } from './force-tenant.ts'

/** How ready an arrival was at the newest look, and the events that machines follow. */
export class Migration20261121_10_readiness extends Migration {
  override name = 'Migration20261121_10_readiness'

  override up(): void {
    this.addSql(
      `alter table access_grant add column readiness text check (readiness in ('ready', 'at-risk', 'not-ready'))`,
    )
    this.addSql(
      `create table event (
    tenant_id uuid not null references tenant (id),
    id uuid not null,
    type text not null,
    subject text not null,
    at timestamptz(3) not null,
    data jsonb not null,
    primary key (tenant_id, id)
  )`,
    )
    this.addSql('create index event_at on event (tenant_id, at)')
    for (const statement of forceTenant('event')) this.addSql(statement)
    this.addSql(purgeFunction)
  }
}

/** Events go with the webhook log: after the tenant's own retention time. */
const purgeFunction = `
create function event_purge(p_now timestamptz, p_batch integer) returns integer language plpgsql as $$
declare
  tenant_row record;
  gone integer := 0;
  n integer;
begin
  for tenant_row in select id from tenant order by id loop
    perform set_config('app.tenant_id', tenant_row.id::text, true);
    delete from event where tenant_id = tenant_row.id and id in (
      select e.id from event e
      where e.tenant_id = tenant_row.id and e.at < p_now - make_interval(days => coalesce(
        (select s.retention_days from tenant_setting s where s.tenant_id = tenant_row.id), 90))
      order by e.at limit p_batch);
    get diagnostics n = row_count;
    gone := gone + n;
  end loop;
  return gone;
end $$`
