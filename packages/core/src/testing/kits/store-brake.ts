import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Booking } from '../../domain/booking.ts'
import { plus } from '../../domain/instant.ts'
import { limits } from '../../domain/limits.ts'
import { LeaseLost, type LossClaim } from '../../ports/stores.ts'
import { type Furnished, furnish, held, look, newCode, now, stay, type StoreSubject } from './store-subject.ts'

export function describeBrake(subject: StoreSubject): void {
  describe('the brake', () => {
    let world: Furnished
    beforeEach(async () => {
      world = await furnish(subject)
    })
    afterEach(() => world.close())

    /** A stay with a code that was sent to the flat's door. */
    const guest = async (ref: string, deviceId = world.flatLock): Promise<Booking> => {
      const booking = await world.import(stay(ref))
      const { id: bookingId } = booking
      const create = [newCode(bookingId, deviceId)]
      await world.store.saveStay(look('booking', bookingId), { bookingId, plan: held, create }, { now })
      const update = ((await world.store.loadDevice(deviceId))?.codes ?? [])
        .filter((code) => code.bookingId === bookingId)
        .map((code) => ({ ...code, writtenAt: now, evidence: 'confirmed' as const }))
      await world.store.saveDevice(look('device', deviceId), { deviceId, update }, { now })
      return booking
    }
    const guests = async (count: number) => {
      const all: Booking[] = []
      for (let n = 0; n < count; n += 1) all.push(await guest(`b-${n}`))
      return all
    }
    const claim = async ({ id, version }: Booking, over: Partial<LossClaim> = {}) => {
      const codeIds = (await world.load(id)).codes.map((code) => code.id)
      const asked = { bookingId: id, bookingVersion: version, codeIds, whole: true, now, ...over }
      return await world.store.claimLoss(look('booking', id), asked)
    }
    const verdicts = async (all: readonly Booking[], over: Partial<LossClaim> = {}) => {
      const said = []
      for (const booking of all) said.push((await claim(booking, over)).verdict)
      return said
    }

    it('lets three stays of a connection go within an hour, and holds the fourth and all that follow', async () => {
      const all = await guests(6)
      expect(await verdicts(all)).toEqual(['clear', 'clear', 'clear', 'held', 'held', 'held'])
      expect(await claim(all[5] as Booking)).toEqual({
        verdict: 'held',
        connectionId: world.source,
        waiting: 3,
        connection: 'Bookings',
      })
    })

    it('has a person called with the claim itself, for as long as a stay waits', async () => {
      const all = await guests(4)
      await world.takeMarks()
      await verdicts(all.slice(0, 3))
      expect(await world.openAlerts()).toEqual([])
      const last = all[3] as Booking
      expect(await claim(last)).toMatchObject({ verdict: 'held', waiting: 1 })
      const called = [{ kind: 'brake', subject: `connection:${world.source}`, loud: 'page' }]
      expect(await world.openAlerts()).toMatchObject(called)
      expect(await world.takeMarks()).toContain('alarms:all')
      await claim(all[0] as Booking) // let go already, and looked at once more
      expect(await world.openAlerts()).toMatchObject(called)
      await claim(last, { codeIds: [] }) // its booking stands again
      expect(await world.openAlerts()).toEqual([])
    })

    it('says what it would answer, one claim after the other, and counts nothing of that', async () => {
      const all = await guests(5)
      const claims = await Promise.all(
        all.map(async ({ id, version }): Promise<LossClaim> => {
          const codeIds = (await world.load(id)).codes.map((code) => code.id)
          return { bookingId: id, bookingVersion: version, codeIds, whole: true, now }
        }),
      )
      const said = ['clear', 'clear', 'clear', 'held', 'held']
      expect(await world.store.weighLosses(claims)).toEqual(said)
      expect(await world.store.weighLosses(claims)).toEqual(said)
      expect(await world.store.heldLosses()).toEqual([])
      expect((await world.load(all[0]?.id ?? '')).loss).toBeUndefined()
      expect(await verdicts(all)).toEqual(said)
    })

    it('counts a stay once, however often it asks', async () => {
      const [first, second] = await guests(2)
      if (!first || !second) throw new Error('no guests')
      expect(await verdicts([first, first, first, first, second])).toEqual(Array(5).fill('clear'))
    })

    it('forgets what went more than an hour ago, and lets nothing else through while a list waits', async () => {
      const all = await guests(8)
      await verdicts(all.slice(0, 3))
      const later = plus(now, limits.brake.per)
      expect(await verdicts(all.slice(3, 6), { now: later })).toEqual(['clear', 'clear', 'clear'])
      expect(await verdicts(all.slice(6, 7), { now: later })).toEqual(['held'])
      expect(await verdicts(all.slice(7), { now: plus(later, limits.brake.per) })).toEqual(['held'])
    })

    it('asks a fifth of many', async () => {
      const all = await guests(25)
      const said = await verdicts(all)
      expect(said.indexOf('held')).toBe(5)
    })

    it('holds when a property is emptied by moves to another one, and lets guests move within it', async () => {
      const all = await guests(5)
      const property = (await world.load(all[0]?.id ?? '')).property?.id ?? ''
      expect(await verdicts(all, { whole: false, toPropertyId: property })).toEqual(Array(5).fill('clear'))
      const away = await verdicts(all, { whole: false, now: plus(now, limits.brake.per) })
      expect(away).toEqual(['clear', 'clear', 'clear', 'held', 'held'])
    })

    it('names what waits, and takes a person’s word for exactly that list', async () => {
      const all = await guests(6)
      await verdicts(all.slice(0, 5))
      const [before] = await world.store.heldLosses()
      expect(before).toMatchObject({ connection: { id: world.source, name: 'Bookings' }, since: now })
      expect(before?.stays.map(({ ref, codes, arrival }) => [ref, codes, arrival])).toEqual([
        ['b-3', 1, '2026-07-10'],
        ['b-4', 1, '2026-07-10'],
      ])
      await verdicts(all.slice(5))
      await world.takeMarks()
      const decide = (list = '', approve = true) => world.store.decideLosses({ list, approve, now })
      expect(await decide(before?.list)).toBeUndefined() // one more has come onto it
      const [list] = await world.store.heldLosses()
      expect(await decide(list?.list)).toBe(3)
      expect(await world.takeMarks()).toEqual(
        all
          .slice(3)
          .map(({ id }) => `booking:${id}`)
          .sort(),
      )
      expect(await verdicts(all.slice(3))).toEqual(['clear', 'clear', 'clear'])
      expect(await world.store.heldLosses()).toEqual([])
      expect((await world.timeline(all[4]?.id ?? '')).at(-1)).toMatchObject({ kind: 'brake-approved', cause: 'person' })
      expect(await decide(list?.list)).toBe(3) // the same word again
      expect(await decide(list?.list, false)).toBeUndefined()
    })

    it('needs a new word for a booking that has changed since', async () => {
      const all = await guests(5)
      await verdicts(all)
      const [list] = await world.store.heldLosses()
      await world.store.decideLosses({ list: list?.list ?? '', approve: true, now })
      const changed = await world.import(stay('b-4', { departure: '2026-07-20' }))
      expect((await claim(changed)).verdict).toBe('held')
    })

    it('keeps what a person refused, and says so to the stay', async () => {
      const all = await guests(4)
      await verdicts(all)
      const [list] = await world.store.heldLosses()
      expect(await world.store.decideLosses({ list: list?.list ?? '', approve: false, now })).toBe(1)
      const last = all[3] as Booking
      expect((await claim(last)).verdict).toBe('refused')
      expect((await world.load(last.id)).loss).toEqual({ state: 'refused', bookingVersion: last.version, at: now })
    })

    it('lets a stay leave the list that has nothing to lose any more', async () => {
      const all = await guests(4)
      await verdicts(all)
      const last = all[3] as Booking
      expect(await claim(last, { codeIds: [] })).toMatchObject({ verdict: 'clear', waiting: 0 })
      expect((await world.load(last.id)).loss).toBeUndefined()
    })

    it('never lets two looks through side by side that would be too many together', async () => {
      const all = await guests(9)
      const said = await Promise.all(all.map((booking) => claim(booking)))
      expect(said.filter(({ verdict }) => verdict === 'clear')).toHaveLength(3)
    })

    it('refuses a look that was overtaken', async () => {
      const booking = await guest('b-1')
      const old = look('booking', booking.id)
      await claim(booking)
      const late = { bookingId: booking.id, bookingVersion: 1, codeIds: [], whole: true, now }
      await expect(world.store.claimLoss(old, late)).rejects.toBeInstanceOf(LeaseLost)
    })
  })
}
