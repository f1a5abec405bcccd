import type { ClientBase } from 'pg'

/** The settings without which a power cut loses what was acknowledged. Empty on a server that keeps its word. */
export async function durabilityOf(connection: Pick<ClientBase, 'query'>): Promise<readonly string[]> {
  const { rows } = await connection.query<{ name: string }>(
    `select name from pg_settings
     where name in ('fsync', 'synchronous_commit', 'full_page_writes') and setting = 'off' order by name`,
  )
  return rows.map((row) => row.name)
}
