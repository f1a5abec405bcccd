import { Migration } from '@mikro-orm/migrations'

/** Keys that may say for the whole server that a database which was set back is right, and who said so. */
export class Migration20261122_24_confirming_keys extends Migration {
  override name = 'Migration20261122_24_confirming_keys'

  override up(): void {
    this.addSql('alter table api_key add column confirm_restores boolean not null default false')
    this.addSql('alter table hub_memory add column confirmed_by text')
    this.addSql(`comment on column hub_memory.confirmed_by is
      'Who confirmed: a key by its id, or the command line. Null: nobody yet, or before this was written down.'`)
  }
}
