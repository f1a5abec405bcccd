import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { plus } from '../../domain/instant.ts'
import type { DeviceChanges, ForeignCode } from '../../ports/stores.ts'
import { type Furnished, furnish, held, look, newCode, now, stay, type StoreSubject } from './store-subject.ts'

const until = plus(now, 9_000_000)
const martin: ForeignCode = { vendorRef: '71', label: 'Martin family', pin: '482913', until, kind: 'foreign' }
const hidden: ForeignCode = { vendorRef: '72', label: 'Key box', kind: 'foreign' }
const stray: ForeignCode = {
  vendorRef: '73',
  label: 'Guest',
  pin: '553107',
  mark: `sw${'0'.repeat(12)}`,
  kind: 'ours-unknown',
}

export function describeAdoptions(subject: StoreSubject): void {
  describe('a code made by hand', () => {
    let world: Furnished
    let bookingId: string
    beforeEach(async () => {
      world = await furnish(subject)
      bookingId = (await world.import(stay('b-martin'))).id
      await save({ foreign: [martin, hidden, stray] })
      await world.takeMarks()
    })
    afterEach(() => world.close())

    const save = (changes: Omit<DeviceChanges, 'deviceId'>) =>
      world.store.saveDevice(look('device', world.street), { deviceId: world.street, ...changes }, { now })
    const idOf = async ({ label }: ForeignCode) =>
      (await world.store.handMadeCodes()).find((one) => one.label === label)?.id ?? 'none'
    const ask = async (id: string, forBooking = bookingId) =>
      await world.store.requestAdoption({ id, bookingId: forBooking, now })
    const requests = async () => (await world.store.loadDevice(world.street))?.adoptions
    const settle = async () =>
      world.store.saveStay(
        look('booking', bookingId),
        { bookingId, plan: held, settledAdoptions: [{ deviceId: world.street, vendorRef: martin.vendorRef }] },
        { now },
      )

    it('is listed with the name of its door and without its PIN; one under our mark is not', async () => {
      const codes = await world.store.handMadeCodes()
      expect(codes).toEqual([
        {
          id: expect.any(String),
          deviceId: world.street,
          door: 'Street door',
          label: martin.label,
          until,
          showsPin: true,
        },
        { id: expect.any(String), deviceId: world.street, door: 'Street door', label: hidden.label, showsPin: false },
      ])
      expect(JSON.stringify(codes)).not.toContain(martin.pin)
    })

    it('has another name once anything about it is changed, and the same one while nothing is', async () => {
      const first = await idOf(martin)
      await save({ foreign: [hidden, martin] })
      expect(await idOf(martin)).toBe(first)
      for (const change of [{ pin: '482914' }, { until: plus(until, 60_000) }, { from: now }]) {
        await save({ foreign: [{ ...martin, ...change }, hidden] })
        expect(await idOf(martin)).not.toBe(first)
      }
      await save({ foreign: [martin, hidden] })
      expect(await idOf(martin)).toBe(first)
    })

    it('is given to a stay: the device is looked at, and the stay sees it only once it was found there', async () => {
      const id = await idOf(martin)
      expect(await requests()).toBeUndefined()
      const before = {
        kind: 'adoption',
        subject: `booking:${bookingId}`,
        text: 'No.',
        remedy: 'Ask.',
        loud: 'warn',
      } as const
      await world.store.saveDevice(look('device', world.street), { deviceId: world.street }, { now, raise: [before] })
      expect(await world.openAlerts()).toHaveLength(1)
      expect(await ask(id)).toBe('asked')
      expect(await world.openAlerts()).toEqual([])
      expect(await world.takeMarks()).toEqual([`device:${world.street}`])
      expect((await world.timeline(bookingId)).at(-1)).toMatchObject({ kind: 'adoption-asked', cause: 'person' })
      expect(await requests()).toEqual([{ vendorRef: '71', bookingId, id, found: false }])
      expect((await world.store.handMadeCodes()).find((one) => one.id === id)?.waitsFor).toBe(bookingId)
      expect((await world.load(bookingId)).adoptions).toBeUndefined()

      await save({ foreign: [martin, hidden], adoptions: [{ vendorRef: '71', pin: '482913' }] })
      expect(await requests()).toEqual([{ vendorRef: '71', bookingId, id, found: true }])
      const view = await world.load(bookingId)
      expect(view.adoptions).toEqual([{ deviceId: world.street, vendorRef: '71', pin: '482913', until }])
      expect(view.takenPins.has(world.street)).toBe(true)
    })

    it('is asked for once: the same word again changes nothing', async () => {
      const id = await idOf(martin)
      await ask(id)
      await save({ adoptions: [{ vendorRef: '71', pin: '482913' }] })
      await world.takeMarks()
      expect(await ask(id)).toBe('asked')
      expect(await world.takeMarks()).toEqual([])
      expect((await requests())?.[0]?.found).toBe(true)
    })

    it('stays a stranger’s once the request is refused, settled, or over because the code is gone', async () => {
      const id = await idOf(martin)
      await ask(id)
      await save({ adoptions: [{ vendorRef: '71' }] })
      expect(await requests()).toBeUndefined()
      await save({ adoptions: [{ vendorRef: '71', pin: '482913' }] }) // of a look that began before
      expect((await world.load(bookingId)).adoptions).toBeUndefined()

      await ask(id)
      await save({ adoptions: [{ vendorRef: '71', pin: '482913' }] })
      await settle()
      expect([await requests(), (await world.load(bookingId)).adoptions]).toEqual([undefined, undefined])

      await ask(id)
      await save({ foreign: [hidden] })
      await save({ foreign: [martin, hidden] })
      expect(await requests()).toBeUndefined()
    })

    it('is refused where that is known: no such code, a hidden PIN, another way, another request, a guest in the house', async () => {
      const id = await idOf(martin)
      expect([await ask('h0'), await ask(id, globalThis.crypto.randomUUID())]).toEqual(['unknown', 'unknown'])
      expect(await ask(await idOf(hidden))).toBe('pin-hidden')
      const cancelled = await world.import(stay('b-off', { state: 'cancelled' }))
      expect(await ask(id, cancelled.id)).toBe('no-access')
      const homeless = await world.import(stay('b-elsewhere', { unitRef: 'flat-9' }))
      expect(await ask(id, homeless.id)).toBe('no-access')
      const other = await world.import(stay('b-other'))
      await ask(id, other.id)
      expect(await ask(id)).toBe('waits')
      await save({ adoptions: [{ vendorRef: '71' }] })
      const window = { from: plus(now, -1000), until: plus(now, 86_400_000) }
      const create = [newCode(bookingId, world.street, { window, evidence: 'confirmed' })]
      await world.store.saveStay(look('booking', bookingId), { bookingId, plan: held, create }, { now })
      expect(await ask(id)).toBe('in-house')
      expect(await requests()).toBeUndefined()
    })

    it('is remembered by the code that took it over', async () => {
      const create = [newCode(bookingId, world.street, { adopts: '71' })]
      await world.store.saveStay(look('booking', bookingId), { bookingId, plan: held, create }, { now })
      const [code] = (await world.store.loadDevice(world.street))?.codes ?? []
      expect(code?.adopts).toBe('71')
      await save({ update: code ? [{ ...code, evidence: 'confirmed' }] : [] })
      expect((await world.load(bookingId)).codes).toMatchObject([{ adopts: '71', evidence: 'confirmed' }])
    })
  })
}
