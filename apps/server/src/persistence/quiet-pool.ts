import pg from 'pg'

/**
 * A pool for work that is short. An idle connection that breaks is noticed by the query that wants it: without a listener
 * the event would end the process.
 */
export function quietPool(connectionString: string, max: number): pg.Pool {
  const pool = new pg.Pool({ connectionString, max })
  pool.on('error', () => undefined)
  return pool
}
