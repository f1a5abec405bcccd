import { Migration } from '@mikro-orm/migrations'

/** Until when a device may let in by an earlier write: the stay was cut short and the device has not shown that yet. */
export class Migration20261122_20_opens_until extends Migration {
  override name = 'Migration20261122_20_opens_until'

  override up(): void {
    this.addSql('alter table code add column opens_until timestamptz(3)')
  }
}
