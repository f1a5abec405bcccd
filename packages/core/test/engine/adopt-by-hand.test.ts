import { describe, expect, it } from 'vitest'
import { AdapterError } from '../../src/ports/adapter-error.ts'
import { bookingId, doorsOpen, kinds, openAlerts, pinIn, pinsOn, textsOn, timeline } from './truth.ts'
import { days, hours, makeWorld, minutes, type World, type WorldOptions } from './world.ts'

const byHand = '864208'
const digits = (length: number) => ({ pin: { lengths: [length], digits: '0123456789' } })
const stay = { from: '2026-07-10T13:00:00.000Z', until: '2026-07-12T09:30:00.000Z' }

/** A guest of the loft in ten days, so that there is no code of the hub yet, and a code that somebody made there by hand. */
async function expecting({
  arrival = '2026-07-10',
  departure = '2026-07-12',
  pin = byHand,
  ...options
}: Dates & WorldOptions & { readonly pin?: string } = {}) {
  const world = await makeWorld(options)
  const ref = world.source.add({ arrival, departure })
  const entry = world.lock.addForeignCode('loft-lock', { pin, label: 'Martin family' })
  world.hub.mark('device', world.devices.loft)
  await world.advance(minutes(10))
  return { world, ref, entry }
}
interface Dates {
  readonly arrival?: string
  readonly departure?: string
}

const listed = async ({ store }: World, door = 'loft') =>
  (await store.handMadeCodes()).find((one) => one.door === door)?.id ?? 'none'

async function ask(world: World, ref: string, id?: string): Promise<string> {
  const wish = { id: id ?? (await listed(world)), bookingId: bookingId(world, ref), now: world.clock.now() }
  const answer = await world.store.requestAdoption(wish)
  await world.advance(minutes(10))
  return answer
}

/** What waits for a person about codes made by hand. */
const alerts = ({ store }: World) =>
  store.state.alerts.flatMap(({ kind, subject, text, remedy, loud, closedAt }) =>
    kind === 'adoption' && closedAt === undefined ? [{ subject, loud, text, remedy }] : [],
  )
const onLoft = ({ lock }: World) => lock.codesOn('loft-lock')
const stored = ({ store, devices }: World) =>
  [...store.state.codes.values()].find(({ deviceId, want }) => deviceId === devices.loft && want === 'present')

