import { Migration } from '@mikro-orm/migrations'
import { forceTenant } from './force-tenant.ts'

/** Tenants, their sealed keys, and the login that the hub runs as. */
export class Migration20261121_02_tenant extends Migration {
  override name = 'Migration20261121_02_tenant'

  override up(): void {
    this.addSql(`
create table tenant (
  id uuid primary key,
  slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  state text not null,
  created_at timestamptz not null
)`)
    this.addSql(`
create table tenant_key (
  tenant_id uuid not null references tenant (id),
  kid text not null,
  sealed_key text not null,
  created_at timestamptz not null,
  primary key (tenant_id, kid)
)`)
    for (const statement of forceTenant('tenant_key')) this.addSql(statement)
    this.addSql('create table app_login (role text primary key, sealed_password text not null)')
  }
}
