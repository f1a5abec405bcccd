import { Migration } from '@mikro-orm/migrations'

/** Erases what its time is over for, tenant by tenant, each inside its own context. */
export class Migration20261121_07_retention extends Migration {
  override name = 'Migration20261121_07_retention'

  override up(): void {
    this.addSql('create index webhook_delivery_last on webhook_delivery (tenant_id, last_at)')
    this.addSql('create index booking_pin_kept on booking (tenant_id, id) where last_pin_sealed is not null')
    this.addSql(purgeFunction)
  }
}

/**
 * One round trip however many tenants there are, and at most `p_batch` rows of each kind and tenant. Resolves to how many
 * rows went; more may be left when it is not zero. A plain PIN goes with everything that spells it out: the code, the stay's
 * last PIN, and what the guest was told. Fingerprints stay for the cool-down.
 */
const purgeFunction = `
create function retention_purge(p_now timestamptz, p_pin_before timestamptz, p_cool_before timestamptz, p_batch integer)
returns integer language plpgsql as $$
declare
  tenant_row record;
  retention_start timestamptz;
  gone integer := 0;
  n integer;
begin
  for tenant_row in select id from tenant order by id loop
    perform set_config('app.tenant_id', tenant_row.id::text, true);
    select p_now - make_interval(days => retention_days) into retention_start
    from tenant_setting where tenant_id = tenant_row.id;
    retention_start := coalesce(retention_start, p_now - interval '90 days');

    with over as (
      select b.tenant_id, b.id from booking b
      where b.tenant_id = tenant_row.id and b.last_pin_sealed is not null and not exists (
        select from code k where k.tenant_id = b.tenant_id and k.booking_id = b.id
          and (k.gone_at is null or k.gone_at > p_pin_before))
      order by b.id limit p_batch
    ), told as (
      update message m set told_sealed = null, version_sealed = null, text_sealed = null, subject_sealed = null
      from over where m.tenant_id = over.tenant_id and m.booking_id = over.id and m.told_sealed is not null
        and m.state not in ('planned', 'claimed')
    )
    update booking b set last_pin_sealed = null from over where b.tenant_id = over.tenant_id and b.id = over.id;
    get diagnostics n = row_count;
    gone := gone + n;

    update code set pin_sealed = null where tenant_id = tenant_row.id and id in (
      select k.id from code k where k.tenant_id = tenant_row.id and k.gone_at <= p_pin_before and k.pin_sealed is not null
      limit p_batch);
    get diagnostics n = row_count;
    gone := gone + n;

    delete from pin_refusal r where r.tenant_id = tenant_row.id and r.at <= p_cool_before;

    delete from webhook_delivery where tenant_id = tenant_row.id and id in (
      select w.id from webhook_delivery w where w.tenant_id = tenant_row.id and w.last_at < retention_start
      order by w.last_at limit p_batch);
    get diagnostics n = row_count;
    gone := gone + n;

    delete from fetch_outcome where tenant_id = tenant_row.id and (connection_id, ref) in (
      select f.connection_id, f.ref from fetch_outcome f where f.tenant_id = tenant_row.id and f.at < retention_start
      order by f.at limit p_batch);
    get diagnostics n = row_count;
    gone := gone + n;
  end loop;
  return gone;
end $$`
