import type { ClientBase } from 'pg'
import { ownerOnly } from './reviewed-tables.ts'

const missing = `
  select format('grant select, insert, update, delete on table %s to %I', c.oid::regclass, $1::text) as statement
  from pg_class c
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    and c.relname <> all ($2::text[])
    and not (has_table_privilege($1, c.oid, 'select') and has_table_privilege($1, c.oid, 'insert')
      and has_table_privilege($1, c.oid, 'update') and has_table_privilege($1, c.oid, 'delete'))
  union all
  select format('grant usage on sequence %s to %I', c.oid::regclass, $1::text)
  from pg_class c
  where c.relnamespace = 'public'::regnamespace
    and case when c.relkind = 'S' then not has_sequence_privilege($1, c.oid, 'usage') else false end
    and not exists (select from pg_depend d join pg_class t on t.oid = d.refobjid
      where d.objid = c.oid and d.deptype in ('a', 'i') and t.relname = any ($2::text[]))
  union all
  select format('grant usage on schema public to %I', $1::text)
  where not has_schema_privilege($1, 'public', 'usage')
  union all
  select format('grant connect on database %I to %I', current_database(), $1::text)
  where not has_database_privilege($1, current_database(), 'connect')
  union all
  -- Databases that come from before PostgreSQL 15 let everybody create tables here.
  select 'revoke create on schema public from public'
  from pg_namespace n, aclexplode(n.nspacl) a
  where n.nspname = 'public' and a.grantee = 0 and a.privilege_type = 'CREATE'
    and pg_has_role(current_user, n.nspowner, 'usage')`

/**
 * Gives the hub's login what it needs and has not yet: the rows of every table but the owner's own, and the sequences.
 * Partitions get nothing: reached directly, they would not be under their parent's policy.
 */
export async function grantTo(owner: Pick<ClientBase, 'query'>, role: string): Promise<void> {
  const { rows } = await owner.query<{ statement: string }>(missing, [role, ownerOnly])
  for (const { statement } of rows) await owner.query(statement)
}
