import { Migration } from '@mikro-orm/migrations'

/** A booking system that a tenant is moving away from: read on, and nothing is done for its bookings. */
export class Migration20261122_21_witness extends Migration {
  override name = 'Migration20261122_21_witness'

  override up(): void {
    this.addSql(
      `alter table connection add column witness_since timestamptz(3), add check (witness_since is null or port = 'booking')`,
    )
  }
}
