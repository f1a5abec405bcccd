import { Migration } from '@mikro-orm/migrations'
import { forceTenant } from './force-tenant.ts'

/** The webhook log, and the one function through which deliveries of many tenants come in at once. */
export class Migration20261121_04_webhooks extends Migration {
  override name = 'Migration20261121_04_webhooks'

  override up(): void {
    for (const statement of [...tables, ...policies, ingest]) this.addSql(statement)
  }
}

const tables = [
  `create table webhook_delivery (
    tenant_id uuid not null,
    id uuid not null,
    connection_id uuid not null,
    adapter text not null,
    received_at timestamptz(3) not null,
    delivery_key text not null,
    topic text,
    status text not null check (status in ('accepted', 'ignored', 'quarantined', 'challenge')),
    reason text,
    proof text,
    copies integer not null default 1,
    last_at timestamptz(3) not null,
    size integer not null,
    body_hash text not null,
    headers_sealed text,
    payload_sealed text,
    primary key (tenant_id, id),
    unique (tenant_id, connection_id, delivery_key),
    foreign key (tenant_id, connection_id) references connection (tenant_id, id) on delete cascade
  ) with (toast_tuple_target = 8160)`,
  // Sealed values do not compress, and a usual delivery fits into its row: both save a third of what a row costs.
  `alter table webhook_delivery alter column headers_sealed set storage external, alter column payload_sealed set storage external`,
  // What came to no address of ours. No payload, no tenant; the oldest go when there are too many.
  `create table stray_delivery (
    id uuid primary key,
    at timestamptz(3) not null,
    last_at timestamptz(3) not null,
    adapter text,
    size integer not null,
    body_hash text not null,
    reason text not null,
    count integer not null default 1
  )`,
  `create unique index stray_delivery_same on stray_delivery (adapter, body_hash, reason) nulls not distinct`,
  `create index stray_delivery_last on stray_delivery (last_at)`,
]

// The inner select is worked out once per statement, not once per row.
const ofBatch = `tenant_id = any ((select string_to_array(nullif(current_setting('app.ingest_tenants', true), ''), ',')::uuid[])::uuid[])`

const policies = [
  ...forceTenant('webhook_delivery'),
  `create policy webhook_delivery_ingest_read on webhook_delivery for select using (${ofBatch})`,
  `create policy webhook_delivery_ingest_add on webhook_delivery for insert with check (${ofBatch})`,
  `create policy webhook_delivery_ingest_count on webhook_delivery for update using (${ofBatch}) with check (${ofBatch})`,
  `create policy connection_ingest_read on connection for select using (${ofBatch})`,
  `create policy connection_ingest_note on connection for update using (${ofBatch}) with check (${ofBatch})`,
]

/**
 * Stores a batch, counts copies of what is there already, and marks keys: one round trip, one transaction. Each delivery
 * is in a batch once, with its copies. Resolves to how many are new. A connection's last inbound is noted at most once a minute, so that a storm writes one row.
 */
const ingest = `
create function webhook_ingest(
  p_ids uuid[], p_tenants uuid[], p_connections uuid[], p_adapters text[], p_delivery_keys text[], p_topics text[],
  p_statuses text[], p_reasons text[], p_proofs text[], p_copies integer[], p_sizes integer[], p_body_hashes text[],
  p_headers text[], p_payloads text[], p_mark_tenants uuid[], p_mark_kinds text[], p_mark_keys text[], p_now timestamptz
) returns integer language plpgsql as $$
declare
  fresh integer;
begin
  perform set_config('app.ingest_tenants', array_to_string(p_tenants, ','), true);

  with stored as (
    insert into webhook_delivery as w (tenant_id, id, connection_id, adapter, received_at, delivery_key, topic, status,
      reason, proof, copies, last_at, size, body_hash, headers_sealed, payload_sealed)
    select tenant_id, id, connection_id, adapter, p_now, delivery_key, topic, status, reason, proof, copies, p_now, size,
      body_hash, headers, payload
    from unnest(p_ids, p_tenants, p_connections, p_adapters, p_delivery_keys, p_topics, p_statuses, p_reasons, p_proofs,
      p_copies, p_sizes, p_body_hashes, p_headers, p_payloads)
      as d (id, tenant_id, connection_id, adapter, delivery_key, topic, status, reason, proof, copies, size, body_hash,
        headers, payload)
    order by tenant_id, connection_id, delivery_key
    on conflict (tenant_id, connection_id, delivery_key)
      do update set copies = w.copies + excluded.copies, last_at = excluded.last_at
    returning w.xmax = 0 as is_new
  )
  select count(*) filter (where is_new) into fresh from stored;

  -- Rows that a look holds are left for the next delivery: intake waits for nobody, and cannot deadlock with anybody.
  with heard as materialized (
    select c.tenant_id, c.id from connection c
    where (c.tenant_id, c.id) in (
        select d.tenant_id, d.connection_id from unnest(p_tenants, p_connections, p_statuses)
          as d (tenant_id, connection_id, status)
        where d.status in ('accepted', 'ignored'))
      and (c.last_inbound_at is null or c.last_inbound_at < p_now - interval '1 minute')
    for no key update skip locked
  )
  update connection c set last_inbound_at = p_now from heard where c.tenant_id = heard.tenant_id and c.id = heard.id;

  if cardinality(p_mark_keys) > 0 then
    perform work_mark(p_mark_tenants, p_mark_kinds, p_mark_keys, array_fill('nudge'::text, array[cardinality(p_mark_keys)]),
      array_fill(null::timestamptz, array[cardinality(p_mark_keys)]),
      array_fill(null::timestamptz, array[cardinality(p_mark_keys)]), p_now);
  end if;
  return fresh;
end $$`
