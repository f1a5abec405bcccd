import { describe, expect, it } from 'vitest'
import type { Fault } from '../../src/testing/index.ts'
import { calm } from './plot.ts'
import { inboxOf, pinsOn, textsOn } from './truth.ts'
import { days, hours, makeWorld, minutes, type World } from './world.ts'

const canaries = ['Zebedee', 'Zanzibar', '639981234', 'zebedee@guest.example']
const guest = {
  name: 'Zebedee Zanzibar',
  firstName: 'Zebedee',
  phone: '+33639981234',
  email: 'zebedee@guest.example',
  language: 'en',
}

/** Everything the hub keeps or hands on for people to read, messages to the guest left out. */
function written({ store, queue, hub }: World): string {
  const { timeline, alerts, fetches } = store.state
  const errors = hub.failures.map((error) => [
    error.message,
    error.stack,
    String(error.cause),
    'remedy' in error && error.remedy,
  ])
  return JSON.stringify([timeline, alerts, [...fetches.values()], queue.keys(), errors, hub.calls])
}

function expectClean(world: World, pins: ReadonlySet<string>): void {
  const text = written(world)
  expect(text.length).toBeGreaterThan(1000)
  for (const secret of [...canaries, ...pins]) expect(text.includes(secret), secret).toBe(false)
  for (const error of world.hub.failures) expect(error.message).not.toBe('')
}

/** Plays a stay with everything that goes wrong, and collects every PIN that was ever on a door or on a phone. */
async function troubled(faults: readonly Fault[]): Promise<[World, ReadonlySet<string>]> {
  const world = await makeWorld()
  const pins = new Set<string>()
  world.hub.always = () => {
    for (const code of world.store.state.codes.values()) pins.add(code.pin)
  }
  world.poll()
  const ref = world.source.add({ arrival: '2026-07-02', departure: '2026-07-05', guest })
  await world.advance(minutes(3))
  for (const fault of faults) {
    for (const side of ['source', 'lock', 'sms'] as const) {
      world.wire[side].failAll(fault)
      world.source.change(ref, { departure: `2026-07-${String(6 + (pins.size % 3)).padStart(2, '0')}` })
      await world.advance(minutes(3))
      world.wire[side].heal()
      await world.advance(minutes(1))
    }
  }
  world.hub.bends.set('lock.writeCode', async () => ({ status: 'refused', reason: 'pin-taken', detail: 'in use' }))
  world.source.move(ref, 'flat-2')
  await world.advance(hours(2))
  world.hub.bends.clear()
  world.sms.reply(guest.phone, 'Zebedee here, thanks')
  await world.advance(hours(2))
  world.source.erase(ref)
  await world.advance(hours(1))
  await world.leap(days(8))
  await calm(world)
  expect(textsOn(world, guest.phone).length).toBeGreaterThan(0)
  return [world, pins]
}

describe('what people read', () => {
  it('holds no PIN, phone, name or mail address, whatever went wrong', async () => {
    const [world, pins] = await troubled([
      'unauthorized',
      'error-after',
      'timeout-before',
      'html',
      'echo',
      'cut',
      'wait-none',
    ])
    expect(pins.size).toBeGreaterThan(3)
    expectClean(world, pins)
  })

  it('at the vendor is a mark and a plain word, or the first name if the tenant wants that', async () => {
    const fieldOf = async (namesOnDevices: boolean) => {
      const world = await makeWorld()
      await world.house.setPolicy({ namesOnDevices })
      const ref = world.source.add({ arrival: '2026-07-02', departure: '2026-07-05', guest })
      await world.advance(minutes(5))
      const [pin = '-'] = pinsOn(world, 'loft-lock')
      const [code] = Object.values(world.lock.state.devices['loft-lock']?.held.codes ?? {})
      expect(code?.field).not.toContain(pin)
      expect(code?.field).not.toContain(ref)
      expect(inboxOf(world, ref)).toHaveLength(1)
      return code?.field
    }
    expect(await fieldOf(false)).toMatch(/^sw[0-9a-z]{12} Guest$/)
    expect(await fieldOf(true)).toMatch(/^sw[0-9a-z]{12} Zebedee$/)
  })
})
