import { beforeEach, describe, expect, it } from 'vitest'
import { plus } from '../../src/domain/instant.ts'
import { AdapterError } from '../../src/ports/adapter-error.ts'
import type { StoredCode } from '../../src/testing/memory-providers/keypad-cloud.ts'
import { kinds, openAlerts, pinIn, pinsOn, textsOn, timeline } from './truth.ts'
import { days, hours, makeWorld, minutes, type World, type WorldOptions } from './world.ts'

const until = Date.parse('2026-07-05T09:30:00Z')

/** A guest in the house: the loft's, since yesterday. And every call that touches their codes from now on. */
async function inTheHouse(options: WorldOptions = {}) {
  const world = await makeWorld(options)
  const ref = world.source.add({ arrival: '2026-07-01', departure: '2026-07-05' })
  await world.advance(days(1))
  const pin = pinIn(textsOn(world))
  expect(pinsOn(world, 'loft-lock')).toEqual([pin])
  const own = [...world.store.state.codes.values()]
  const marks = new Set(own.map(({ mark }) => mark))
  const refs = new Set(own.map(({ vendorRef }) => vendorRef))
  const touched: string[] = []
  world.hub.bends.set('lock.writeCode', async (next, args) => {
    const { mark } = args[1] as { mark: string } // the port's own argument
    if (marks.has(mark)) touched.push(`write ${String(args[0])}`)
    return await next(...args)
  })
  world.hub.bends.set('lock.removeCode', async (next, args) => {
    if (refs.has(String(args[1]))) touched.push(`remove ${String(args[0])}`)
    return await next(...args)
  })
  return { world, ref, pin, touched }
}

function tamper({ lock }: World, change: Partial<StoredCode>): void {
  const device = lock.state.devices['loft-lock']
  for (const codes of device ? [device.cloud, device.list.codes, device.held.codes] : [])
    for (const [ref, code] of Object.entries(codes))
      if (code.field.startsWith('sw')) codes[ref] = { ...code, ...change }
}
const sweep = async (world: World, time = hours(1)) => {
  world.hub.nudge(world.devices.loft, 'device')
  await world.advance(time)
}

