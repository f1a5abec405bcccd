import type { ClientBase } from 'pg'

/**
 * What the queue asks is found by an index of `work`, whatever PostgreSQL knows of that table. Left to itself it would read all
 * of it, a million parked timers included: while it has no statistics it takes nearly every row for leased; and a plan that
 * was made for good when the table was small stays in use. Options of a pool that is the queue's own.
 */
export const byIndex = {
  onConnect: async (client: ClientBase): Promise<void> => {
    await client.query('set enable_seqscan = off')
  },
}
