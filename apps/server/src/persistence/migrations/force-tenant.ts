/**
 * Row level security as every table of a tenant has it: forced, for reading and writing, from the setting that a
 * transaction makes. `nullif`, because a setting that was once made on a connection reads as '' in later transactions.
 */
export function forceTenant(table: string): readonly string[] {
  const own = `tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid`
  return [
    `alter table ${table} enable row level security`,
    `alter table ${table} force row level security`,
    `create policy ${table}_tenant on ${table} using (${own}) with check (${own})`,
  ]
}
