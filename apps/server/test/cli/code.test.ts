import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTenant } from './rehearsal.ts'

let hub: Awaited<ReturnType<typeof openTenant>>
beforeAll(async () => {
  hub = await openTenant('quai', { smoobu: 'smoobu' })
})
afterAll(() => hub.close())

/** A code at the loft that somebody changed, as a look at a door that asks would have left it. */
async function change(): Promise<string> {
  const { rows } = await hub.owner.query<{ id: string }>(`
    with c as (select * from connection where name = 'smoobu'), b as (
      insert into booking (tenant_id, id, connection_id, ref, state, arrival, departure, guest_sealed, facts_fingerprint,
        known_since, updated_at)
      select tenant_id, gen_random_uuid(), id, 'b-1', 'confirmed', '2026-07-10', '2026-07-14', 'x', 'x', created_at, created_at
      from c returning *), v as (
      insert into device (tenant_id, id, connection_id, vendor_id, name)
      select tenant_id, gen_random_uuid(), id, '7001', 'Loft lock' from c returning *)
    insert into code (tenant_id, id, booking_id, device_id, mark, label_sealed, pin_sealed, pin_fingerprint, window_from,
      window_until, want, wanted_since, evidence, created_at, drift)
    select b.tenant_id, gen_random_uuid(), b.id, v.id, 'swaaaaaaaaaaaa', 'x', 'x', 'x', '2026-07-10 14:00Z',
      '2026-07-14 08:30Z', 'present', b.known_since, 'sent', b.known_since,
      '{"what": ["window", "pin"], "since": "2026-07-09T10:00:00.000Z", "state": "asked",
        "window": {"from": "2026-07-10T14:00:00.000Z", "until": "2026-07-16T09:00:00.000Z"}}'
    from b cross join v returning id`)
  return rows[0]?.id ?? ''
}

describe('stayward code', () => {
  it('says that nothing was changed', async () => {
    const { code, out } = await hub.stayward('code', 'list')
    expect([code, out]).toEqual([0, expect.stringContaining('No code stands otherwise')])
  })

  it('lists what was changed, and takes a word about it', async () => {
    const id = await change()
    const { out } = await hub.stayward('code', 'list')
    expect(out).toContain(`Code ${id}: booking b-1 at Loft lock, stay`)
    expect(out).toContain(`stayward code decide ${id} restore`)
    const wrong = await hub.stayward('code', 'decide', 'k7', 'accept')
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('stayward code list')])
    const typo = await hub.stayward('code', 'decide', id, 'keep')
    expect([typo.code, typo.err]).toEqual([2, expect.stringContaining(`stayward code decide ${id} restore, or accept`)])
    const { result } = await hub.stayward('code', 'decide', id, 'accept', '--json')
    expect(result).toEqual({ ok: true, code: id, decision: 'accept' })
    const { rows } = await hub.owner.query(`select drift ->> 'state' as state, revision from code`)
    expect(rows).toEqual([{ state: 'accept', revision: 2 }])
    const marks = await hub.owner.query(
      `select kind from work where wake_at is not null and kind <> 'probe' order by kind`,
    )
    expect(marks.rows).toEqual(expect.arrayContaining([{ kind: 'booking' }, { kind: 'device' }]))
  })
})
