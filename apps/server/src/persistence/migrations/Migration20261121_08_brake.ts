import { Migration } from '@mikro-orm/migrations'
import { forceTenant } from './force-tenant.ts'

/** The brake: what became of each stay's newest loss of access, counted over a sliding hour. */
export class Migration20261121_08_brake extends Migration {
  override name = 'Migration20261121_08_brake'

  override up(): void {
    for (const statement of losses) this.addSql(statement)
    for (const statement of forceTenant('access_loss')) this.addSql(statement)
  }
}

const losses = [
  `create table access_loss (
    tenant_id uuid not null,
    booking_id uuid not null,
    booking_version integer not null,
    connection_id uuid not null,
    state text not null check (state in ('counted', 'held', 'approved', 'refused')),
    whole boolean not null,
    property_ids jsonb not null,
    codes integer not null,
    list text,
    at timestamptz(3) not null,
    primary key (tenant_id, booking_id),
    foreign key (tenant_id, booking_id) references booking (tenant_id, id) on delete cascade
  )`,
  `create index access_loss_connection on access_loss (tenant_id, connection_id, state)`,
  // Which stays have something to lose.
  `create index code_standing on code (tenant_id, booking_id) where gone_at is null and want = 'present'`,
  // Which kinds of alert there are is for the rules to say; the ledger keeps them all.
  `alter table alert drop constraint if exists alert_kind_check`,
]
