import { Migration } from '@mikro-orm/migrations'

/**
 * What tells that a database was set back: a counter that every hub moves on and keeps a copy of outside. And what is
 * needed to take up again the codes that a database has forgotten.
 */
export class Migration20261121_15_memory extends Migration {
  override name = 'Migration20261121_15_memory'

  override up(): void {
    this.addSql(`
create table hub_memory (
  single boolean primary key check (single),
  database_id uuid not null,
  epoch integer not null,
  counter bigint not null,
  beat_at timestamptz(3),
  lost_from timestamptz(3),
  lost_until timestamptz(3),
  noticed_at timestamptz(3),
  cause text check (cause in ('behind', 'older-epoch', 'file-missing', 'copied')),
  confirmed_at timestamptz(3)
)`)
    const columns = {
      epoch:
        'Goes up when a person confirms that the database was set back: of two copies the one with the lower epoch is the older.',
      counter:
        'Goes up with every beat of any hub, and never down: a lower one than a hub remembers means a database that was set back.',
      beat_at: 'When a hub last moved the counter. Null: none ever has.',
      lost_from: 'The newest moment that the database remembered when it was found to be set back.',
      cause: 'How it was noticed.',
      confirmed_at: 'When a person confirmed it. Null with noticed_at set: nothing is written, removed or sent.',
    }
    for (const [column, text] of Object.entries(columns))
      this.addSql(`comment on column hub_memory.${column} is '${text}'`)
    this.addSql(`insert into hub_memory (single, database_id, epoch, counter) values (true, gen_random_uuid(), 1, 0)`)
    this.addSql(
      'alter table foreign_code add column mark text, add column pin_sealed text, add column begins_at timestamptz(3)',
    )
    this.addSql(`comment on column foreign_code.pin_sealed is
      'Only of codes under a mark of ours: so that a stay whose code the database has forgotten gets it back with its PIN.'`)
  }
}
