import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTenant } from './rehearsal.ts'

let hub: Awaited<ReturnType<typeof openTenant>>
beforeAll(async () => {
  hub = await openTenant('quai', { smoobu: 'smoobu' })
})
afterAll(() => hub.close())

/** Two cancelled stays that the brake holds, as a look at each would have left them. */
async function hold(): Promise<void> {
  for (const ref of ['b-1', 'b-2'])
    await hub.owner.query(
      `with b as (
         insert into booking (tenant_id, id, connection_id, ref, state, arrival, departure, guest_sealed, facts_fingerprint,
           known_since, updated_at)
         select tenant_id, gen_random_uuid(), id, $1, 'cancelled', '2026-07-10', '2026-07-14', 'x', 'x', created_at, created_at
         from connection where name = 'smoobu' returning *)
       insert into access_loss (tenant_id, booking_id, booking_version, connection_id, state, whole, property_ids, codes, at)
       select tenant_id, id, version, connection_id, 'held', true, '[]', 2, known_since from b`,
      [ref],
    )
}

describe('stayward brake', () => {
  it('says that nothing waits', async () => {
    const { code, out } = await hub.stayward('brake', 'list')
    expect([code, out]).toEqual([0, expect.stringContaining('Nothing waits')])
  })

  it('lists what waits, and takes a word about exactly that', async () => {
    await hold()
    const { out } = await hub.stayward('brake', 'list')
    expect(out).toMatch(/^List (\w+): smoobu takes the access from 2 stays/m)
    expect(out).toContain('booking b-1, 2026-07-10 to 2026-07-14: 2 codes')
    const list = /^List (\w+)/m.exec(out)?.[1] ?? ''
    const wrong = await hub.stayward('brake', 'approve', `${list}x`)
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('stayward brake list')])
    const { result } = await hub.stayward('brake', 'approve', list, '--json')
    expect(result).toEqual({ ok: true, list, decision: 'approve', stays: 2 })
    const { rows } = await hub.owner.query('select state from access_loss')
    expect(rows).toEqual([{ state: 'approved' }, { state: 'approved' }])
    const marks = await hub.owner.query(`select from work where kind = 'booking' and wake_at is not null`)
    expect(marks.rowCount).toBe(2)
    expect((await hub.stayward('brake', 'refuse', list)).code).toBe(1)
  })
})
