import { Migration } from '@mikro-orm/migrations'

/** A vendor account's budget as a whole: buckets, credits, what is under way, changed by one statement at a time. */
export class Migration20261122_16_budget_slices extends Migration {
  override name = 'Migration20261122_16_budget_slices'

  override up(): void {
    this.addSql(`
alter table vendor_budget
  add column budget jsonb not null default '{}',
  add column version bigint not null default 0`)
    // A vendor that had told us to wait is still waited for. The owner of a table may see no row of it while it is forced.
    this.addSql('alter table vendor_budget no force row level security')
    this.addSql(`
update vendor_budget set budget = jsonb_build_object('heldUntil', extract(epoch from full_at)::float8 * 1000)
where full_at > now()`)
    this.addSql('alter table vendor_budget force row level security')
    this.addSql('alter table vendor_budget drop column full_at')
    this.addSql(`comment on column vendor_budget.budget is
      'What is used up (packages/core/src/adapter/vendor-budget.ts); moments in milliseconds since 1970 of this database.'`)
    this.addSql(changeFunction)
  }
}

/**
 * Keeps the changed budget if the row is still at the version it was made from, and if the moment it was made for is
 * now; says what the row holds either way. Enters the tenant by itself, so that a turn costs one message.
 */
const changeFunction = `
create function change_vendor_budget(
  p_tenant uuid, p_account text, p_version bigint, p_budget jsonb, p_at float8, p_now float8,
  out version bigint, out budget jsonb, out changed boolean
) language plpgsql as $$
#variable_conflict use_column
begin
  perform set_config('app.tenant_id', p_tenant::text, true);
  changed := false;
  if p_version is not null and p_at between p_now - 1000 and p_now + 100 then
    update vendor_budget b set budget = p_budget, version = b.version + 1
    where b.tenant_id = p_tenant and b.account = p_account and b.version = p_version
    returning b.version, b.budget into version, budget;
    changed := found;
  end if;
  if not changed then
    insert into vendor_budget (tenant_id, account) values (p_tenant, p_account) on conflict do nothing;
    select b.version, b.budget into version, budget
    from vendor_budget b where b.tenant_id = p_tenant and b.account = p_account;
  end if;
end $$`
