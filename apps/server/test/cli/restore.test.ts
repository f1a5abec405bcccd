import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTenant } from './rehearsal.ts'

let hub: Awaited<ReturnType<typeof openTenant>>
beforeAll(async () => {
  hub = await openTenant('quai', { smoobu: 'smoobu' })
})
afterAll(() => hub.close())

/** As a hub leaves it that has noticed. */
const setBack = () =>
  hub.owner.query(`update hub_memory set beat_at = '2026-07-01T08:00:00Z', lost_from = '2026-07-01T08:00:00Z',
    lost_until = '2026-07-01T20:00:00Z', noticed_at = '2026-07-02T08:00:00Z', cause = 'behind', confirmed_at = null`)
const epoch = async () => (await hub.owner.query<{ epoch: number }>('select epoch from hub_memory')).rows[0]?.epoch
const alerts = async () =>
  (
    await hub.owner.query<{ open: string }>(
      `select count(*) as open from alert where kind = 'restore' and closed_at is null`,
    )
  ).rows[0]?.open

describe('stayward restore', () => {
  it('says that nothing was ever set back, and has nothing to confirm', async () => {
    expect(await hub.stayward('restore', 'status')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/never found/),
    })
    expect(await hub.stayward('restore', 'confirm', '--yes')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/nothing to confirm/),
    })
  })

  it('says what was forgotten and what has not been read since, to people and to machines', async () => {
    await setBack()
    const { code, out } = await hub.stayward('restore', 'status')
    expect(code).toBe(1)
    expect(out).toMatch(/RESTORE MODE/)
    expect(out).toMatch(/forgotten {7}2026-07-01 08:00 UTC to 2026-07-01 20:00 UTC/)
    expect(out).toMatch(/not read since, so what they hold is not known: smoobu/)
    const machine = await hub.stayward('restore', 'status', '--json')
    expect(JSON.parse(machine.out.trim().split('\n').at(-1) ?? '')).toMatchObject({
      ok: false,
      state: 'restoring',
      found: [{ tenant: 'quai', unread: ['smoobu'] }],
    })
    expect((await hub.stayward('doctor')).out).toMatch(/!! memory {11}RESTORE MODE/)
  })

  it('goes on only when it is told that you are sure, and then once', async () => {
    await setBack()
    const before = await epoch()
    const asked = await hub.stayward('restore', 'confirm')
    expect(asked).toMatchObject({ code: 1, err: expect.stringMatching(/restore confirm --yes/) })
    expect(await epoch()).toBe(before)
    expect(await hub.stayward('restore', 'confirm', '--yes')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/Confirmed/),
    })
    expect(await epoch()).toBe((before ?? 0) + 1)
    expect(await alerts()).toBe('0')
    expect((await hub.owner.query('select confirmed_by from hub_memory')).rows).toEqual([
      { confirmed_by: 'the command line' },
    ])
    expect((await hub.stayward('restore', 'status')).out).toMatch(/that was confirmed/)
    expect((await hub.stayward('restore', 'confirm', '--yes')).code).toBe(1)
  })
})