describe('a code made by hand that a person gives to a stay', () => {
  it('keeps its PIN, gets the dates of the stay, and its PIN opens the other doors as well', async () => {
    const { world, ref, entry } = await expecting()
    world.lock.addForeignCode('loft-lock', { pin: '715304', label: 'Cleaner' })
    expect(onLoft(world)).toContainEqual({ pin: byHand })
    expect(await ask(world, ref)).toBe('asked')
    expect(onLoft(world)).toEqual([{ pin: '715304' }, { pin: byHand, ...stay }].toReversed())
    expect(stored(world)).toMatchObject({ pin: byHand, vendorRef: entry, evidence: 'confirmed', adopts: entry })
    expect(pinsOn(world, 'street-lock')).toEqual([byHand])
    expect(pinIn(textsOn(world))).toBe(byHand)
    expect(timeline(world, ref)).toEqual(expect.arrayContaining(['adoption-asked', 'adopted-by-hand']))
    expect((await world.store.handMadeCodes()).map(({ label }) => label)).toEqual(['Cleaner'])
  })

  it('ends with the stay, and with its cancellation', async () => {
    const { world, ref } = await expecting()
    await ask(world, ref)
    world.source.change(ref, { state: 'cancelled' })
    await world.advance(minutes(10))
    expect(onLoft(world)).toEqual([])
    expect(pinsOn(world, 'street-lock')).toEqual([])
  })

  it.each([
    ['one PIN for all doors', {}],
    ['another PIN at a door that takes none of its length', { lock: digits(6), gate: digits(4) }],
    ['a door of which only the cloud is seen', { gate: { readBack: 'cloud' as const } }],
  ])(
    'keeps its PIN, and the other door the one it has, when the stay is cancelled and restored twice: %s',
    async (_case, options) => {
      const { world, ref } = await expecting(options)
      await ask(world, ref)
      const known = new Set<string>()
      for (const wait of [days(8), days(1)]) {
        world.source.change(ref, { state: 'cancelled' })
        await world.advance(hours(1))
        expect(onLoft(world)).toEqual([])
        world.source.change(ref, { state: 'confirmed' })
        await world.advance(wait)
        expect(pinsOn(world, 'loft-lock')).toEqual([byHand])
        for (const vendor of ['lock', 'gate'] as const)
          for (const pin of pinsOn(world, 'street-lock', vendor)) known.add(pin)
      }
      expect(known.size).toBe(1)
    },
  )

  it('takes the place of the hub’s own code, and a guest who was told that one hears of it', async () => {
    const { world, ref } = await expecting({ arrival: '2026-07-02', departure: '2026-07-05' })
    const first = pinIn(textsOn(world))
    expect(first).not.toBe(byHand)
    expect(await ask(world, ref)).toBe('asked')
    expect(onLoft(world).map(({ pin }) => pin)).toEqual([byHand])
    expect(pinsOn(world, 'street-lock')).toEqual([byHand])
    const texts = textsOn(world)
    expect(kinds(texts)).toEqual(['door-code', 'change'])
    expect(pinIn(texts)).toBe(byHand)
    await world.advance(days(1) + hours(7))
    expect(doorsOpen(world, textsOn(world))).toBe(true)
  })

  it('is told with the cause in the history of the code', async () => {
    const { world, ref } = await expecting({ arrival: '2026-07-02', departure: '2026-07-05' })
    await ask(world, ref)
    const history = await world.store.codeHistory(stored(world)?.id ?? '')
    const line = history.find(({ changed }) => changed.includes('pin'))
    expect(line).toMatchObject({ cause: 'person', became: { evidence: 'planned' } })
    expect(JSON.stringify(history)).not.toContain(byHand)
  })

  it('is left alone when it is not as the person saw it any more', async () => {
    const { world, ref, entry } = await expecting()
    const id = await listed(world)
    world.lock.deleteCode('loft-lock', entry)
    world.lock.addForeignCode('loft-lock', { pin: '715304', label: 'Martin family' })
    expect(await ask(world, ref, id)).toBe('asked')
    expect(timeline(world, ref)).toContain('adoption-refused-changed')
    expect(onLoft(world)).toEqual([{ pin: '715304' }])
    expect(await ask(world, ref, id)).toBe('unknown')
    expect(await ask(world, ref)).toBe('asked')
    expect(onLoft(world)).toEqual([{ pin: '715304', ...stay }])
  })

  it('is left alone while somebody else has its PIN there', async () => {
    const { world, ref } = await expecting({ lock: { refusesTakenPins: false } })
    world.lock.addForeignCode('loft-lock', { pin: byHand, label: 'Copy' })
    expect(await ask(world, ref)).toBe('asked')
    expect(timeline(world, ref)).toContain('adoption-refused-pin-taken')
    expect(onLoft(world)).toEqual([{ pin: byHand }, { pin: byHand }])
  })

  it('is left alone at a device that cannot change a code', async () => {
    const { world, ref } = await expecting({ lock: { canUpdate: false } })
    expect(await ask(world, ref)).toBe('asked')
    expect(timeline(world, ref)).toContain('adoption-refused-cannot-update')
    expect(onLoft(world)).toEqual([{ pin: byHand }])
  })

  it('that turns out not to become theirs is an alert, until a code is given to them again', async () => {
    const { world, ref, entry } = await expecting()
    const id = await listed(world)
    world.lock.deleteCode('loft-lock', entry)
    world.lock.addForeignCode('loft-lock', { pin: '715304', label: 'Martin family' })
    await ask(world, ref, id)
    const subject = `booking:${bookingId(world, ref)}`
    expect(alerts(world)).toEqual([
      { subject, loud: 'warn', text: expect.stringContaining('changed or deleted'), remedy: expect.any(String) },
    ])
    await ask(world, ref)
    expect(onLoft(world)).toEqual([{ pin: '715304', ...stay }])
    expect(alerts(world)).toEqual([])
  })

  it('that does not become theirs is no alert any more once the stay is over, or was before the look', async () => {
    const { world, ref } = await expecting({ lock: { canUpdate: false } })
    await ask(world, ref)
    expect(alerts(world)).toMatchObject([{ remedy: expect.stringContaining("Delete it in the lock's app") }])
    world.source.change(ref, { state: 'cancelled' })
    await world.advance(minutes(10))
    expect(alerts(world)).toEqual([])

    const late = await expecting({ lock: { canUpdate: false } })
    const wish = { id: await listed(late.world), bookingId: bookingId(late.world, late.ref) }
    late.world.wire.lock.failAll('dns')
    await late.world.store.requestAdoption({ ...wish, now: late.world.clock.now() })
    late.world.source.change(late.ref, { state: 'cancelled' })
    await late.world.advance(minutes(20))
    late.world.wire.lock.heal()
    await late.world.advance(days(1))
    expect(timeline(late.world, late.ref)).toContain('adoption-refused-cannot-update')
    expect(alerts(late.world)).toEqual([])
  })

  it('whose PIN is easily guessed keeps it, and a person is told', async () => {
    const { world, ref } = await expecting()
    expect(await ask(world, ref)).toBe('asked')
    expect(openAlerts(world)).not.toContain('adoption')

    const weak = await expecting({ pin: '123456' })
    expect(await ask(weak.world, weak.ref)).toBe('asked')
    expect(onLoft(weak.world)).toEqual([{ pin: '123456', ...stay }])
    const [alert] = alerts(weak.world)
    expect(alert).toMatchObject({ loud: 'warn', text: expect.stringContaining('people try first') })
    expect(JSON.stringify([alert, weak.world.store.state.timeline])).not.toContain('123456')

    // What it says to do about it helps.
    weak.world.lock.addForeignCode('loft-lock', { pin: '715304', label: 'Better' })
    weak.world.hub.mark('device', weak.world.devices.loft)
    await weak.world.advance(minutes(10))
    expect(await ask(weak.world, weak.ref)).toBe('asked')
    expect(onLoft(weak.world)).toEqual([{ pin: '715304', ...stay }])
    expect(alerts(weak.world)).toEqual([])
  })

  it('is refused at once where that is known: hidden, elsewhere, asked for already, in the house', async () => {
    const hidden = await expecting({ lock: { readsPin: false } })
    expect(await ask(hidden.world, hidden.ref)).toBe('pin-hidden')

    const { world, ref } = await expecting({ arrival: '2026-07-02', departure: '2026-07-05' })
    const other = world.source.add({ unitRef: 'flat-2', arrival: '2026-07-10', departure: '2026-07-12' })
    await world.advance(minutes(10))
    expect(await ask(world, other)).toBe('no-access')
    expect(await ask(world, ref, 'h0')).toBe('unknown')
    await world.advance(days(1) + hours(7))
    expect(await ask(world, ref)).toBe('in-house')
    expect(onLoft(world)).toContainEqual({ pin: byHand })
  })

  it('waits for nobody twice: the same word again changes nothing, another one is refused', async () => {
    const { world, ref } = await expecting()
    const next = world.source.add({ arrival: '2026-07-12', departure: '2026-07-14' })
    await world.advance(minutes(10))
    const id = await listed(world)
    const say = async (stay: string) =>
      await world.store.requestAdoption({ id, bookingId: bookingId(world, stay), now: world.clock.now() })
    expect([await say(ref), await say(ref), await say(next)]).toEqual(['asked', 'asked', 'waits'])
    expect((await world.store.handMadeCodes())[0]?.waitsFor).toBe(bookingId(world, ref))
    await world.advance(minutes(10))
    expect(timeline(world, ref).filter((kind) => kind === 'adoption-asked')).toHaveLength(1)
    expect(onLoft(world)).toEqual([{ pin: byHand, ...stay }])
  })

  it('keeps its own PIN beside another one that was made by hand, and both end with the stay', async () => {
    const { world, ref } = await expecting()
    world.lock.addForeignCode('street-lock', { pin: '715304', label: 'Martin family' })
    world.hub.mark('device', world.devices.street)
    await world.advance(minutes(10))
    await ask(world, ref)
    expect(await ask(world, ref, await listed(world, 'street'))).toBe('asked')
    expect(pinsOn(world, 'loft-lock')).toEqual([byHand])
    expect(pinsOn(world, 'street-lock')).toEqual(['715304'])
    await world.advance(days(9) + hours(8))
    expect(doorsOpen(world, textsOn(world))).toBe(true)
    await world.advance(days(3))
    expect([onLoft(world), world.lock.codesOn('street-lock')]).toEqual([[], []])
  })

  it('is one PIN where the same was made by hand at both doors', async () => {
    const { world, ref } = await expecting()
    world.lock.addForeignCode('street-lock', { pin: byHand, label: 'Martin family' })
    world.hub.mark('device', world.devices.street)
    await world.advance(minutes(10))
    await ask(world, ref)
    await ask(world, ref, await listed(world, 'street'))
    expect([pinsOn(world, 'loft-lock'), pinsOn(world, 'street-lock')]).toEqual([[byHand], [byHand]])
    expect(pinIn(textsOn(world))).toBe(byHand)
  })

  it('is left alone once the guest is in the house, although it was asked for before', async () => {
    const { world, ref } = await expecting({ arrival: '2026-07-02', departure: '2026-07-05' })
    const pin = pinIn(textsOn(world))
    const wish = { id: await listed(world), bookingId: bookingId(world, ref), now: world.clock.now() }
    world.hub.bends.set('lock.readCodes', async () => {
      throw new AdapterError('unreachable', 'The lock vendor is away.', { remedy: 'Wait.' })
    })
    expect(await world.store.requestAdoption(wish)).toBe('asked')
    await world.advance(days(1) + hours(8))
    world.hub.bends.clear()
    await world.advance(hours(2))
    expect(timeline(world, ref)).toContain('adoption-refused-in-house')
    expect(pinsOn(world, 'loft-lock')).toEqual([pin])
    expect(onLoft(world)).toContainEqual({ pin: byHand })
  })

  it('is left alone while a guest of lately knows its PIN', async () => {
    const world = await makeWorld()
    world.source.add({ arrival: '2026-07-01', departure: '2026-07-02' })
    await world.advance(days(2))
    const former = [...world.store.state.codes.values()].find(({ deviceId }) => deviceId === world.devices.loft)?.pin
    const ref = world.source.add({ arrival: '2026-07-10', departure: '2026-07-12' })
    world.lock.addForeignCode('loft-lock', { pin: former ?? '', label: 'Martin family' })
    world.hub.mark('device', world.devices.loft)
    await world.advance(minutes(10))
    expect(await ask(world, ref)).toBe('asked')
    expect(timeline(world, ref)).toContain('adoption-refused-pin-taken')
    expect(onLoft(world)).toEqual([{ pin: former }])
  })

  it('is one at a door: a second one that was found at the same moment stays a stranger’s', async () => {
    const { world, ref, entry } = await expecting()
    const second = world.lock.addForeignCode('loft-lock', { pin: '715304', label: 'Aunt' })
    const [deviceId, id] = [world.devices.loft, bookingId(world, ref)]
    for (const [vendorRef, pin] of [
      [entry, byHand],
      [second, '715304'],
    ] as const)
      world.store.state.adoptions.set(`${deviceId}/${vendorRef}`, { deviceId, vendorRef, bookingId: id, id: '', pin })
    world.hub.mark('booking', id)
    await world.advance(minutes(10))
    expect(timeline(world, ref)).toContain('adoption-refused-waits')
    expect(onLoft(world)).toEqual([{ pin: byHand, ...stay }, { pin: '715304' }])
  })

  it('goes with a stay that is cancelled before the device has been written', async () => {
    const { world, ref } = await expecting()
    world.hub.bends.set('lock.writeCode', async () => {
      throw new AdapterError('unreachable', 'The lock vendor is away.', { remedy: 'Wait.' })
    })
    await ask(world, ref)
    expect(onLoft(world)).toEqual([{ pin: byHand }])
    world.source.change(ref, { state: 'cancelled' })
    world.hub.bends.clear()
    await world.advance(minutes(30))
    expect(onLoft(world)).toEqual([])
  })

  it('waits while a database that was set back is not confirmed', async () => {
    const { world, ref } = await expecting()
    world.hub.lost = { from: world.clock.now(), until: world.clock.now() }
    expect(await ask(world, ref)).toBe('asked')
    expect(onLoft(world)).toEqual([{ pin: byHand }])
    expect(stored(world)).toBeUndefined()
    world.hub.lost = { ...world.hub.lost, confirmedAt: world.clock.now() }
    world.hub.mark('booking', bookingId(world, ref))
    await world.advance(hours(2))
    expect(onLoft(world)).toEqual([{ pin: byHand, ...stay }])
  })
})

