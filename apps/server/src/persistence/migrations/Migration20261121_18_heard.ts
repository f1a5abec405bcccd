import { Migration } from '@mikro-orm/migrations'
import { forceTenant } from './force-tenant.ts'

/** What signed webhooks tell of messages and of people, for channels that cannot be asked. */
export class Migration20261121_18_heard extends Migration {
  override name = 'Migration20261121_18_heard'

  override up(): void {
    for (const statement of [...tables, ...forceTenant('message_report'), ...forceTenant('person_word')])
      this.addSql(statement)
    this.addSql(heard)
    this.addSql(purgeFunction)
  }
}

const tables = [
  `create table message_report (
    tenant_id uuid not null,
    connection_id uuid not null,
    message_id text not null,
    state text not null check (state in ('pending', 'sent', 'failed', 'delivered', 'read')),
    at timestamptz(3) not null,
    reason text,
    vendor_ref text,
    alias_print text,
    heard_at timestamptz(3) not null,
    primary key (tenant_id, connection_id, message_id),
    foreign key (tenant_id, connection_id) references connection (tenant_id, id) on delete cascade
  )`,
  `comment on column message_report.alias_print is 'Keyed hash of what the vendor calls the recipient besides the address.'`,
  `create index message_report_heard on message_report (tenant_id, heard_at)`,
  // One row for each address that a word may have come from: it is looked for by one.
  `create table person_word (
    tenant_id uuid not null,
    connection_id uuid not null,
    address_print text not null,
    word_id text not null,
    at timestamptz(3) not null,
    text_sealed text not null,
    opts_out boolean not null,
    heard_at timestamptz(3) not null,
    primary key (tenant_id, connection_id, address_print, word_id),
    foreign key (tenant_id, connection_id) references connection (tenant_id, id) on delete cascade
  )`,
  `create index person_word_heard on person_word (tenant_id, heard_at)`,
  // Messages from before have none: what is written back to them is not matched.
  `alter table message add column address_print text`,
]

/**
 * Keeps facts of many tenants, each inside its own context, and raises an alert for accounts that no connection is for. Resolves to how many tenants
 * that were. The furthest state of a message stays, whatever order its reports come in.
 */
const heard = `
create function webhook_heard(p_heard jsonb, p_now timestamptz) returns integer language plpgsql as $$
declare
  ranks constant text[] := array['pending', 'sent', 'failed', 'delivered', 'read'];
  one uuid;
  tenants integer := 0;
begin
  for one in select distinct (e ->> 'tenant_id')::uuid
    from jsonb_array_elements((p_heard -> 'reports') || (p_heard -> 'words') || (p_heard -> 'strangers')) e order by 1
  loop
    perform set_config('app.tenant_id', one::text, true);
    tenants := tenants + 1;

    insert into message_report as m (tenant_id, connection_id, message_id, state, at, reason, vendor_ref, alias_print,
      heard_at)
    select distinct on (r.connection_id, r.key) one, r.connection_id, r.key, r.state, r.at, r.reason, r.vendor_ref,
      r.alias_print, p_now
    from jsonb_to_recordset(p_heard -> 'reports') as r (tenant_id uuid, connection_id uuid, key text, state text,
      at timestamptz, reason text, vendor_ref text, alias_print text)
    join connection c on c.tenant_id = one and c.id = r.connection_id
    where r.tenant_id = one
    order by r.connection_id, r.key, array_position(ranks, r.state) desc
    on conflict (tenant_id, connection_id, message_id) do update
      set state = excluded.state, at = excluded.at, reason = excluded.reason,
        vendor_ref = coalesce(excluded.vendor_ref, m.vendor_ref), alias_print = coalesce(excluded.alias_print, m.alias_print),
        heard_at = excluded.heard_at
      where array_position(ranks, excluded.state) > array_position(ranks, m.state);

    insert into person_word (tenant_id, connection_id, address_print, word_id, at, text_sealed, opts_out, heard_at)
    select one, w.connection_id, w.address_print, w.id, w.at, w.text_sealed, w.opts_out, p_now
    from jsonb_to_recordset(p_heard -> 'words') as w (tenant_id uuid, connection_id uuid, address_print text, id text,
      at timestamptz, text_sealed text, opts_out boolean)
    join connection c on c.tenant_id = one and c.id = w.connection_id
    where w.tenant_id = one
    order by w.connection_id, w.address_print, w.id
    on conflict do nothing;

    insert into alert (tenant_id, id, kind, subject, text, remedy, loud, opened_at)
    select distinct on (s.subject) one, s.id, 'connection', s.subject, s.text, s.remedy, 'page', p_now
    from jsonb_to_recordset(p_heard -> 'strangers') as s (tenant_id uuid, id uuid, subject text, text text, remedy text)
    where s.tenant_id = one
    order by s.subject
    on conflict (tenant_id, kind, subject) where closed_at is null do nothing;
  end loop;
  perform set_config('app.tenant_id', '', true);
  return tenants;
end $$`

/** After the tenant's own retention time, as the webhook log. */
const purgeFunction = `
create function heard_purge(p_now timestamptz, p_batch integer) returns integer language plpgsql as $$
declare
  tenant_row record;
  retention_start timestamptz;
  gone integer := 0;
  n integer;
begin
  for tenant_row in select id from tenant order by id loop
    perform set_config('app.tenant_id', tenant_row.id::text, true);
    retention_start := p_now - make_interval(days => coalesce(
      (select s.retention_days from tenant_setting s where s.tenant_id = tenant_row.id), 90));
    delete from message_report where tenant_id = tenant_row.id and (connection_id, message_id) in (
      select r.connection_id, r.message_id from message_report r
      where r.tenant_id = tenant_row.id and r.heard_at < retention_start order by r.heard_at limit p_batch);
    get diagnostics n = row_count;
    gone := gone + n;
    delete from person_word where tenant_id = tenant_row.id and (connection_id, address_print, word_id) in (
      select w.connection_id, w.address_print, w.word_id from person_word w
      where w.tenant_id = tenant_row.id and w.heard_at < retention_start order by w.heard_at limit p_batch);
    get diagnostics n = row_count;
    gone := gone + n;
  end loop;
  return gone;
end $$`
