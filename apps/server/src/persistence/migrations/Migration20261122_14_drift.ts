import { Migration } from '@mikro-orm/migrations'

/** Codes that somebody changed on their device: what a door does about it, and what is kept with each code. */
export class Migration20261122_14_drift extends Migration {
  override name = 'Migration20261122_14_drift'

  override up(): void {
    this.addSql(
      `alter table door add column if_changed text not null default 'restore' check (if_changed in ('restore', 'accept', 'ask'))`,
    )
    this.addSql('alter table code add column restored integer not null default 0, add column drift jsonb')
    // What waits for a person's word, or stays as a person left it.
    this.addSql('create index code_drift on code (tenant_id, device_id) where drift is not null and gone_at is null')
  }
}
