import { Migration } from '@mikro-orm/migrations'

/** Every process hears of a changed configuration, whoever changed it, as soon as the change is committed. */
export class Migration20261121_06_configuration_notice extends Migration {
  override name = 'Migration20261121_06_configuration_notice'

  override up(): void {
    this.addSql(noticeFunction)
    this.addSql(`create trigger configuration_notice after insert or delete or update of config_sealed, config_version, state
      on connection for each row execute function configuration_notice()`)
    this.addSql(`create trigger configuration_notice after insert or delete or update of policy, templates
      on tenant_setting for each row execute function configuration_notice()`)
  }
}

/** The payload is the tenant's id and nothing else. */
const noticeFunction = `
create function configuration_notice() returns trigger language plpgsql as $$
begin
  perform pg_notify('stayward_configuration', coalesce(new.tenant_id, old.tenant_id)::text);
  return null;
end $$`
