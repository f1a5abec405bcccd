import { systemClock } from '@stayward/core'
import pg from 'pg'
import { createBrakeDesk } from '../src/persistence/brake-desk.ts'
import { isDatabaseAway } from '../src/persistence/database-away.ts'
import { tenantKeys } from '../src/persistence/tenant-keys.ts'
import type { MasterKeys } from '../src/secrets/master-keys.ts'
import { tenantSecrets } from '../src/secrets/tenant-secrets.ts'

export interface Desk {
  /** How often a list was approved. */
  approvals(): number
  stop(): Promise<void>
}

/**
 * Somebody who knows that guests really cancel as often as they do here, and approves what the brake holds. Without one
 * the hub would rightly keep those codes for ever.
 */
export function startDesk(appUrl: string, masters: MasterKeys, tenantId: string): Desk {
  const pool = new pg.Pool({ connectionString: appUrl, max: 1, connectionTimeoutMillis: 5000 })
  pool.on('error', () => undefined) // the database is stopped on purpose; the next question makes a new connection
  const brake = createBrakeDesk({
    pool,
    secretsOf: async (id) => tenantSecrets(await tenantKeys(pool, masters, id)),
    clock: systemClock,
  })
  let approved = 0
  const approveAll = async () => {
    for (const { list } of await brake.lists(tenantId))
      if ((await brake.decide(tenantId, list, true)) !== undefined) approved += 1
  }
  let turn = Promise.resolve()
  let failure: unknown
  const round = setInterval(() => {
    turn = turn.then(approveAll).catch((error: unknown) => {
      if (!isDatabaseAway(error)) failure ??= error // told at the end
    })
  }, 2000)
  return {
    approvals: () => approved,
    async stop() {
      clearInterval(round)
      await turn
      await pool.end()
      if (failure !== undefined) throw new Error('What the brake holds could not be approved.', { cause: failure })
    },
  }
}
