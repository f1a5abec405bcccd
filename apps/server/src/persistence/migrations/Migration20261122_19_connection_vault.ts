import { Migration } from '@mikro-orm/migrations'
import { forceTenant } from './force-tenant.ts'

/** Credentials that a connection's vendor has renewed, sealed, and who is renewing them just now. */
export class Migration20261122_19_connection_vault extends Migration {
  override name = 'Migration20261122_19_connection_vault'

  override up(): void {
    this.addSql(`
create table connection_vault (
  tenant_id uuid not null,
  connection_id uuid not null,
  kept_sealed text,
  holder uuid,
  held_until timestamptz,
  primary key (tenant_id, connection_id),
  foreign key (tenant_id, connection_id) references connection (tenant_id, id) on delete cascade
)`)
    this.addSql(
      `comment on column connection_vault.held_until is 'Until then the holder alone may renew: one who was killed holds no longer.'`,
    )
    for (const statement of forceTenant('connection_vault')) this.addSql(statement)
  }
}
