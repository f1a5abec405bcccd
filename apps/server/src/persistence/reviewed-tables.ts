/** Only the owner's login may touch these. */
export const ownerOnly: readonly string[] = ['mikro_orm_migrations', 'app_login']

/**
 * The tables without row level security, each with the reason why it needs none. Everything else is forced; a test walks
 * the catalogue.
 */
export const withoutRowSecurity: ReadonlyMap<string, string> = new Map([
  ['mikro_orm_migrations', 'names of migrations; only the owner may read it'],
  ['app_login', 'the hub’s own sealed password; only the owner may read it'],
  ['tenant', 'id, slug and state; read before there is a tenant to be in'],
  ['work', 'ids only; the work loop crosses tenants'],
  ['connection_address', 'hashed tokens; tells which tenant a webhook is for'],
  ['hub_memory', 'one row: a counter and times, of the whole server and of no tenant'],
  ['stray_delivery', 'time, size and hash of webhooks that belong to no tenant'],
])