describe('on the way', () => {
  it('a write of which nobody knows whether it came through ends with one code and the same PIN', async () => {
    for (const happened of [true, false]) {
      const { world, ref } = await expecting({ lock: { readBack: 'synced', syncDelay: 60_000 } })
      let times = 0
      world.hub.bends.set('lock.writeCode', async (next, args) => {
        if (args[0] !== 'loft-lock' || (times += 1) > 1) return await next(...args)
        if (happened) await next(...args)
        throw new AdapterError('outcome-unknown', 'No answer.', { remedy: 'Wait.' })
      })
      await ask(world, ref)
      await world.advance(hours(3))
      expect(onLoft(world), `happened: ${happened}`).toEqual([{ pin: byHand, ...stay }])
      expect(pinIn(textsOn(world))).toBe(byHand)
    }
  })

  it('a process that dies anywhere leaves one code with the same PIN', async () => {
    const whole = await expecting()
    const from = whole.world.hub.calls.length
    await ask(whole.world, whole.ref)
    const sites = whole.world.hub.calls.length - from
    expect(sites).toBeGreaterThan(20)
    for (let site = 0; site < sites; site += 1) {
      const { world, ref } = await expecting()
      world.hub.crashAt = world.hub.calls.length + site
      await ask(world, ref)
      await world.advance(hours(1))
      expect(onLoft(world), `site ${site}`).toEqual([{ pin: byHand, ...stay }])
      expect(pinsOn(world, 'street-lock'), `site ${site}`).toEqual([byHand])
    }
  })
})
