import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Code } from '../../domain/code.ts'
import { plus } from '../../domain/instant.ts'
import { type ForeignCode, LeaseLost } from '../../ports/stores.ts'
import { type Furnished, furnish, held, look, newCode, now, stay, type StoreSubject } from './store-subject.ts'

export function describeStoredDevices(subject: StoreSubject): void {
  describe('a device', () => {
    let world: Furnished
    beforeEach(async () => {
      world = await furnish(subject)
    })
    afterEach(() => world.close())

    const codeOn = async (deviceId: string, over: Partial<Code> = {}): Promise<Code> => {
      const booking = await world.import(stay(`b-${globalThis.crypto.randomUUID()}`))
      const create = [newCode(booking.id, deviceId, over)]
      await world.store.saveStay(look('booking', booking.id), { bookingId: booking.id, plan: held, create }, { now })
      const [code] = (await world.load(booking.id)).codes
      if (!code) throw new Error('no code')
      return code
    }
    const saveDevice = (update: readonly Code[]) =>
      world.store.saveDevice(look('device', world.street), { deviceId: world.street, update }, { now })
    const codes = async () => (await world.store.loadDevice(world.street))?.codes ?? []

    it('keeps when a code was first used, whatever changes about it later', async () => {
      const { id } = await world.import(stay('b-used'))
      await world.store.saveStay(
        look('booking', id),
        { bookingId: id, plan: held, create: [newCode(id, world.street)] },
        { now },
      )
      const codeNow = async () => {
        const [code] = (await world.load(id)).codes
        if (!code) throw new Error('the code was not stored')
        return code
      }
      const save = (update: readonly Code[]) =>
        world.store.saveDevice(look('device', world.street), { deviceId: world.street, update }, { now })
      const first = await codeNow()
      await save([{ ...first, evidence: 'used', usedAt: now }])
      expect(await codeNow()).toMatchObject({ evidence: 'used', usedAt: now })
      const { usedAt: _known, ...unaware } = await codeNow()
      const changed: Code = { ...unaware, pin: '480513', evidence: 'planned' }
      await world.store.saveStay(look('booking', id), { bookingId: id, plan: held, update: [changed] }, { now })
      expect(await codeNow()).toMatchObject({ pin: '480513', evidence: 'planned', usedAt: now })
      await save([{ ...first, usedAt: plus(now, 1000) }]) // of a wish that is no longer the present one
      expect(await codeNow()).toMatchObject({ evidence: 'planned', usedAt: now })
    })

    it('gives back to a stay what is seen there under marks of ours that no stay knows, and nothing of strangers', async () => {
      const booking = await world.import(stay('b-strays'))
      const known = await codeOn(world.street)
      const mark = `sw${'0'.repeat(12)}`
      const window = { from: plus(now, 1000), until: plus(now, 9_000_000) }
      const foreign: readonly ForeignCode[] = [
        { vendorRef: '71', label: 'Guest', pin: '482913', mark, ...window, kind: 'ours-unknown' },
        { vendorRef: '72', label: 'Guest', pin: '553107', mark: known.mark, kind: 'ours-unknown' },
        { vendorRef: '73', label: 'Cleaner', pin: '913746', kind: 'foreign' },
        { vendorRef: '74', label: 'Guest', mark: `sw${'1'.repeat(12)}`, kind: 'ours-unknown' },
      ]
      const save = (listed: readonly ForeignCode[]) =>
        world.store.saveDevice(look('device', world.street), { deviceId: world.street, foreign: listed }, { now })
      await save(foreign)
      const { strays, nightsSharedUntil } = await world.load(booking.id, plus(now, 5000))
      // The booking of the known code has the same days, and its flat the same door.
      const daysSharedUntil = plus(now, 5000)
      const shown = { deviceId: world.street, vendorRef: '71', mark, pin: '482913', window }
      expect(strays).toEqual([{ ...shown, daysSharedUntil }])
      expect(nightsSharedUntil).toBe(daysSharedUntil)
      const alone = await world.import({ ...stay('b-other-days'), arrival: '2026-09-01', departure: '2026-09-04' })
      expect((await world.load(alone.id)).strays).toEqual([shown])
      await save([])
      expect((await world.load(booking.id)).strays).toBeUndefined()
    })

    it('keeps how long an earlier write may still open, until the device has shown the present one', async () => {
      const { id } = await world.import(stay('b-cut-short'))
      const opensUntil = plus(now, 86_400_000)
      const code = { ...newCode(id, world.street), opensUntil }
      await world.store.saveStay(look('booking', id), { bookingId: id, plan: held, create: [code] }, { now })
      const codeNow = async () => (await world.load(id)).codes[0] ?? code
      expect(await codeNow()).toMatchObject({ opensUntil })
      const longer = { ...(await codeNow()), opensUntil: plus(opensUntil, 1000) }
      await world.store.saveStay(look('booking', id), { bookingId: id, plan: held, update: [longer] }, { now })
      const { opensUntil: _shown, ...shown } = await codeNow()
      const save = (update: readonly Code[]) =>
        world.store.saveDevice(look('device', world.street), { deviceId: world.street, update }, { now })
      await save([{ ...shown, revision: 1 }]) // of a wish that is no longer the present one
      expect(await codeNow()).toMatchObject({ opensUntil: longer.opensUntil })
      await save([{ ...shown, evidence: 'confirmed' }])
      expect((await codeNow()).opensUntil).toBeUndefined()
    })

    it('is loaded with the codes of every booking and the name of its door', async () => {
      const mine = await codeOn(world.street, { pin: '480512' })
      const others = await codeOn(world.street, { pin: '913746' })
      await codeOn(world.flatLock)
      const view = await world.store.loadDevice(world.street)
      expect(view?.device).toEqual({
        id: world.street,
        connectionId: world.lock,
        vendorId: '1001',
        name: 'Street lock',
      })
      expect(view?.doorName).toBe('Street door')
      expect(view?.failures).toBe(0)
      const pins = new Map(view?.codes.map(({ id, pin }) => [id, pin]))
      expect(pins).toEqual(
        new Map([
          [mine.id, '480512'],
          [others.id, '913746'],
        ]),
      )
    })

    it('is named by itself while no door leads to it', async () => {
      const spare = await world.house.addDevice({ connectionId: world.lock, vendorId: '1009', name: 'Spare' })
      expect((await world.store.loadDevice(spare))?.doorName).toBe('Spare')
    })

    it('keeps what was done and seen, and forgets what is no longer so', async () => {
      const code = await codeOn(world.street)
      const sent: Code = { ...code, evidence: 'sent', writtenAt: now, pendingUntil: plus(now, 60_000) }
      await saveDevice([sent])
      expect(await codes()).toEqual([sent])
      const { pendingUntil: _pending, ...rest } = sent
      const confirmed: Code = { ...rest, evidence: 'confirmed', vendorRef: 'v-1', provenAt: now }
      await saveDevice([confirmed])
      expect(await codes()).toEqual([confirmed])
    })

    it('keeps what somebody changed there, until the stay has other dates or a person has decided', async () => {
      const code = await codeOn(world.street)
      const drift = { what: ['window'], since: now, state: 'asked', window: code.window } as const
      await saveDevice([{ ...code, evidence: 'sent', restored: 2, drift }])
      expect(await codes()).toEqual([{ ...code, evidence: 'sent', restored: 2, drift }])
      const decide = (codeId: string, decision: 'restore' | 'accept') =>
        world.store.decideDrift({ codeId, decision, now })
      await world.takeMarks()
      expect(await decide(code.id, 'accept')).toBe('decided')
      expect(await world.takeMarks()).toEqual([`booking:${code.bookingId}`, `device:${world.street}`])
      expect((await world.timeline(code.bookingId)).at(-1)).toMatchObject({ kind: 'drift-decided', cause: 'person' })
      const [decided] = await codes()
      expect(decided).toMatchObject({ drift: { ...drift, state: 'accept' } })
      expect(decided?.restored).toBeUndefined()
      await saveDevice([{ ...code, drift }]) // a look that began before the decision
      expect((await codes())[0]?.drift?.state).toBe('accept')
      expect(await decide(code.id, 'restore')).toBe('decided')
      const { drift: _over, ...rest } = (await codes())[0] ?? code
      const { bookingId } = code
      await world.store.saveStay(look('booking', bookingId), { bookingId, plan: held, update: [rest] }, { now })
      expect((await codes())[0]?.drift).toBeUndefined()
      expect(await decide(code.id, 'restore')).toBeUndefined()
      expect(await decide('not-an-id', 'restore')).toBeUndefined()
    })

    it('does about changed codes what its doors say, the most careful word first', async () => {
      const answer = async () => (await world.store.loadDevice(world.street))?.ifChanged
      const more = (ifChanged: 'accept' | 'ask') =>
        world.house.addDoor({
          name: `Door ${ifChanged}`,
          instruction: {},
          entry: { kind: 'device', deviceId: world.street, tellAt: 'confirmed', ifChanged },
        })
      expect(await answer()).toBe('restore')
      await more('accept')
      expect(await answer()).toBe('restore')
      await more('ask')
      expect(await answer()).toBe('ask')
    })

    it('keeps a refusal and how often it came', async () => {
      const code = await codeOn(world.street)
      const refused: Code = { ...code, refusal: 'pin-taken', refusals: 1 }
      await saveDevice([refused])
      expect(await codes()).toEqual([refused])
    })

    it('keeps the PIN that the vendor chose instead', async () => {
      const code = await codeOn(world.street, { pin: '480512' })
      await saveDevice([{ ...code, pin: '005512', evidence: 'accepted' }])
      expect((await codes())[0]?.pin).toBe('005512')
    })

    it('takes proof of an old wish for no proof of the new one', async () => {
      const before = await codeOn(world.street)
      const wider = { ...before.window, until: plus(before.window.until, 86_400_000) }
      const { bookingId } = before
      const update = [{ ...before, window: wider }]
      await world.store.saveStay(look('booking', bookingId), { bookingId, plan: held, update }, { now })
      const written: Code = { ...before, evidence: 'confirmed', vendorRef: 'v-1', writtenAt: now, provenAt: now }
      await saveDevice([written])
      const [code] = await codes()
      expect(code).toMatchObject({ window: wider, evidence: 'planned', vendorRef: 'v-1', writtenAt: now })
      expect(code?.provenAt).toBeUndefined()
    })

    it('does not let a removal be forgotten by a look that began before it was wanted', async () => {
      const before = await codeOn(world.street)
      const { bookingId } = before
      const update: Code[] = [{ ...before, want: 'absent', endCause: 'cancelled' }]
      await world.store.saveStay(look('booking', bookingId), { bookingId, plan: held, update }, { now })
      await saveDevice([{ ...before, evidence: 'confirmed', writtenAt: now }])
      expect(await codes()).toEqual([expect.objectContaining({ want: 'absent', evidence: 'planned', writtenAt: now })])
    })

    it('does not count a removal as done before it is proven', async () => {
      const code = await codeOn(world.street)
      const { bookingId } = code
      const update: Code[] = [{ ...code, want: 'absent', endCause: 'over' }]
      await world.store.saveStay(look('booking', bookingId), { bookingId, plan: held, update }, { now })
      const [ending] = await codes()
      if (!ending) throw new Error('the code is gone too early')
      await saveDevice([{ ...ending, evidence: 'accepted' }])
      expect(await codes()).toHaveLength(1)
      await saveDevice([{ ...ending, evidence: 'confirmed' }])
      expect(await codes()).toEqual([])
    })

    it('gives back a code that was taken for gone, while its mark is listed there', async () => {
      const code = await codeOn(world.street)
      const { bookingId } = code
      const end = { ...code, want: 'absent' as const, endCause: 'cancelled' as const }
      await world.store.saveStay(look('booking', bookingId), { bookingId, plan: held, update: [end] }, { now })
      const [ending] = await codes()
      if (!ending) throw new Error('the code is gone too early')
      await saveDevice([{ ...ending, evidence: 'confirmed' }])
      const read = (foreign: readonly ForeignCode[]) =>
        world.store.saveDevice(look('device', world.street), { deviceId: world.street, foreign }, { now })
      const seen: ForeignCode = { vendorRef: 'v-9', label: 'Guest', mark: code.mark, kind: 'ours-unknown' }
      expect(await codes()).toEqual([])
      await read([seen, { ...seen, vendorRef: 'v-8', mark: `sw${'0'.repeat(12)}` }])
      const view = await world.store.loadDevice(world.street)
      expect(view?.codes).toMatchObject([{ id: code.id, want: 'absent', evidence: 'confirmed', pin: code.pin }])
      expect(view?.unclaimed?.toSorted()).toEqual([`sw${'0'.repeat(12)}`, code.mark])
      expect((await world.load(bookingId)).codes).toEqual([])
      await saveDevice((view?.codes ?? []).map((one) => ({ ...one, evidence: 'sent' })))
      await read([])
      expect(await codes()).toMatchObject([{ id: code.id, want: 'absent', evidence: 'sent' }])
      expect((await world.load(bookingId)).codes).toMatchObject([{ id: code.id }])
      await saveDevice((await codes()).map((one) => ({ ...one, evidence: 'confirmed' })))
      expect(await codes()).toEqual([])
    })

    it('counts the looks in a row that did not reach it', async () => {
      const failed = (when: typeof now, unreached?: 'device' | 'connection') =>
        world.store.saveConnection(
          look('device', world.street),
          { connectionId: world.lock, ...(unreached ? { unreached } : {}) },
          { now: when },
        )
      await failed(now)
      expect(await world.store.loadDevice(world.street)).not.toHaveProperty('unreached')
      await failed(now, 'connection')
      await failed(plus(now, 5000), 'device')
      expect(await world.store.loadDevice(world.street)).toMatchObject({
        failures: 2,
        unreached: { since: now, at: plus(now, 5000) },
      })
      const listed = async () => (await world.store.devicesOf(world.lock)).find(({ id }) => id === world.street)
      expect((await listed())?.unreachedAt).toBe(plus(now, 5000))
      const changes = { deviceId: world.street, readAt: now, state: { online: true, batteryPercent: 80 } }
      await world.store.saveDevice(look('device', world.street), changes, { now })
      const back = await world.store.loadDevice(world.street)
      expect(back?.failures).toBe(0)
      expect(back).not.toHaveProperty('unreached')
      expect(await listed()).not.toHaveProperty('unreachedAt')
    })

    it('knows which others wait for its connection, while it does so itself', async () => {
      const failed = (deviceId: string, unreached: 'device' | 'connection') =>
        world.store.saveConnection(look('device', deviceId), { connectionId: world.lock, unreached }, { now })
      const beside = async () => (await world.store.loadDevice(world.street))?.waitingBeside
      await failed(world.flatLock, 'connection')
      await failed(world.otherLock, 'device')
      expect(await beside()).toEqual([])
      await failed(world.street, 'device')
      expect(await beside()).toEqual([world.flatLock])
    })

    it('refuses a look that was overtaken', async () => {
      const code = await codeOn(world.street)
      const old = look('device', world.street)
      await saveDevice([])
      const late = world.store.saveDevice(
        old,
        { deviceId: world.street, update: [{ ...code, evidence: 'confirmed' }] },
        { now },
      )
      await expect(late).rejects.toBeInstanceOf(LeaseLost)
      expect((await codes())[0]?.evidence).toBe('planned')
    })

    it('may save several times in one look', async () => {
      const code = await codeOn(world.street)
      const same = look('device', world.street)
      await world.store.saveDevice(same, { deviceId: world.street, update: [{ ...code, evidence: 'sent' }] }, { now })
      await world.store.saveDevice(
        same,
        { deviceId: world.street, update: [{ ...code, evidence: 'accepted' }] },
        { now },
      )
      expect((await codes())[0]?.evidence).toBe('accepted')
    })

    it('is not there for an id that is not there', async () => {
      const nobody = globalThis.crypto.randomUUID()
      expect(await world.store.loadDevice(nobody)).toBeUndefined()
      expect(await world.store.loadDevice('not-an-id')).toBeUndefined()
      const late = world.store.saveDevice(look('device', nobody), { deviceId: nobody }, { now })
      await expect(late).rejects.toBeInstanceOf(LeaseLost)
    })

    it('is found by its connection', async () => {
      const ids = (await world.store.devicesOf(world.lock)).map(({ id }) => id)
      expect(ids.sort()).toEqual([world.street, world.flatLock, world.otherLock].sort())
    })
  })
}
