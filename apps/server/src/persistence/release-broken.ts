import type { PostgreSqlConnection } from '@mikro-orm/postgresql'
import type { PoolClient } from 'pg'

/**
 * A borrowed connection that breaks gives its place in the pool back. By itself MikroORM keeps the place for ever when a
 * transaction fails because its connection broke: Kysely's controlled transactions let a connection go only after a begin,
 * commit or rollback that succeeds (seen in kysely 0.29.6). Once all places were gone, every read would wait for one; and
 * closing the ORM waits until the last one is back.
 */
export async function releaseBroken(connection: PostgreSqlConnection): Promise<void> {
  const pool = await connection.getNativeClient()
  const watched = new WeakSet<PoolClient>()
  const borrowed = new WeakSet<PoolClient>()
  pool.on('release', (_error, client) => void borrowed.delete(client))
  pool.on('acquire', (client) => {
    borrowed.add(client)
    if (watched.has(client)) return
    watched.add(client)
    client.once('end', () => {
      if (!borrowed.has(client)) return
      const { release } = client
      client.release = () => undefined // its borrower may do so later, and a second time is refused
      release(true)
    })
  })
}
