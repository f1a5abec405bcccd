import { describe, expect, it } from 'vitest'
import type { ClockDoubt } from '../../src/ports/clock.ts'
import { kinds, openAlerts, pinsOn, textsOn } from './truth.ts'
import { days, hours, makeWorld, minutes, type World } from './world.ts'

/** From now on nobody can say what time it is, or everybody can again. */
function doubtClock({ clock }: World, doubt: ClockDoubt | undefined): void {
  Object.assign(clock, { doubt: () => doubt })
}
const hourAhead: ClockDoubt = { ahead: 3_600_000 }

async function arrived(departure: string): Promise<[World, string]> {
  const world = await makeWorld()
  const ref = world.source.add({ arrival: '2026-07-01', departure })
  await world.advance(hours(2))
  return [world, ref]
}
const windowOn = ({ lock }: World) => lock.codesOn('loft-lock').map(({ until }) => until)

describe('while the clock cannot be relied on', () => {
  it('a stay that seems over keeps its codes, and a person is called; afterwards it ends', async () => {
    const [world] = await arrived('2026-07-02')
    const [pin] = pinsOn(world, 'loft-lock')
    doubtClock(world, hourAhead)
    await world.advance(days(1))
    expect(world.store.state.codes.values().every(({ want }) => want === 'present')).toBe(true)
    expect(world.lock.codesOn('loft-lock')).toMatchObject([{ pin }])
    const [alert] = world.store.state.alerts.filter(({ kind }) => kind === 'clock')
    expect(alert).toMatchObject({ loud: 'page', text: expect.stringContaining('60 min apart') })
    doubtClock(world, undefined)
    await world.advance(minutes(5))
    expect(world.lock.codesOn('loft-lock')).toEqual([])
    expect(openAlerts(world)).toEqual([])
  })

  it('a cancelled stay keeps its codes at the doors until the clock is right', async () => {
    const [world, ref] = await arrived('2026-07-05')
    doubtClock(world, hourAhead)
    world.source.change(ref, { state: 'cancelled' })
    await world.advance(minutes(10))
    expect(pinsOn(world, 'loft-lock')).toHaveLength(1)
    expect(kinds(textsOn(world))).toEqual(['door-code'])
    expect(openAlerts(world)).toContain('clock')
    doubtClock(world, undefined)
    await world.advance(minutes(5))
    expect(pinsOn(world, 'loft-lock')).toEqual([])
    expect(kinds(textsOn(world))).toEqual(['door-code', 'withdrawal'])
    expect(openAlerts(world)).not.toContain('clock')
  })

  it('a stay is lengthened at its doors, and not shortened', async () => {
    const [world, ref] = await arrived('2026-07-05')
    doubtClock(world, { ahead: -90_000 })
    world.source.change(ref, { departure: '2026-07-06' })
    await world.advance(minutes(5))
    expect(windowOn(world)).toEqual(['2026-07-06T09:30:00.000Z'])
    world.source.change(ref, { departure: '2026-07-04' })
    await world.advance(minutes(5))
    expect(windowOn(world)).toEqual(['2026-07-06T09:30:00.000Z'])
    doubtClock(world, undefined)
    await world.advance(minutes(5))
    expect(windowOn(world)).toEqual(['2026-07-04T09:30:00.000Z'])
  })

  it('a guest of today gets their codes, and is told as soon as the clock is right', async () => {
    const world = await makeWorld()
    doubtClock(world, hourAhead)
    world.source.add({ arrival: '2026-07-01', departure: '2026-07-05' })
    await world.advance(minutes(30))
    expect(pinsOn(world, 'loft-lock')).toHaveLength(1)
    expect(textsOn(world)).toEqual([])
    expect(openAlerts(world)).toContain('clock')
    doubtClock(world, undefined)
    await world.advance(minutes(5))
    expect(kinds(textsOn(world))).toEqual(['door-code'])
    expect(openAlerts(world)).toEqual([])
  })

  it('a send of which nobody knows whether it came through is neither made again nor given up', async () => {
    const world = await makeWorld()
    world.wire.sms.failNext('timeout-before', ({ url }) => url.endsWith('/send'))
    world.source.add({ arrival: '2026-07-01', departure: '2026-07-05' })
    await world.advance(minutes(3))
    doubtClock(world, hourAhead)
    await world.advance(hours(2))
    expect([...world.store.state.messages.values()].map(({ state }) => state)).toContain('claimed')
    expect(textsOn(world)).toEqual([])
    doubtClock(world, undefined)
    await world.advance(minutes(30))
    expect(kinds(textsOn(world))).toEqual(['door-code'])
  })
})
