import { Migration } from '@mikro-orm/migrations'

/** What intake has to know before it can judge a request at one of our addresses, and how its rows are stored. */
export class Migration20261121_05_intake extends Migration {
  override name = 'Migration20261121_05_intake'

  override up(): void {
    this.addSql(addressFunction)
    this.addSql(openAlerts)
    // Sealed text cannot be compressed; PostgreSQL would try for every row.
    this.addSql(`alter table webhook_delivery
      alter column headers_sealed set storage external, alter column payload_sealed set storage external`)
  }
}

/**
 * The directory says whose address it is; only then the tenant's own rows are read, inside that tenant. No row for an
 * address that is not ours. The tenant's keys come newest first, sealed under the master key.
 */
const addressFunction = `
create function webhook_address(p_token_hash text) returns table (
  tenant_id uuid, slug text, connection_id uuid, adapter text, expires_at timestamptz, account text, config_sealed text,
  keys jsonb
) language plpgsql as $$
#variable_conflict use_column
declare
  owner_id uuid;
begin
  select a.tenant_id into owner_id from connection_address a where a.token_hash = p_token_hash;
  if owner_id is null then
    return;
  end if;
  perform set_config('app.tenant_id', owner_id::text, true);
  return query
    select a.tenant_id, t.slug, a.connection_id, a.adapter, a.expires_at, c.account, c.config_sealed,
      (select jsonb_agg(jsonb_build_object('kid', k.kid, 'sealed', k.sealed_key) order by k.created_at desc, k.kid)
       from tenant_key k where k.tenant_id = a.tenant_id)
    from connection_address a
      join tenant t on t.id = a.tenant_id
      join connection c on c.tenant_id = a.tenant_id and c.id = a.connection_id
    where a.token_hash = p_token_hash;
end $$`

/**
 * How many alerts are open, by kind, for the metrics: a number over all tenants, but read inside one tenant after the
 * other, because nothing may read across them.
 */
const openAlerts = `
create function open_alerts() returns table (kind text, count bigint) language plpgsql as $$
#variable_conflict use_column
declare
  one uuid;
  counts jsonb := '{}';
begin
  for one in select id from tenant loop
    perform set_config('app.tenant_id', one::text, true);
    select counts || coalesce(jsonb_object_agg(a.kind, a.n + coalesce((counts ->> a.kind)::bigint, 0)), '{}') into counts
    from (select kind, count(*) as n from alert where tenant_id = one and closed_at is null group by kind) a;
  end loop;
  return query select e.key, e.value::bigint from jsonb_each_text(counts) e;
end $$`
