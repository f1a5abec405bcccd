import { Migration } from '@mikro-orm/migrations'
import { forceTenant } from './force-tenant.ts'

/** How much of a vendor account's budget of requests is used up, for all processes together. */
export class Migration20261121_13_vendor_budget extends Migration {
  override name = 'Migration20261121_13_vendor_budget'

  override up(): void {
    this.addSql(`
create table vendor_budget (
  tenant_id uuid not null references tenant (id),
  account text not null,
  full_at timestamptz not null,
  primary key (tenant_id, account)
) with (fillfactor = 50)`)
    this.addSql(
      `comment on column vendor_budget.full_at is 'When the budget would be full again if nobody asked any more.'`,
    )
    for (const statement of forceTenant('vendor_budget')) this.addSql(statement)
  }
}
