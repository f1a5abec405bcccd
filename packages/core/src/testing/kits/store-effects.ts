import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { HubEvent } from '../../domain/arrival-readiness.ts'
import { plus } from '../../domain/instant.ts'
import { type Alert, type Effects, LeaseLost } from '../../ports/stores.ts'
import { type Furnished, furnish, look, now, stay, type StoreSubject } from './store-subject.ts'

export function describeStoreEffects(subject: StoreSubject): void {
  describe('what a save does besides', () => {
    let world: Furnished
    let bookingId: string
    beforeEach(async () => {
      world = await furnish(subject)
      bookingId = (await world.import(stay('b-1'))).id
      await world.takeMarks()
    })
    afterEach(() => world.close())

    const save = (effects: Omit<Effects, 'now'>, when = now) =>
      world.store.saveMessages(look('messages', bookingId), { bookingId }, { now: when, ...effects })
    const line = (text: string, kind = 'held') => ({ bookingId, kind, text })
    const said = async () => (await world.timeline(bookingId)).map(({ text }) => text).slice(1)

    it('says a thing once, and again when something else was said in between', async () => {
      await save({ timeline: [line('A'), line('A'), line('N', 'note')] })
      await save({ timeline: [line('A')] })
      await save({ timeline: [line('B')] })
      await save({ timeline: [line('A'), line('N', 'note')] })
      expect(await said()).toEqual(['A', 'N', 'B', 'A'])
      const { saidLast } = await world.load(bookingId)
      expect([saidLast.get('held'), saidLast.get('note')]).toEqual(['A', 'N'])
    })

    it('keeps remedy and cause of a line', async () => {
      const full = { ...line('A'), remedy: 'Do this.', cause: 'vendor' }
      await save({ timeline: [full] })
      expect((await world.timeline(bookingId)).at(-1)).toMatchObject(full)
    })

    it('says nothing about a booking that is not there', async () => {
      const gone = globalThis.crypto.randomUUID()
      await save({ timeline: [{ ...line('A'), bookingId: gone }, line('B')] })
      expect(await said()).toEqual(['B'])
    })

    it('marks keys and moves timers', async () => {
      const device = world.street
      const at = plus(now, 60_000)
      await save({
        marks: [
          { kind: 'device', key: device, why: 'step' },
          { kind: 'device', key: device, why: 'step' },
          { kind: 'booking', key: bookingId, why: 'nudge' },
        ],
        timers: [{ kind: 'probe', key: world.lock, at }],
      })
      expect(await world.takeMarks()).toEqual([`booking:${bookingId}`, `device:${device}`].sort())
      const timer = async () => (await world.timers()).get(`probe:${world.lock}`)
      await save({ timers: [{ kind: 'probe', key: world.lock, at }] })
      expect(await timer()).toBe(at)
      await save({ timers: [{ kind: 'probe', key: world.lock, at: plus(at, 1) }] })
      expect(await timer()).toBe(plus(at, 1))
      await save({ timers: [{ kind: 'probe', key: world.lock, at: null }] })
      expect(await timer()).toBeUndefined()
    })

    it('keeps events with what they say, in the order of the saves', async () => {
      const event = (type: HubEvent['type'], because: readonly string[]): HubEvent => ({
        type,
        subject: `booking:${bookingId}`,
        data: { level: 'at-risk', was: 'ready', because },
      })
      const [first, second, third] = [
        event('readiness.worse', ['offline', 'not-told']),
        event('readiness.better', []),
        event('readiness.worse', ['offline']),
      ]
      await save({ events: [first, second] })
      await save({ events: [third] }, plus(now, 1000))
      expect(await world.events()).toEqual([
        { ...first, at: now },
        { ...second, at: now },
        { ...third, at: plus(now, 1000) },
      ])
    })

    it('keeps no event of a look that was overtaken', async () => {
      const old = look('messages', bookingId)
      await save({})
      const events: HubEvent[] = [{ type: 'readiness.worse', subject: `booking:${bookingId}`, data: {} }]
      await expect(world.store.saveMessages(old, { bookingId }, { now, events })).rejects.toBeInstanceOf(LeaseLost)
      expect(await world.events()).toEqual([])
    })

    it.each(['messages', 'booking', 'alarms'] as const)(
      'says nothing of an older look at %s that was shut out',
      async (kind) => {
        const key = kind === 'alarms' ? 'all' : bookingId
        const old = look(kind, key)
        await world.store.shutOut(look(kind, key))
        await world.store.shutOut(old) // it is the older one, and changes nothing
        const effects = { now, timeline: [line('A')] }
        const late = {
          messages: () => world.store.saveMessages(old, { bookingId }, effects),
          booking: () => world.store.claimLoss(old, { bookingId, bookingVersion: 1, codeIds: [], whole: false, now }),
          alarms: () => world.store.saveAlarms(old, [], effects),
        }[kind]
        await expect(late()).rejects.toBeInstanceOf(LeaseLost)
        expect(await said()).toEqual([])
      },
    )

    it('is not refused because a look at something that is gone was to shut out others', async () => {
      await world.store.shutOut(look('device', globalThis.crypto.randomUUID()))
      await world.store.shutOut(look('fetch', `${world.source}/b-1`))
      await save({ timeline: [line('A')] })
      expect(await said()).toEqual(['A'])
    })

    describe('alerts', () => {
      const alert = (over: Partial<Alert> = {}): Alert => ({
        kind: 'arrival',
        subject: `booking:${bookingId}`,
        text: 'The door is not ready.',
        remedy: 'Open it yourself.',
        loud: 'warn',
        ...over,
      })

      it('are open once per kind and subject, with the newest words', async () => {
        await save({ raise: [alert()] })
        await save({ raise: [alert({ text: 'Still not ready.' }), alert({ kind: 'pin' })] })
        const open = await world.openAlerts()
        expect(open.map(({ kind, text }) => `${kind}: ${text}`).sort()).toEqual([
          'arrival: Still not ready.',
          'pin: The door is not ready.',
        ])
      })

      it('call the operator when they turn loud, and not again', async () => {
        await save({ raise: [alert()] })
        expect(await world.takeMarks()).toEqual([])
        await save({ raise: [alert({ loud: 'page' })] })
        expect(await world.takeMarks()).toEqual(['alarms:all'])
        await save({ raise: [alert({ loud: 'warn' })] })
        await save({ raise: [alert({ loud: 'page' })] })
        expect(await world.takeMarks()).toEqual([])
        expect((await world.openAlerts()).map(({ loud }) => loud)).toEqual(['page'])
      })

      it('close, and open anew when the cause comes back', async () => {
        await save({ raise: [alert({ loud: 'page' })] })
        await save({ settle: [{ kind: 'arrival', subject: `booking:${bookingId}` }] })
        expect(await world.openAlerts()).toEqual([])
        await world.takeMarks()
        await save({ raise: [alert({ loud: 'page' })] })
        expect(await world.takeMarks()).toEqual(['alarms:all'])
      })

      it('are told to the operator once', async () => {
        const mail = await world.house.addConnection({ name: 'Mail', port: 'notifier' })
        await world.house.setAlarmAddress(mail, 'operator@example.org')
        await save({ raise: [alert({ loud: 'page' }), alert({ kind: 'pin' })] })
        const { alerts, address } = await world.store.unsentAlarms()
        expect(alerts).toEqual([{ ...alert({ loud: 'page' }), id: alerts[0]?.id, openedAt: now }])
        expect(address).toEqual({ connectionId: mail, to: 'operator@example.org' })
        await world.store.saveAlarms(look('alarms', 'all'), [alerts[0]?.id ?? ''], { now })
        expect((await world.store.unsentAlarms()).alerts).toEqual([])
        expect(await world.openAlerts()).toHaveLength(2)
      })

      it('are not sent by a look that was overtaken', async () => {
        const old = look('alarms', 'all')
        await world.store.saveAlarms(look('alarms', 'all'), [], { now })
        await expect(world.store.saveAlarms(old, [], { now })).rejects.toBeInstanceOf(LeaseLost)
      })
    })

    it('come with the outcome of a fetch and the health of a connection, too', async () => {
      const outcome = { connectionId: world.source, ref: 'b-1', outcome: 'unchanged' as const, text: 'Nothing new.' }
      await world.store.saveFetch(look('fetch', `${world.source}/b-1`), outcome, { now, timeline: [line('A')] })
      await world.store.saveFetch(look('fetch', `${world.source}/b-1`), { ...outcome, outcome: 'failed' }, { now })
      const health = { connectionId: world.source, ok: false, note: 'No.', account: 'acc-1' }
      await world.store.saveConnection(look('probe', world.source), health, { now, timeline: [line('B')] })
      expect(await said()).toEqual(['A', 'B'])
      expect((await world.store.loadSource(world.source))?.account).toBe('acc-1')
    })

    it('are refused to a probe and a fetch of a connection that is gone', async () => {
      const gone = globalThis.crypto.randomUUID()
      const outcome = { connectionId: gone, ref: 'b-1', outcome: 'failed' as const, text: 'No.' }
      await expect(world.store.saveFetch(look('fetch', `${gone}/b-1`), outcome, { now })).rejects.toBeInstanceOf(
        LeaseLost,
      )
      const probe = world.store.saveConnection(look('probe', gone), { connectionId: gone, ok: true }, { now })
      await expect(probe).rejects.toBeInstanceOf(LeaseLost)
    })
  })
}
