import { describe, expect, it } from 'vitest'
import { AdapterError } from '../../src/ports/adapter-error.ts'
import type { CodeToWrite } from '../../src/ports/keypad.ts'
import { calm } from './plot.ts'
import { doorsOpen, pinsOn, textsOn } from './truth.ts'
import { hours, makeWorld, minutes, type World } from './world.ts'

/** Every code as it leaves for the lock's vendor, in order. */
function writesOf({ hub }: World): CodeToWrite[] {
  const writes: CodeToWrite[] = []
  hub.bends.set('lock.writeCode', async (next, args) => {
    writes.push(args[1] as CodeToWrite) // what the port takes there
    return await next(...args)
  })
  return writes
}

describe('a code that leaves for a device', () => {
  it('carries the end of its stay from the first write on, so that it ends even if the hub never comes back', async () => {
    const world = await makeWorld()
    const writes = writesOf(world)
    const ref = world.source.add({ arrival: '2026-07-01', departure: '2026-07-05' })
    await calm(world)
    expect(writes).toHaveLength(2)
    for (const { window } of writes)
      expect(window).toEqual({ from: '2026-07-01T13:00:00.000Z', until: '2026-07-05T09:30:00.000Z' })
    world.source.change(ref, { departure: '2026-07-07' })
    await calm(world)
    expect(writes).toHaveLength(4)
    for (const { window } of writes.slice(2)) expect(window.until).toBe('2026-07-07T09:30:00.000Z')
  })

  it.each([true, false])(
    'is not believed changed while nobody has said so, where its PIN is hidden (can be changed in place: %s)',
    async (canUpdate) => {
      const slow = { readBack: 'heartbeat', showsAfter: minutes(1), syncDelay: minutes(1) } as const
      const world = await makeWorld({ lock: { ...slow, canUpdate, readsPin: false, refusesTakenPins: false } })
      const unknown = new AdapterError('outcome-unknown', 'No answer.', { remedy: 'Look again.' })
      const busy = new AdapterError('rate-limited', 'Too many calls.', { remedy: 'Wait.' })
      let [isMade, isRefused, isLost] = [false, false, false]
      // The loft takes a first PIN and does not say so; the street refuses it; of the second one the loft hears nothing.
      world.hub.bends.set('lock.writeCode', async (next, args) => {
        if (args[0] === 'loft-lock' && !isMade) {
          isMade = true
          await next(...args)
          throw unknown
        }
        if (args[0] === 'loft-lock') return canUpdate ? await lost(next, args) : await next(...args)
        if (!isMade) throw busy
        if (isRefused) return await next(...args)
        isRefused = true
        return { status: 'refused', reason: 'pin-taken' }
      })
      world.hub.bends.set('lock.removeCode', async (next, args) => await lost(next, args))
      async function lost(next: (...args: never[]) => unknown, args: readonly unknown[]) {
        if (isLost) return await next(...(args as never[])) // as they came
        isLost = true
        throw unknown
      }
      world.source.add({ arrival: '2026-07-01', departure: '2026-07-05' })
      await world.advance(hours(2))
      expect([isMade, isRefused, isLost]).toEqual([true, true, true])
      world.clock.advance(hours(6))
      expect(doorsOpen(world, textsOn(world))).toBe(true)
    },
  )

  it('is left alone while it is not known whether its double is gone', async () => {
    const world = await makeWorld({ lock: { readsPin: false, refusesTakenPins: false } })
    world.hub.bends.set('lock.writeCode', async (next, args) => {
      await next(...args)
      return await next(...args)
    })
    world.hub.bends.set('lock.removeCode', () =>
      Promise.reject(new AdapterError('outcome-unknown', 'No answer.', { remedy: 'Look again.' })),
    )
    world.source.add({ arrival: '2026-07-01', departure: '2026-07-06' })
    await world.advance(5000)
    const writes = writesOf(world)
    await world.advance(minutes(30))
    expect(writes).toEqual([])
    world.hub.bends.delete('lock.removeCode')
    await world.advance(hours(1))
    expect([pinsOn(world, 'loft-lock'), pinsOn(world, 'street-lock')].map(({ length }) => length)).toEqual([1, 1])
  })

  it('is written once where the vendor made it twice, and its double is removed ever more slowly while the device holds it', async () => {
    const world = await makeWorld({
      lock: { readBack: 'synced', refusesTakenPins: false },
      tellAt: 'accepted',
    })
    world.hub.bends.set('lock.writeCode', async (next, args) => {
      await next(...args)
      return await next(...args)
    })
    const ref = world.source.add({ arrival: '2026-07-01', departure: '2026-07-06' })
    await world.advance(5000)
    world.hub.bends.delete('lock.writeCode')
    let removals = 0
    world.hub.bends.set('lock.removeCode', async (next, args) => {
      removals += 1
      return await next(...args)
    })
    const writes = writesOf(world)
    for (const id of ['street-lock', 'loft-lock']) world.lock.setOnline(id, false)
    world.source.change(ref, { departure: '2026-07-05' })
    await world.advance(minutes(30))
    expect(writes).toHaveLength(2)
    expect(removals).toBeGreaterThan(2)
    expect(removals).toBeLessThanOrEqual(2 * 12)
    for (const id of ['street-lock', 'loft-lock']) world.lock.setOnline(id, true)
    await world.advance(hours(3))
    expect([pinsOn(world, 'loft-lock'), pinsOn(world, 'street-lock')].map(({ length }) => length)).toEqual([1, 1])
  })

  it('is removed once more when it is listed again after a short list was taken for the proof that it is gone', async () => {
    const world = await makeWorld({ lock: { readBack: 'synced' }, tellAt: 'accepted' })
    const ref = world.source.add({ arrival: '2026-07-01', departure: '2026-07-05' })
    await calm(world)
    world.lock.setOnline('loft-lock', false)
    world.hub.bends.set('lock.readCodes', async () => [])
    world.source.change(ref, { state: 'cancelled' })
    await world.advance(minutes(10))
    const ended = () => [...world.store.state.codes.values()].filter(({ deviceId }) => deviceId === world.devices.loft)
    expect(ended()).toMatchObject([{ want: 'absent', evidence: 'confirmed' }])
    world.hub.bends.delete('lock.readCodes')
    world.hub.bends.set('lock.removeCode', async () => {
      throw new AdapterError('unreachable', 'No answer.', { remedy: 'Wait.' })
    })
    world.hub.mark('device', world.devices.loft)
    await world.advance(minutes(1))
    expect(ended()).toMatchObject([{ want: 'absent', evidence: 'sent' }])
    world.hub.bends.delete('lock.removeCode')
    expect(doorsOpen(world, textsOn(world))).toBe(false)
    world.lock.setOnline('loft-lock', true)
    await world.advance(minutes(10))
    expect(pinsOn(world, 'loft-lock')).toEqual([])
    expect(ended()).toMatchObject([{ want: 'absent', evidence: 'confirmed' }])
  })

  it('is not pressed on a vendor whose line fails now in one way and now in another', async () => {
    const world = await makeWorld()
    let tries = 0
    world.hub.bends.set('lock.writeCode', async () => {
      tries += 1
      const code = tries % 3 === 0 ? 'outcome-unknown' : 'unreachable'
      throw new AdapterError(code, 'No answer.', { remedy: 'Wait.' })
    })
    world.source.add({ arrival: '2026-07-01', departure: '2026-07-05' })
    await world.advance(hours(1))
    // Of two doors: nine doubling tries each that trouble begins with, and twelve in an hour.
    expect(tries).toBeLessThanOrEqual(2 * 21)
    expect(tries).toBeGreaterThan(12)
    world.hub.bends.delete('lock.writeCode')
    await world.advance(minutes(6))
    expect(pinsOn(world, 'loft-lock')).toEqual(pinsOn(world, 'street-lock'))
    expect(pinsOn(world, 'loft-lock')).toHaveLength(1)
  })

  it('keeps the zero that its PIN begins with', async () => {
    const forbiddenPrefixes = Array.from('123456789')
    const world = await makeWorld({ lock: { pin: { lengths: [4], digits: '0123456789', forbiddenPrefixes } } })
    world.source.add({ arrival: '2026-07-01', departure: '2026-07-05' })
    await world.advance(minutes(5))
    const [pin] = pinsOn(world, 'loft-lock')
    expect(pin).toMatch(/^0\d{3}$/)
    expect(pinsOn(world, 'street-lock')).toEqual([pin])
    world.clock.advance(8 * 3_600_000)
    expect(doorsOpen(world, textsOn(world))).toBe(true)
  })
})
