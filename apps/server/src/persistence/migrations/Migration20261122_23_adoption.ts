import { Migration } from '@mikro-orm/migrations'

/** Codes that somebody made by hand, and a person's word that one of them is a stay's. */
export class Migration20261122_23_adoption extends Migration {
  override name = 'Migration20261122_23_adoption'

  override up(): void {
    // Not valid: every row has null there, and an owner bound by row security may not look.
    this.addSql(`alter table foreign_code add column hand_made_id text, add column adopt_for uuid, add column adopt_id text,
      add column adopt_pin_sealed text,
      add foreign key (tenant_id, adopt_for) references booking (tenant_id, id) on delete set null (adopt_for)
      not valid`)
    const columns = {
      hand_made_id: 'Names the code exactly as it was read: a keyed hash over all that its device shows.',
      adopt_for: 'The booking whose code it is to be; null while nobody asked for that.',
      adopt_id: 'What it was named when a person asked.',
      adopt_pin_sealed: 'Once a look at the device has found it as the person saw it, for the look at the booking.',
    }
    for (const [column, text] of Object.entries(columns))
      this.addSql(`comment on column foreign_code.${column} is '${text}'`)
    this.addSql('create index foreign_code_adopt on foreign_code (tenant_id, adopt_for) where adopt_for is not null')
    this.addSql('create index foreign_code_hand_made on foreign_code (tenant_id, hand_made_id)')
    this.addSql('alter table code add column adopts text')
    this.addSql(`comment on column code.adopts is 'The vendor''s id of the hand-made code that it has taken over.'`)
  }
}
