import pg from 'pg'
import { expect, it } from 'vitest'
import { quietPool } from '../../src/persistence/quiet-pool.ts'
import { freshDatabase } from '../fresh-database.ts'

it('lives on when the database cuts an idle connection', async () => {
  const { ownerUrl } = await freshDatabase()
  const pool = quietPool(ownerUrl, 1)
  const owner = new pg.Client(ownerUrl)
  await owner.connect()
  const { rows } = await pool.query<{ pid: number }>('select pg_backend_pid() as pid')
  const cut = new Promise((done) => pool.once('remove', done)) // pg says `error` first, which nobody else hears
  await owner.query('select pg_terminate_backend($1)', [rows[0]?.pid])
  await cut
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  await pool.end()
  await owner.end()
})
