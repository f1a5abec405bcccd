import { Migration } from '@mikro-orm/migrations'

/** Devices that looks do not reach, since when and for whose sake; and alerts between a warning and a page. */
export class Migration20261121_12_reach extends Migration {
  override name = 'Migration20261121_12_reach'

  override up(): void {
    this.addSql(`
alter table device
  add column unreached_since timestamptz(3),
  add column unreached_at timestamptz(3),
  add column unreached_by text check (unreached_by in ('device', 'connection'))`)
    // Counted from before without an instant: the next look begins anew.
    this.addSql(`comment on column device.unreached_by is
      'Whether the device itself did not answer, or its connection did not. Null while the last look reached it.'`)
    this.addSql(`create index device_unreached on device (tenant_id, connection_id) where unreached_by = 'connection'`)
    this.addSql('alter table alert drop constraint alert_loud_check')
    this.addSql(`alter table alert add constraint alert_loud_check check (loud in ('warn', 'urgent', 'page'))`)
  }
}
