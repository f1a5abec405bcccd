import { Migration } from '@mikro-orm/migrations'

/** When a code was first used, as its vendor recorded it. */
export class Migration20261121_11_used extends Migration {
  override name = 'Migration20261121_11_used'

  override up(): void {
    this.addSql('alter table code add column used_at timestamptz(3)')
  }
}
