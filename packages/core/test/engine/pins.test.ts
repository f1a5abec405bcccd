import { describe, expect, it } from 'vitest'
import { doorsOpen, inboxOf, kinds, openAlerts, pinIn, pinsOn, textsOn, timeline, watchDoubles } from './truth.ts'
import { days, hours, makeWorld, minutes, type World } from './world.ts'

async function booked(options: Parameters<typeof makeWorld>[0] = {}): Promise<[World, string]> {
  const world = await makeWorld(options)
  watchDoubles(world)
  const ref = world.source.add({ arrival: '2026-07-02', departure: '2026-07-05' })
  return [world, ref]
}

/** The loft's lock refuses so many PINs as taken. */
function refuse(world: World, times: number, where = 'loft-lock'): () => number {
  let refused = 0
  world.hub.bends.set('lock.writeCode', async (next, args) => {
    if (args[0] !== where || refused >= times) return await next(...args)
    refused += 1
    return { status: 'refused', reason: 'pin-taken' }
  })
  return () => refused
}

describe('a PIN that a device refuses', () => {
  it('twice, then takes another: all doors have that one, and nothing else was told', async () => {
    const [world, ref] = await booked()
    const refused = refuse(world, 2)
    await world.advance(minutes(10))
    expect(refused()).toBe(2)
    const pin = pinIn(textsOn(world))
    expect([pinsOn(world, 'street-lock'), pinsOn(world, 'loft-lock')]).toEqual([[pin], [pin]])
    expect(kinds(textsOn(world))).toEqual(['door-code'])
    expect(timeline(world, ref)).toContain('refused-pin-taken')
    expect(openAlerts(world)).toEqual([])
  })

  it('after it had no room for the code: another one is taken all the same', async () => {
    const [world] = await booked()
    let full = true
    const answers: string[] = []
    world.hub.bends.set('lock.writeCode', async (next, args) => {
      if (args[0] !== 'loft-lock' || answers.length >= 2) return await next(...args)
      const reason = full ? 'no-capacity' : 'pin-taken'
      answers.push(reason)
      return { status: 'refused', reason }
    })
    await world.advance(minutes(10))
    full = false
    await world.advance(hours(3))
    expect(answers).toEqual(['no-capacity', 'pin-taken'])
    const pin = pinIn(textsOn(world))
    expect([pinsOn(world, 'street-lock'), pinsOn(world, 'loft-lock')]).toEqual([[pin], [pin]])
  })

  it('on a new door after the guest was told: the change is told', async () => {
    const [world, ref] = await booked()
    await world.advance(minutes(5))
    const first = pinIn(textsOn(world))
    refuse(world, 2, 'studio-lock')
    world.source.move(ref, 'flat-2')
    await world.advance(minutes(10))
    const pin = pinIn(textsOn(world), 'studio')
    expect(pin).not.toBe(first)
    expect([pinsOn(world, 'street-lock'), pinsOn(world, 'studio-lock'), pinsOn(world, 'loft-lock')]).toEqual([
      [pin],
      [pin],
      [],
    ])
    expect(kinds(textsOn(world))).toEqual(['door-code', 'change'])
    expect(kinds(inboxOf(world, ref))).toEqual(['door-code', 'change'])
  })

  it('five times: the hub stops, a person is called, and the other doors have their code', async () => {
    const [world, ref] = await booked()
    const refused = refuse(world, 1000)
    await world.advance(hours(3))
    expect(refused()).toBe(5)
    expect(openAlerts(world)).toContain('pin')
    expect(timeline(world, ref)).toContain('no-pin-possible')
    expect(pinsOn(world, 'street-lock')).toHaveLength(1)
    expect(textsOn(world)).toEqual([])
  })

  it('because a stranger has it: another one is found, and the stranger keeps theirs', async () => {
    const [world, ref] = await booked()
    await world.advance(minutes(5))
    const first = pinIn(textsOn(world))
    world.lock.addForeignCode('studio-lock', { pin: first, label: 'cleaner' })
    world.source.move(ref, 'flat-2')
    await world.advance(minutes(10))
    const pin = pinIn(textsOn(world), 'studio')
    expect(pin).not.toBe(first)
    expect(pinsOn(world, 'studio-lock')).toEqual([pin])
    expect(pinsOn(world, 'street-lock')).toEqual([pin])
    expect(world.lock.codesOn('studio-lock').map((code) => code.pin)).toContain(first)
  })
})

describe('devices with rules of their own', () => {
  it('get one PIN that suits all of them', async () => {
    const [world] = await booked({ gate: { pin: { lengths: [5], digits: '123456789' } } })
    await world.advance(minutes(5))
    const pin = pinIn(textsOn(world))
    expect(pin).toMatch(/^[1-9]{5}$/)
    expect([pinsOn(world, 'street-lock', 'gate'), pinsOn(world, 'loft-lock')]).toEqual([[pin], [pin]])
  })

  it('get one each where none suits all, and keep it when the stay is extended and moved', async () => {
    const [world, ref] = await booked({
      gate: { pin: { lengths: [4], digits: '0123456789' } },
      lock: { pin: { lengths: [6], digits: '0123456789' } },
    })
    await world.advance(minutes(5))
    const doors = textsOn(world).at(-1)?.doors ?? {}
    const [street, loft] = [doors['street']?.slice(2) ?? '', doors['loft'] ?? '']
    expect([street, loft].map(({ length }) => length)).toEqual([4, 6])
    expect([pinsOn(world, 'street-lock', 'gate'), pinsOn(world, 'loft-lock')]).toEqual([[street], [loft]])
    world.source.change(ref, { departure: '2026-07-06', unitRef: 'flat-2' })
    await world.advance(minutes(5))
    expect(textsOn(world).at(-1)?.doors).toMatchObject({ street: `12${street}`, studio: loft })
    expect([pinsOn(world, 'street-lock', 'gate'), pinsOn(world, 'studio-lock')]).toEqual([[street], [loft]])
  })
})

