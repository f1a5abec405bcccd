import { Migration } from '@mikro-orm/migrations'

/** What was learned by asking alone, counted. */
export class Migration20261122_16_unannounced extends Migration {
  override name = 'Migration20261122_16_unannounced'

  override up(): void {
    this.addSql(unannounced)
  }
}

/**
 * How many changes of bookings since then a poll or a sweep found although no webhook pointed at them within ten minutes,
 * by connection: of one tenant, or of each in turn, because nothing may read across them. The first hour of a connection,
 * in which everything is new, does not count. Ids of a timeline are in the order of time.
 */
const unannounced = `
create function unannounced_changes(p_tenant uuid, p_since timestamptz)
returns table (connection_id uuid, adapter text, changes bigint) language plpgsql as $$
#variable_conflict use_column
declare
  one uuid;
  p_first uuid := (lpad(to_hex((extract(epoch from p_since) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid;
begin
  for one in select id from tenant where p_tenant is null or id = p_tenant loop
    perform set_config('app.tenant_id', one::text, true);
    return query
      select c.id, c.adapter, count(*)
      from timeline t
        join booking b on b.tenant_id = one and b.id = t.booking_id
        join connection c on c.tenant_id = one and c.id = b.connection_id
      where t.tenant_id = one and t.id >= p_first and t.at >= p_since and t.cause in ('poll', 'sweep')
        and t.kind in ('booking-new', 'booking-changed', 'booking-cancelled')
        and t.at > c.created_at + interval '1 hour'
        and not exists (
          select from fetch_outcome f
          where f.tenant_id = one and f.connection_id = c.id and f.ref = b.ref
            and f.at between t.at - interval '10 minutes' and t.at + interval '10 minutes')
      group by c.id, c.adapter;
  end loop;
end $$`
