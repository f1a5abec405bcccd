import { Migration } from '@mikro-orm/migrations'
import { forceTenant } from './force-tenant.ts'

/** Every change of a code with its time, its cause and what was compared. */
export class Migration20261121_09_code_transition extends Migration {
  override name = 'Migration20261121_09_code_transition'

  override up(): void {
    this.addSql(
      `create table code_transition (
    tenant_id uuid not null,
    id uuid not null,
    code_id uuid not null,
    booking_id uuid not null,
    device_id uuid not null,
    at timestamptz(3) not null,
    was jsonb,
    became jsonb not null,
    changed jsonb not null,
    cause text not null,
    booking_version integer not null,
    compared jsonb not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, booking_id) references booking (tenant_id, id) on delete cascade
  )`,
    )
    this.addSql('create index code_transition_code on code_transition (tenant_id, code_id, id)')
    this.addSql('create index code_transition_booking on code_transition (tenant_id, booking_id)')
    this.addSql('create index code_transition_at on code_transition (tenant_id, at)')
    for (const statement of forceTenant('code_transition')) this.addSql(statement)
    this.addSql(purgeFunction)
  }
}

/** Transitions go after the time of an audit, and what the brake has counted a day after it counted. */
const purgeFunction = `
create function code_transition_purge(p_before timestamptz, p_counted_before timestamptz, p_batch integer)
returns integer language plpgsql as $$
declare
  tenant_row record;
  gone integer := 0;
  n integer;
begin
  for tenant_row in select id from tenant order by id loop
    perform set_config('app.tenant_id', tenant_row.id::text, true);
    delete from code_transition where tenant_id = tenant_row.id and id in (
      select t.id from code_transition t where t.tenant_id = tenant_row.id and t.at < p_before order by t.at limit p_batch);
    get diagnostics n = row_count;
    gone := gone + n;
    delete from access_loss l where l.tenant_id = tenant_row.id and l.state = 'counted' and l.at < p_counted_before;
  end loop;
  return gone;
end $$`