describe('the codes of a guest in the house', () => {
  let world: World
  let ref: string
  let pin: string
  let touched: string[]
  beforeEach(async () => {
    ;({ world, ref, pin, touched } = await inTheHouse())
  })

  it('are touched by no sweep', async () => {
    await world.advance(days(1))
    expect(touched).toEqual([])
  })

  it('are not made anew because a list left them out for a moment, though the lock hides PINs and cannot update', async () => {
    const hidden = await inTheHouse({ lock: { canUpdate: false, readsPin: false } })
    let isShort = true
    hidden.world.hub.bends.set('lock.readCodes', async (next, args) => {
      const listed = (await next(...args)) as unknown[] // a keypad's codes
      return isShort ? [] : listed
    })
    await sweep(hidden.world, minutes(1))
    isShort = false
    await sweep(hidden.world)
    expect(hidden.touched).toEqual([])
    expect(pinsOn(hidden.world, 'loft-lock')).toEqual([hidden.pin])
  })

  it('nor because it was short for long, while the vendor took no write', async () => {
    const hidden = await inTheHouse({ lock: { canUpdate: false, readsPin: false } })
    const { bends } = hidden.world.hub
    bends.set('lock.readCodes', async () => [])
    bends.set('lock.writeCode', () =>
      Promise.reject(new AdapterError('rate-limited', 'Too many calls.', { remedy: 'Wait.' })),
    )
    await sweep(hidden.world, minutes(5))
    bends.delete('lock.readCodes')
    bends.delete('lock.writeCode')
    await sweep(hidden.world)
    expect(hidden.touched).toEqual([])
    expect(pinsOn(hidden.world, 'loft-lock')).toEqual([hidden.pin])
  })

  it('are touched by no other booking: arrivals, moves, and as many cancellations as pull the brake', async () => {
    const refs = [3, 5, 7, 9].map((day) =>
      world.source.add({ arrival: `2026-07-0${day}`, departure: '2026-07-10', unitRef: 'flat-2' }),
    )
    await world.advance(hours(1))
    for (const other of refs) world.source.cancel(other)
    await world.advance(hours(1))
    expect(touched).toEqual([])
    expect(pinsOn(world, 'street-lock')).toContain(pin)
  })

  it('stay as somebody changed them while their guest gets in, and are put right just before that is over', async () => {
    const end = Date.parse('2026-07-03T09:00:00Z')
    tamper(world, { until: end })
    await sweep(world)
    expect(timeline(world, ref)).toContain('left-in-house')
    await world.advance(end - minutes(11) - Date.parse(world.clock.now()))
    expect(touched).toEqual([])
    await world.advance(minutes(2))
    expect(touched).toEqual(['write loft-lock'])
    expect(world.lock.codesOn('loft-lock')).toMatchObject([{ pin, until: '2026-07-05T09:30:00.000Z' }])
  })

  it('stay so when their door was out of reach, and a door beside it is the first to be reached again', async () => {
    tamper(world, { until: Date.parse('2026-07-03T09:00:00Z') })
    world.hub.broken.add(world.ids.lock)
    for (const device of [world.devices.street, world.devices.loft]) world.hub.nudge(device, 'device')
    await world.advance(hours(2))
    world.hub.broken.clear()
    await world.advance(hours(2))
    expect(timeline(world, ref)).toContain('left-in-house')
    expect(touched).toEqual([])
  })

  it('are put right at a person’s command', async () => {
    tamper(world, { until: Date.parse('2026-07-03T09:00:00Z') })
    await sweep(world)
    world.hub.mark('device', world.devices.loft)
    await world.advance(minutes(10))
    expect(touched).toEqual(['write loft-lock'])
  })

  it.each([
    ['another PIN', { pin: '735190' }],
    ['an end that is over', { until: Date.parse('2026-07-02T08:00:00Z') }],
  ])('are given back what their booking grants when %s keeps them out', async (_what, change) => {
    tamper(world, change)
    await sweep(world, minutes(10))
    expect(pinsOn(world, 'loft-lock')).toEqual([pin])
    expect(world.lock.codesOn('loft-lock')).toMatchObject([{ until: '2026-07-05T09:30:00.000Z' }])
    expect(kinds(textsOn(world))).toEqual(['door-code'])
  })

  it('end with the stay, whatever end somebody gave them', async () => {
    tamper(world, { until: until + days(9) })
    await sweep(world, minutes(10))
    expect(world.lock.codesOn('loft-lock')).toMatchObject([{ pin, until: '2026-07-05T09:30:00.000Z' }])
  })

  it('get no other PIN because a stranger has theirs: a person is called', async () => {
    for (const { ref: one } of Object.values(world.lock.state.devices['loft-lock']?.cloud ?? {}))
      world.lock.deleteCode('loft-lock', one)
    world.lock.addForeignCode('loft-lock', { pin, label: 'copied by hand' })
    await sweep(world)
    expect(touched).toEqual([])
    expect(kinds(textsOn(world))).toEqual(['door-code'])
    expect(openAlerts(world)).toContain('drift')
    expect(timeline(world, ref)).toContain('left-in-house')
    world.hub.mark('device', world.devices.loft) // a person says: another PIN, then
    await world.advance(minutes(30))
    expect(kinds(textsOn(world))).toEqual(['door-code', 'change'])
    expect(openAlerts(world)).toEqual([])
  })

  it('follow their own booking', async () => {
    world.source.change(ref, { departure: '2026-07-07' })
    await world.advance(minutes(30))
    expect(new Set(touched)).toEqual(new Set(['write street-lock', 'write loft-lock']))
  })
})

it('the codes of a guest in the house are known to be others as long as the vendor refuses every call: somebody is called', async () => {
  const { world, pin } = await inTheHouse({ lock: { canUpdate: false } })
  const busy = () =>
    new AdapterError('rate-limited', 'Too many calls.', {
      remedy: 'Wait.',
      retryAt: plus(world.clock.now(), minutes(15)),
    })
  world.hub.bends.set('lock.removeCode', () => Promise.reject(busy()))
  tamper(world, { pin: '735190' })
  await sweep(world)
  expect(openAlerts(world)).toContain('arrival')
  world.hub.bends.delete('lock.removeCode')
  await world.advance(hours(1))
  expect([pinsOn(world, 'loft-lock'), openAlerts(world)]).toEqual([[pin], []])
})

it('a code that can only be made anew is not taken from a guest in the house', async () => {
  const { world, pin, touched } = await inTheHouse({ lock: { canUpdate: false } })
  tamper(world, { until: until + days(9) })
  await sweep(world)
  expect(touched).toEqual([])
  expect(pinsOn(world, 'loft-lock')).toEqual([pin])
  await world.advance(days(4))
  expect(pinsOn(world, 'loft-lock')).toEqual([])
})
