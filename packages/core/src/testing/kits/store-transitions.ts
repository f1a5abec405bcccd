import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Code } from '../../domain/code.ts'
import { plus } from '../../domain/instant.ts'
import type { DeviceChanges } from '../../ports/stores.ts'
import { type Furnished, furnish, held, look, newCode, now, stay, type StoreSubject } from './store-subject.ts'

export function describeTransitions(subject: StoreSubject): void {
  describe('the history of a code', () => {
    let world: Furnished
    let bookingId: string
    let made: Code
    beforeEach(async () => {
      world = await furnish(subject)
      bookingId = (await world.import(stay('b-1'))).id
      const create = [newCode(bookingId, world.street, { pin: '480512' })]
      await world.store.saveStay(look('booking', bookingId), { bookingId, plan: held, create }, { now })
      made = await code()
    })
    afterEach(() => world.close())

    const code = async (): Promise<Code> => {
      const [one] = (await world.load(bookingId)).codes
      if (!one) throw new Error('no code')
      return one
    }
    const later = plus(now, 60_000)
    const want = async (over: Partial<Code>, why: 'edit' | 'timer' | 'step' = 'step') => {
      const update = [{ ...(await code()), ...over }]
      const asked = { ...look('booking', bookingId), why }
      await world.store.saveStay(asked, { bookingId, plan: held, update }, { now: later })
    }
    const see = async (over: Partial<Code>, why: 'nudge' | 'timer' = 'timer', more: Partial<DeviceChanges> = {}) => {
      const changes = { deviceId: world.street, update: [{ ...(await code()), ...over }], ...more }
      await world.store.saveDevice({ ...look('device', world.street), why }, changes, { now: later })
    }
    const history = () => world.store.codeHistory(made.id)

    it('begins with the code itself', async () => {
      const { from, until } = made.window
      expect(await history()).toEqual([
        {
          codeId: made.id,
          bookingId,
          deviceId: world.street,
          at: now,
          became: { want: 'present', evidence: 'planned', from, until },
          changed: ['made'],
          cause: 'booking',
          bookingVersion: 1,
          compared: [],
        },
      ])
    })

    it('holds every change with its cause, and what was compared', async () => {
      const compared = new Map([[made.id, ['presence', 'window'] as const]])
      await see({ evidence: 'confirmed', vendorRef: 'v-1', writtenAt: now }, 'nudge', { compared })
      await world.import(stay('b-1', { departure: '2026-07-15' }))
      const until = plus(made.window.until, 86_400_000)
      await want({ window: { ...made.window, until }, evidence: 'planned' })
      await want({ want: 'absent', endCause: 'person' }, 'edit')
      await see({ evidence: 'sent' }, 'timer')
      const [, ...lines] = await history()
      expect(lines.map(({ changed, cause, bookingVersion }) => [changed.join(), cause, bookingVersion])).toEqual([
        ['evidence', 'vendor', 1],
        ['evidence,window', 'booking', 2],
        ['want', 'person', 2],
        ['evidence', 'sweep', 2],
      ])
      expect(lines[0]).toMatchObject({ at: later, was: { evidence: 'planned' }, became: { evidence: 'confirmed' } })
      expect(lines[0]?.compared).toEqual(['presence', 'window'])
      expect(lines[1]).toMatchObject({ was: { until: made.window.until }, became: { until } })
    })

    it('says that a PIN is another one, and never which', async () => {
      await see({ pin: '005512' })
      const lines = await history()
      expect(lines.at(-1)?.changed).toEqual(['pin'])
      expect(JSON.stringify(lines)).not.toMatch(/480512|005512/)
    })

    it('holds nothing where nothing has changed, nor of a look that was overtaken', async () => {
      const old = look('device', world.street)
      await see({ writtenAt: now, pendingUntil: later })
      await want({})
      const update = [{ ...(await code()), evidence: 'confirmed' as const }]
      const late = world.store.saveDevice(old, { deviceId: world.street, update }, { now: later })
      await expect(late).rejects.toThrow()
      expect(await history()).toHaveLength(1)
    })

    it('says that somebody changed it on the device, and what is kept of that', async () => {
      const drift = { what: ['window'], since: later, state: 'asked', window: made.window } as const
      const compared = new Map([[made.id, ['presence', 'window'] as const]])
      await see({ evidence: 'sent', drift }, 'timer', { compared, outside: new Set([made.id]) })
      const line = (await history()).at(-1)
      expect(line).toMatchObject({ changed: ['evidence', 'drift'], cause: 'outside', compared: ['presence', 'window'] })
      await see({ drift: { ...drift, since: plus(later, 1) } }, 'timer', { outside: new Set([made.id]) })
      expect(await history()).toHaveLength(2)
    })

    it('outlives the code, and is empty where there is none', async () => {
      await want({ want: 'absent', endCause: 'over' })
      await see({ evidence: 'confirmed' })
      expect((await world.load(bookingId)).codes).toEqual([])
      expect(await history()).toHaveLength(3)
      expect(await world.store.codeHistory(globalThis.crypto.randomUUID())).toEqual([])
      expect(await world.store.codeHistory('not-an-id')).toEqual([])
    })
  })
}