describe('a device whose PINs are nearly used up', () => {
  const narrow = { gate: { pin: { lengths: [3], digits: '01234' } } }

  /** Strangers on the street door hold every PIN but these. */
  function fill(world: World, free: readonly string[]): void {
    for (const a of '01234')
      for (const b of '01234')
        for (const c of '01234') {
          const pin = `${a}${b}${c}`
          if (!free.includes(pin)) world.gate.addForeignCode('street-lock', { pin, label: 'resident' })
        }
  }

  it('gives out its last PIN', async () => {
    const world = await makeWorld(narrow)
    fill(world, ['031'])
    await lookAtDoors(world)
    world.source.add({ arrival: '2026-07-02', departure: '2026-07-05' })
    await world.advance(minutes(5))
    expect(pinsOn(world, 'street-lock', 'gate')).toEqual(['031'])
    expect(openAlerts(world)).toEqual([])
  })

  it('calls a person who hears which door it is and how many PINs are gone; the other door is served', async () => {
    const world = await makeWorld(narrow)
    fill(world, [])
    await lookAtDoors(world)
    const ref = world.source.add({ arrival: '2026-07-02', departure: '2026-07-05' })
    await world.advance(minutes(5))
    const [alert] = world.store.state.alerts.filter(({ kind }) => kind === 'pin')
    expect(alert?.text).toMatch(/^street has no PIN left: (\d+) of \1 safe PINs of 3 digits/)
    expect(alert?.loud).toBe('page')
    expect(timeline(world, ref)).toContain('no-pin-possible')
    expect(pinsOn(world, 'loft-lock')).toHaveLength(1)
    expect(textsOn(world)).toEqual([])
  })

  async function lookAtDoors(world: World): Promise<void> {
    world.hub.mark('device', world.devices.street)
    await world.advance(minutes(1))
  }
})

describe('the cool-down of a PIN', () => {
  it('is over once a tenth of the PINs have been used since', async () => {
    // 20 PINs of which 2 are a tenth: the third stay may have the first one's PIN again, the second may not.
    const world = await makeWorld({ lock: { pin: { lengths: [3], digits: '0123456789', forbiddenPrefixes: others } } })
    const told: string[] = []
    for (let round = 0; round < 40; round += 1) {
      const ref = world.source.add({ arrival: '2026-07-01', departure: '2026-07-03' })
      await world.advance(minutes(5))
      const [pin = ''] = pinsOn(world, 'loft-lock')
      told.push(pin)
      world.source.cancel(ref)
      await world.advance(minutes(20)) // three in an hour: more would pull the brake
    }
    for (const [index, pin] of told.entries()) {
      expect(pin).toMatch(/^\d{3}$/)
      expect(told.slice(Math.max(0, index - 2), index)).not.toContain(pin)
    }
    expect(new Set(told).size).toBeLessThan(told.length)
    expect(openAlerts(world)).not.toContain('pin')
  })

  const others = Array.from({ length: 100 }, (_, head) => String(head).padStart(2, '0')).filter(
    (head) => head !== '07' && head !== '72',
  )
})

describe('a vendor with a will of its own', () => {
  it('that stores another PIN than asked and says so: the guest is told that one', async () => {
    const [world] = await booked()
    world.hub.bends.set('lock.writeCode', async (next, args) => {
      const [device, code, call] = args as [string, { pin: string }, unknown] // the port's own arguments
      if (device !== 'loft-lock') return await next(...args)
      const pin = `9${code.pin.slice(1)}`
      return { ...((await next(device, { ...code, pin }, call)) as object), pin }
    })
    await world.advance(minutes(10))
    const told = textsOn(world).at(-1)?.doors
    expect(pinsOn(world, 'loft-lock')).toEqual([told?.['loft']])
    expect(`12${pinsOn(world, 'street-lock')[0]}`).toBe(told?.['street'])
    expect(kinds(textsOn(world))).toEqual(['door-code'])
    await world.leap(days(1) + hours(8))
    expect(doorsOpen(world, textsOn(world))).toBe(true)
  })

  it('that quietly stores other minutes: it is not written to for ever, and a person hears before the arrival', async () => {
    const [world] = await booked()
    let writes = 0
    world.hub.bends.set('lock.writeCode', async (next, args) => {
      const [device, code, call] = args as [string, { window: { from: string; until: string } }, unknown] // as above
      writes += device === 'loft-lock' ? 1 : 0
      const until = '2026-07-05T10:00:00.000Z'
      return await next(device, { ...code, window: { ...code.window, until } }, call)
    })
    await world.advance(hours(12))
    expect(writes).toBeLessThan(12 * 12)
    await world.advance(hours(18))
    expect(openAlerts(world)).toContain('arrival')
  })

  it('whose code is deleted by hand: it comes back, under the same PIN', async () => {
    const [world] = await booked()
    await world.advance(minutes(5))
    const pin = pinIn(textsOn(world))
    const [entry] = Object.keys(world.lock.state.devices['loft-lock']?.held.codes ?? {})
    world.lock.deleteCode('loft-lock', entry ?? '')
    await world.advance(hours(6)) // a day before the arrival its doors are read more often
    expect(pinsOn(world, 'loft-lock')).toEqual([pin])
    expect(kinds(textsOn(world))).toEqual(['door-code'])
  })
})
