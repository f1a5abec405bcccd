import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { expect, it } from 'vitest'
import { isDatabaseAway } from '../../src/persistence/database-away.ts'
import { withConnection } from '../../src/persistence/with-client.ts'
import { freshDatabase } from '../fresh-database.ts'

it('fails the next statement when it is cut between two, and does not end the process', async () => {
  const { ownerUrl } = await freshDatabase()
  const other = new pg.Client(ownerUrl)
  await other.connect()
  const cut = withConnection({ connectionString: ownerUrl }, async (client) => {
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
    const gone = new Promise((done) => client.once('end', done))
    await other.query('select pg_terminate_backend($1)', [rows[0]?.pid])
    await gone
    await pause(0) // an event that nobody heard would end the process by now
    return await client.query('select 1')
  })
  await expect(cut).rejects.toSatisfy(isDatabaseAway)
  await other.end()
})
