import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { defaultPolicy } from '../../domain/policy.ts'
import { limits } from '../../domain/limits.ts'
import { plus } from '../../domain/instant.ts'
import { LeaseLost } from '../../ports/stores.ts'
import { instant } from '../calls.ts'
import { type Furnished, furnish, held, look, newCode, now, stay, type StoreSubject } from './store-subject.ts'

export function describeStoredStays(subject: StoreSubject): void {
  describe('a stay', () => {
    let world: Furnished
    beforeEach(async () => {
      world = await furnish(subject)
    })
    afterEach(() => world.close())

    const save = (bookingId: string, changes: object, when = now) =>
      world.store.saveStay(look('booking', bookingId), { bookingId, plan: held, ...changes }, { now: when })

    it('is loaded with everything that decides about it', async () => {
      const booking = await world.import(stay('b-1'))
      const view = await world.load(booking.id)
      expect(view.booking).toEqual(booking)
      expect(view.unit).toMatchObject({ id: world.unit, name: 'Flat 2' })
      expect(view.property).toMatchObject({ name: 'Rue de Test 1', zone: 'Europe/Paris', earliestCheckIn: '14:00' })
      expect(view.path.map(({ name }) => name)).toEqual(['Street door', 'Lobby', 'Hall', 'Flat 2'])
      expect(view.path.map(({ entry }) => entry)).toEqual([
        { kind: 'device', deviceId: world.street, prefix: '1', tellAt: 'confirmed' },
        { kind: 'fixed-code', code: '4711A' },
        { kind: 'instruction' },
        { kind: 'device', deviceId: world.flatLock, tellAt: 'accepted' },
      ])
      expect(view.path[0]?.instruction).toEqual({ en: 'Press 1, then the code.' })
      expect(view.devices.map(({ vendorId, connectionId }) => `${vendorId} ${connectionId}`).sort()).toEqual([
        `1001 ${world.lock}`,
        `1002 ${world.lock}`,
      ])
      expect(view.policy).toEqual(defaultPolicy)
      expect(view).toMatchObject({ codes: [], messages: [] })
      expect(view.lastPins).toBeUndefined()
    })

    it('remembers how ready the arrival was, and forgets it with the arrival', async () => {
      const { id } = await world.import(stay('b-1'))
      expect((await world.load(id)).readiness).toBeUndefined()
      await save(id, { readiness: 'at-risk' })
      expect((await world.load(id)).readiness).toBe('at-risk')
      await save(id, { readiness: 'ready' })
      expect((await world.load(id)).readiness).toBe('ready')
      await save(id, {})
      expect((await world.load(id)).readiness).toBeUndefined()
    })

    it('remembers which version of the booking was let in, as long as it is', async () => {
      const { id, version } = await world.import(stay('b-1'))
      expect((await world.load(id)).grantedVersion).toBeUndefined()
      await save(id, {})
      expect((await world.load(id)).grantedVersion).toBeUndefined()
      const window = { from: now, until: plus(now, 86_400_000) }
      const grant = { bookingId: id, unitId: world.unit, path: [], window, bookingVersion: version }
      await save(id, { plan: { status: 'granted', grant } })
      expect((await world.load(id)).grantedVersion).toBe(version)
      await save(id, {})
      expect((await world.load(id)).grantedVersion).toBeUndefined()
    })

    it('comes with when its devices were last read, and how they were', async () => {
      const { id } = await world.import(stay('b-1'))
      const state = { online: false, batteryLow: true }
      const changes = { deviceId: world.street, readAt: plus(now, -1000), state }
      await world.store.saveDevice(look('device', world.street), changes, { now })
      const { devices } = await world.load(id)
      expect(devices.find((device) => device.id === world.street)).toMatchObject({ readAt: plus(now, -1000), ...state })
      expect(devices.find((device) => device.id === world.flatLock)?.readAt).toBeUndefined()
      expect(devices.map(({ id, trust }) => [id, trust])).toEqual(
        expect.arrayContaining([
          [world.street, undefined],
          [world.flatLock, 'accepted'],
        ]),
      )
    })

    it('is loaded without a flat while its flat is not linked', async () => {
      const { id } = await world.import(stay('b-1', { unitRef: 'flat-9' }))
      const view = await world.load(id)
      expect(view).toMatchObject({ path: [], devices: [] })
      expect(view.unit).toBeUndefined()
      expect(view.property).toBeUndefined()
    })

    it('follows the policy that its tenant set', async () => {
      const { id } = await world.import(stay('b-1'))
      await world.house.setPolicy({ graceOut: 7_200_000 })
      expect((await world.load(id)).policy).toEqual({ ...defaultPolicy, graceOut: 7_200_000 })
    })

    it('keeps new codes, PIN and all', async () => {
      const { id } = await world.import(stay('b-1'))
      const codes = [newCode(id, world.street, { pin: '007120' }), newCode(id, world.flatLock, { pin: '007120' })]
      await save(id, { create: codes })
      const stored = (await world.load(id)).codes
      expect(byDevice(stored)).toMatchObject(byDevice(codes))
    })

    it('keeps one code when the same save comes twice', async () => {
      const { id } = await world.import(stay('b-1'))
      const code = newCode(id, world.street)
      await save(id, { create: [code] })
      await save(id, { create: [code] })
      expect((await world.load(id)).codes).toHaveLength(1)
    })

    it('takes over a new wish, and leaves what left for the vendor as it was', async () => {
      const { id } = await world.import(stay('b-1'))
      await save(id, { create: [newCode(id, world.street)] })
      const [code] = (await world.load(id)).codes
      if (!code) throw new Error('no code')
      const written = { ...code, evidence: 'confirmed' as const, vendorRef: 'v-9', writtenAt: now, provenAt: now }
      await world.store.saveDevice(look('device', world.street), { deviceId: world.street, update: [written] }, { now })

      // The booking's look loaded before the device's look wrote; what it wants is newer all the same.
      const ended = { ...code, want: 'absent' as const, evidence: 'planned' as const, endCause: 'cancelled' as const }
      await save(id, { update: [ended] })
      expect((await world.load(id)).codes).toEqual([
        expect.objectContaining({
          want: 'absent',
          evidence: 'planned',
          endCause: 'cancelled',
          vendorRef: 'v-9',
          writtenAt: now,
        }),
      ])
    })

    it('lets go of a code that is proven gone, and remembers its PINs for the stay from its end on', async () => {
      const { id } = await world.import(stay('b-1'))
      await save(id, { create: [newCode(id, world.street, { pin: '731905' })], lastPins: ['731905', '0481'] })
      const [code] = (await world.load(id)).codes
      if (!code) throw new Error('no code')
      await save(id, { update: [{ ...code, want: 'absent', endCause: 'cancelled' }] })
      expect(await world.load(id)).toMatchObject({ codes: [{ want: 'absent' }], lastPins: ['731905', '0481'] })
      const [ending] = (await world.load(id)).codes
      if (!ending) throw new Error('the code is gone too early')
      const gone = { ...ending, evidence: 'confirmed' as const }
      await world.store.saveDevice(look('device', world.street), { deviceId: world.street, update: [gone] }, { now })
      expect(await world.load(id)).toMatchObject({ codes: [], lastPins: ['731905', '0481'] })
      expect((await world.store.loadDevice(world.street))?.codes).toEqual([])
    })

    describe('PINs that are taken', () => {
      const takenOn = async (bookingId: string, deviceId: string, pin: string, when = now) => {
        const taken = (await world.load(bookingId, when)).takenPins.get(deviceId)
        const print = world.fingerprints.fingerprint(deviceId, pin)
        return taken?.held.has(print) === true || taken?.cooling.includes(print) === true
      }
      const end = async (bookingId: string, when = now) => {
        const [code] = (await world.load(bookingId)).codes
        if (!code) throw new Error('no code')
        await save(bookingId, { update: [{ ...code, want: 'absent', endCause: 'over' }] })
        const [ending] = (await world.load(bookingId)).codes
        if (!ending) throw new Error('no code')
        const changes = { deviceId: code.deviceId, update: [{ ...ending, evidence: 'confirmed' as const }] }
        await world.store.saveDevice(look('device', code.deviceId), changes, { now: when })
      }

      it('are those of other stays, on their device only', async () => {
        const mine = await world.import(stay('b-1'))
        const other = await world.import(stay('b-2'))
        await save(other.id, { create: [newCode(other.id, world.street, { pin: '112358' })] })
        expect(await takenOn(mine.id, world.street, '112358')).toBe(true)
        expect(await takenOn(mine.id, world.street, '112359')).toBe(false)
        expect(await takenOn(mine.id, world.flatLock, '112358')).toBe(false)
        expect(await takenOn(other.id, world.street, '112358')).toBe(false)
      })

      it('stay taken for the cool-down after they are gone', async () => {
        const mine = await world.import(stay('b-1'))
        const other = await world.import(stay('b-2'))
        await save(other.id, { create: [newCode(other.id, world.street, { pin: '112358' })] })
        await end(other.id)
        const until = plus(now, limits.pinCoolDown)
        expect(await takenOn(mine.id, world.street, '112358', plus(until, -1))).toBe(true)
        expect(await takenOn(mine.id, world.street, '112358', plus(until, 1))).toBe(false)
      })

      it('cool down in the order they went, the latest first', async () => {
        const mine = await world.import(stay('b-1'))
        for (const [index, pin] of ['112358', '271828', '161803'].entries()) {
          const other = await world.import(stay(`b-${index + 2}`))
          await save(other.id, { create: [newCode(other.id, world.street, { pin })] })
          await end(other.id, plus(now, index === 1 ? -1000 : index))
        }
        const { held, cooling } = (await world.load(mine.id)).takenPins.get(world.street) ?? {}
        const prints = ['161803', '112358', '271828'].map((pin) => world.fingerprints.fingerprint(world.street, pin))
        expect([held?.size, cooling]).toEqual([0, prints])
      })

      it('are also those of strangers on the device, and those it refused', async () => {
        const { id } = await world.import(stay('b-1'))
        const foreign = [{ vendorRef: 'f-1', label: 'Cleaner', pin: '864209', kind: 'foreign' as const }]
        const refusedPins = [{ pin: '135790', bookingId: id }]
        const changes = { deviceId: world.street, foreign, refusedPins, readAt: now }
        await world.store.saveDevice(look('device', world.street), changes, { now })
        expect(await takenOn(id, world.street, '864209')).toBe(true)
        expect(await takenOn(id, world.street, '135790')).toBe(true)
        expect(await takenOn(id, world.flatLock, '864209')).toBe(false)
      })

      it('follow the device when the stranger’s code is gone', async () => {
        const { id } = await world.import(stay('b-1'))
        const foreign = [{ vendorRef: 'f-1', label: 'Cleaner', pin: '864209', kind: 'foreign' as const }]
        await world.store.saveDevice(look('device', world.street), { deviceId: world.street, foreign }, { now })
        await world.store.saveDevice(look('device', world.street), { deviceId: world.street, foreign: [] }, { now })
        expect(await takenOn(id, world.street, '864209')).toBe(false)
      })
    })

    it('knows the doors it left on which another guest’s window has begun', async () => {
      const mine = await world.import(stay('b-1'))
      const other = await world.import(stay('b-2'))
      const window = { from: instant('2026-07-08T08:00:00Z'), until: instant('2026-07-08T12:00:00Z') }
      const left = [newCode(mine.id, world.otherLock), newCode(mine.id, world.street)]
      await save(mine.id, { create: left })
      await save(other.id, {
        create: [newCode(other.id, world.otherLock, { window }), newCode(other.id, world.street, { window })],
      })
      const claimed = async (when: typeof now) => [...(await world.load(mine.id, when)).claimedDevices]
      expect(await claimed(plus(window.from, -1))).toEqual([])
      expect(await claimed(window.from)).toEqual([world.otherLock]) // the street door is still on its path
      expect(await claimed(window.until)).toEqual([])
    })

    it('refuses the save of a look that was overtaken, and keeps nothing of it', async () => {
      const { id } = await world.import(stay('b-1'))
      const old = look('booking', id)
      await save(id, {})
      await world.takeMarks()
      const late = world.store.saveStay(
        old,
        { bookingId: id, plan: held, create: [newCode(id, world.street)] },
        { now, marks: [{ kind: 'device', key: world.street, why: 'step' }] },
      )
      await expect(late).rejects.toBeInstanceOf(LeaseLost)
      expect((await world.load(id)).codes).toEqual([])
      expect(await world.takeMarks()).toEqual([])
    })

    it('lets the looks at a booking, its messages and its source save beside each other', async () => {
      const { id } = await world.import(stay('b-1'))
      const booking = look('booking', id)
      await world.store.saveMessages(look('messages', id), { bookingId: id }, { now })
      await world.import(stay('b-1', { departure: '2026-07-15' }))
      await world.store.saveStay(booking, { bookingId: id, plan: held }, { now })
      expect((await world.load(id)).booking.version).toBe(2)
    })

    it('is not there for an id that is not there', async () => {
      expect(await world.store.loadStay(globalThis.crypto.randomUUID(), now)).toBeUndefined()
      expect(await world.store.loadStay('not-an-id', now)).toBeUndefined()
    })
  })
}

function byDevice<Row extends { readonly deviceId: string }>(rows: readonly Row[]): Record<string, Row> {
  return Object.fromEntries(rows.map((row) => [row.deviceId, row]))
}
