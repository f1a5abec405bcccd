import { randomUUID } from 'node:crypto'
import { AdapterError, type Call } from '@stayward/core'
import { describeVault } from '@stayward/core/testing'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectionVault } from '../../src/tenancy/connection-vault.ts'
import { openHub, type TestHub, type TestTenant } from '../persistence/open-store.ts'

const calm: Call = { signal: new AbortController().signal }

let hub: TestHub
let pools: pg.Pool[]
beforeAll(async () => {
  hub = await openHub()
  pools = [0, 1].map(() => new pg.Pool({ connectionString: hub.appUrl, max: 2 }))
})
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.end()))
  await hub.close()
})

async function connectionOf({ rooms }: TestTenant): Promise<string> {
  const name = `c-${randomUUID().slice(0, 8)}`
  return (await rooms.putConnection({ name, adapter: 'vendor', port: 'booking', config: {} })).id
}

/** One connection's vault as two processes have it, and that of another connection of the same tenant. */
async function opened() {
  const tenant = await hub.addTenant()
  const { tenantId, secrets } = tenant
  const connectionId = await connectionOf(tenant)
  const vaultIn = (pool: pg.Pool | undefined, id = connectionId) =>
    connectionVault({ pool: pool ?? hub.pool, tenantId, connectionId: id, secrets })
  return {
    tenant,
    connectionId,
    vault: vaultIn(pools[0]),
    elsewhere: vaultIn(pools[1]),
    stranger: vaultIn(pools[0], await connectionOf(tenant)),
  }
}

describeVault('PostgreSQL', opened)

describe('a vault in PostgreSQL', () => {
  const columns = 'select kept_sealed, holder, held_until from connection_vault where connection_id = $1'

  it('holds nothing that reads as what was kept, and nothing that another row could open', async () => {
    const { vault, stranger, connectionId } = await opened()
    await vault.renew(async () => 'a-refresh-token', calm)
    await stranger.renew(async () => 'another', calm)
    const { rows } = await hub.owner.query<{ kept_sealed: string }>(columns, [connectionId])
    expect(rows).toHaveLength(1)
    expect(rows[0]?.kept_sealed).not.toContain('a-refresh-token')
    expect(rows[0]).toMatchObject({ holder: null, held_until: null })
    await hub.owner.query('update connection_vault set kept_sealed = $1', [rows[0]?.kept_sealed])
    await expect(stranger.read(calm)).rejects.toThrow()
  })

  it('is not held for ever by a process that was killed in the middle', async () => {
    const { vault, elsewhere, connectionId } = await opened()
    await vault.renew(async () => 'before', calm)
    await hub.owner.query(
      `update connection_vault set holder = gen_random_uuid(), held_until = clock_timestamp() + interval '400 ms'
       where connection_id = $1`,
      [connectionId],
    )
    const started = performance.now()
    expect(await elsewhere.renew(async (kept) => `${String(kept)} and after`, calm)).toBe('before and after')
    expect(performance.now() - started).toBeGreaterThan(300)
  })

  it('keeps the newer one when a renewal took so long that another had begun', async () => {
    const { vault, elsewhere, connectionId } = await opened()
    await vault.renew(async () => 'first', calm)
    const answered = await vault.renew(async () => {
      await hub.owner.query(
        `update connection_vault set held_until = clock_timestamp() - interval '1 s' where connection_id = $1`,
        [connectionId],
      )
      await elsewhere.renew(async () => 'newest', calm)
      return 'late'
    }, calm)
    expect(answered).toBe('newest')
    expect(await vault.read(calm)).toBe('newest')
  })

  it('says plainly that it cannot keep, and begins no renewal then', async () => {
    const { tenant, connectionId } = await opened()
    const gone = new pg.Pool({ connectionString: 'postgres://nobody@127.0.0.1:1/none' })
    const { tenantId, secrets } = tenant
    const vault = connectionVault({ pool: gone, tenantId, connectionId, secrets })
    let begun = false
    const outcome = await vault
      .renew(async () => {
        begun = true
        return 'never'
      }, calm)
      .catch((error: unknown) => error)
    expect(outcome).toBeInstanceOf(AdapterError)
    expect(outcome).toMatchObject({ code: 'unreachable' })
    expect(begun).toBe(false)
    await gone.end()
  })

  it('goes with its connection', async () => {
    const { vault, connectionId } = await opened()
    await vault.renew(async () => 'kept', calm)
    await hub.owner.query('delete from connection where id = $1', [connectionId])
    expect(await vault.read(calm)).toBeUndefined()
  })
})
