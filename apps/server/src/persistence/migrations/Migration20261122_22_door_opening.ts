import { Migration } from '@mikro-orm/migrations'
import { forceTenant } from './force-tenant.ts'

/** Orders to open a door: who gave each, when and why, and what came of it. Only some keys may give them. */
export class Migration20261122_22_door_opening extends Migration {
  override name = 'Migration20261122_22_door_opening'

  override up(): void {
    this.addSql(`
create table door_opening (
  tenant_id uuid not null references tenant (id),
  id uuid not null,
  order_key text not null,
  door_id uuid not null,
  door text not null,
  chosen text,
  at timestamptz(3) not null,
  asked_by text not null,
  why_sealed text not null,
  outcome text check (outcome in ('opened', 'accepted', 'refused', 'failed', 'unknown')),
  answer text,
  remedy text,
  answered_at timestamptz(3),
  primary key (tenant_id, id),
  unique (tenant_id, order_key)
)`)
    this.addSql(
      `comment on column door_opening.outcome is 'Empty until the answer came: a hub that was killed meanwhile left it so, and the order is never given again.'`,
    )
    this.addSql('create index door_opening_at on door_opening (tenant_id, at)')
    for (const statement of forceTenant('door_opening')) this.addSql(statement)
    this.addSql('alter table api_key add column open_doors boolean not null default false')
    this.addSql(purgeFunction)
  }
}

/** Orders go after the time of an audit. */
const purgeFunction = `
create function door_opening_purge(p_before timestamptz, p_batch integer) returns integer language plpgsql as $$
declare
  tenant_row record;
  gone integer := 0;
  n integer;
begin
  for tenant_row in select id from tenant order by id loop
    perform set_config('app.tenant_id', tenant_row.id::text, true);
    delete from door_opening where tenant_id = tenant_row.id and id in (
      select o.id from door_opening o where o.tenant_id = tenant_row.id and o.at < p_before order by o.at limit p_batch);
    get diagnostics n = row_count;
    gone := gone + n;
  end loop;
  return gone;
end $$`
