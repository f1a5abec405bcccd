import { describe, expect, it } from 'vitest'
import type { DriftPolicy } from '../../src/domain/drift-policy.ts'
import type { StoredCode } from '../../src/testing/memory-providers/keypad-cloud.ts'
import { bookingId, kinds, openAlerts, pinIn, pinsOn, textsOn, timeline } from './truth.ts'
import { days, hours, makeWorld, minutes, type World, type WorldOptions } from './world.ts'

/** A guest of the loft with a proven code, whose door does this about changes. Check-in is at 13:00 UTC. */
async function arriving(ifChanged: DriftPolicy, arrival = '2026-07-02', options: WorldOptions = {}) {
  const world = await makeWorld(options)
  setDoor(world, ifChanged)
  const ref = world.source.add({ arrival, departure: '2026-07-05' })
  await world.advance(minutes(10))
  const pin = pinIn(textsOn(world))
  expect(pinsOn(world, 'loft-lock')).toEqual([pin])
  return { world, ref, pin }
}

function setDoor({ store, doors }: World, ifChanged: DriftPolicy): void {
  const door = store.state.doors.get(doors.loft)
  if (door?.entry.kind !== 'device') throw new Error('no such door')
  store.state.doors.set(door.id, { ...door, entry: { ...door.entry, ifChanged } })
}

/** Somebody changes the hub's code at the loft in the vendor's app. */
function tamper({ lock }: World, change: Partial<StoredCode>): void {
  const device = lock.state.devices['loft-lock']
  for (const codes of device ? [device.cloud, device.list.codes, device.held.codes] : [])
    for (const [ref, code] of Object.entries(codes))
      if (code.field.startsWith('sw')) codes[ref] = { ...code, ...change }
}

function take({ lock }: World): void {
  for (const { ref, field } of Object.values(lock.state.devices['loft-lock']?.cloud ?? {}))
    if (field.startsWith('sw')) lock.deleteCode('loft-lock', ref)
}

const sweep = async (world: World, time = minutes(10)) => {
  world.hub.nudge(world.devices.loft, 'device')
  await world.advance(time)
}
const stored = ({ store, devices }: World) => {
  const code = [...store.state.codes.values()].find(({ deviceId }) => deviceId === devices.loft)
  if (!code) throw new Error('no code')
  return code
}
const decide = async (world: World, decision: 'restore' | 'accept') => {
  const said = await world.store.decideDrift({ codeId: stored(world).id, decision, now: world.clock.now() })
  await world.advance(minutes(10))
  return said
}
const held = (world: World) => world.lock.codesOn('loft-lock')
const at = (text: string) => Date.parse(`${text}:00Z`)
const alert = ({ store }: World) =>
  store.state.alerts.find(
    ({ kind, subject, closedAt }) => kind === 'drift' && subject.startsWith('booking:') && closedAt === undefined,
  )
const risks = (world: World, ref: string) => world.store.state.bookings.get(bookingId(world, ref))?.readiness

/** Writes at the loft from now on. */
function countWrites(world: World): () => number {
  let writes = 0
  for (const call of ['lock.writeCode', 'lock.removeCode'])
    world.hub.bends.set(call, async (next, args) => {
      if (args[0] === 'loft-lock') writes += 1
      return await next(...args)
    })
  return () => writes
}

const stay = { from: '2026-07-02T13:00:00.000Z', until: '2026-07-05T09:30:00.000Z' }

describe('a code changed outside the hub, at a door that restores', () => {
  it('is put right, a deleted one too', async () => {
    const { world, pin } = await arriving('restore')
    tamper(world, { until: at('2026-07-03T09:00') })
    await sweep(world)
    expect(held(world)).toEqual([{ pin, ...stay }])
    take(world)
    await sweep(world)
    expect(held(world)).toEqual([{ pin, ...stay }])
    expect(openAlerts(world)).toEqual([])
  })

  it('says so when its end had been moved beyond the end of the stay', async () => {
    const { world, ref, pin } = await arriving('restore')
    tamper(world, { until: at('2026-07-09T09:00') })
    await sweep(world)
    expect(held(world)).toEqual([{ pin, ...stay }])
    expect(timeline(world, ref)).toContain('drift-shortened')
  })

  it('is left to a person when it is deleted again each time', async () => {
    const { world, ref } = await arriving('restore')
    let back = 0
    for (let times = 0; times < 8; times += 1) {
      take(world)
      await sweep(world, minutes(40))
      back += held(world).length
    }
    expect(back).toBe(5)
    expect(timeline(world, ref)).toContain('code-contested')
    expect(openAlerts(world)).toContain('drift')
    world.hub.mark('device', world.devices.loft) // a person has seen to it
    await world.advance(minutes(10))
    expect(held(world)).toHaveLength(1)
    expect(openAlerts(world)).not.toContain('drift')
  })

  it('begins to count anew when the stay has other dates', async () => {
    const { world, ref } = await arriving('restore')
    for (let times = 0; times < 3; times += 1) {
      take(world)
      await sweep(world, minutes(40))
    }
    expect(stored(world).restored).toBe(3)
    world.source.change(ref, { departure: '2026-07-06' })
    await world.advance(minutes(30))
    expect(stored(world).restored).toBeUndefined()
  })

  it('counts no listing that was short for a moment', async () => {
    const { world } = await arriving('restore')
    for (let times = 0; times < 8; times += 1) {
      let short = true
      world.hub.bends.set('lock.readCodes', async (next, args) => {
        const all = await next(...args)
        return short ? [] : all
      })
      world.hub.nudge(world.devices.loft, 'device')
      await world.run()
      short = false
      await sweep(world, minutes(40))
    }
    expect(stored(world).restored).toBeUndefined()
    expect(openAlerts(world)).toEqual([])
  })
})

describe('a code changed outside the hub, at a door that accepts', () => {
  it('keeps dates that a person gave it, and is proven with them', async () => {
    const { world, ref, pin } = await arriving('accept')
    const writes = countWrites(world)
    tamper(world, { from: at('2026-07-02T10:00'), until: at('2026-07-04T09:00') })
    await sweep(world)
    await world.advance(hours(3))
    expect(writes()).toBe(0)
    expect(held(world)).toEqual([{ pin, from: '2026-07-02T10:00:00.000Z', until: '2026-07-04T09:00:00.000Z' }])
    expect(stored(world)).toMatchObject({ evidence: 'confirmed', window: stay, drift: { state: 'accepted' } })
    expect(timeline(world, ref)).toContain('drift-accepted')
    const [line] = (await world.store.codeHistory(stored(world).id)).filter(({ cause }) => cause === 'outside')
    expect(line).toMatchObject({
      changed: expect.arrayContaining(['drift']),
      compared: expect.arrayContaining(['window']),
    })
    expect(risks(world, ref)).toBe('at-risk')
    await world.advance(days(5))
    expect(held(world)).toEqual([]) // its end is ours all the same
  })

  it('never lets a code outlive the stay: the end goes back, what else was changed stays', async () => {
    const { world, ref, pin } = await arriving('accept')
    tamper(world, { from: at('2026-07-02T10:00'), until: at('2026-07-20T09:00') })
    await sweep(world)
    expect(held(world)).toEqual([{ pin, from: '2026-07-02T10:00:00.000Z', until: stay.until }])
    tamper(world, { until: null })
    await sweep(world, minutes(40))
    expect(held(world)).toEqual([{ pin, from: '2026-07-02T10:00:00.000Z', until: stay.until }])
    expect(timeline(world, ref)).toContain('drift-shortened')
  })

  it('writes nothing where a code was deleted, says so, and calls a person as the arrival comes near', async () => {
    const { world, ref, pin } = await arriving('accept', '2026-07-03')
    const writes = countWrites(world)
    take(world)
    await sweep(world)
    expect(risks(world, ref)).toBe('not-ready')
    expect(alert(world)).toMatchObject({ loud: 'warn', remedy: expect.stringContaining('stayward code decide') })
    await world.advance(hours(36))
    expect(alert(world)?.loud).toBe('urgent')
    await world.advance(hours(14))
    expect(alert(world)?.loud).toBe('page')
    expect(openAlerts(world)).toContain('arrival')
    expect(writes()).toBe(0)
    expect(await decide(world, 'restore')).toBe('decided')
    expect(pinsOn(world, 'loft-lock')).toEqual([pin])
    expect(openAlerts(world)).toEqual([])
    expect(stored(world).drift).toBeUndefined()
  })

  it('tells the guest a PIN that a person changed, at the doors as they are now', async () => {
    const { world, ref } = await arriving('accept')
    const [street] = pinsOn(world, 'street-lock')
    tamper(world, { pin: '735190' })
    await sweep(world)
    expect(pinsOn(world, 'loft-lock')).toEqual(['735190'])
    expect(kinds(textsOn(world))).toEqual(['door-code', 'change'])
    expect(pinIn(textsOn(world))).toBe('735190')
    expect(pinIn(textsOn(world), 'street')).toBe(`12${street}`)
    expect(timeline(world, ref)).toContain('drift-accepted')
    expect(openAlerts(world)).toEqual([])
  })

  it('asks about a PIN that somebody else has there', async () => {
    const { world, pin } = await arriving('accept')
    world.lock.addForeignCode('loft-lock', { pin: '735190', label: 'Cleaner' })
    tamper(world, { pin: '735190' })
    await sweep(world)
    expect(stored(world)).toMatchObject({ pin, drift: { state: 'asked', what: ['pin'] } })
    expect(kinds(textsOn(world))).toEqual(['door-code'])
    expect(alert(world)?.text).toContain('its PIN is another')
  })

  it('lets the dates of the stay count again once its booking has others', async () => {
    const { world, ref, pin } = await arriving('accept')
    tamper(world, { until: at('2026-07-04T09:00') })
    await sweep(world)
    world.source.change(ref, { departure: '2026-07-06' })
    await world.advance(minutes(30))
    expect(held(world)).toEqual([{ pin, from: stay.from, until: '2026-07-06T09:30:00.000Z' }])
    expect(timeline(world, ref)).toContain('drift-overruled')
    expect(stored(world).drift).toBeUndefined()
  })

  it('is proven anew where only the gateway knows what the device holds', async () => {
    const lock = { readBack: 'heartbeat', syncDelay: 20_000 } as const
    const { world } = await arriving('accept', '2026-07-02', { lock })
    tamper(world, { until: at('2026-07-04T09:00') })
    await sweep(world)
    expect(stored(world)).toMatchObject({ evidence: 'confirmed', drift: { state: 'accepted' } })
  })
})

describe('a code changed outside the hub, at a door that asks', () => {
  it.each([
    ['dates', { until: at('2026-07-04T09:00') }],
    ['a longer stay', { until: at('2026-07-20T09:00') }],
    ['a PIN', { pin: '735190' }],
  ])('writes nothing about %s until a person decides, then puts it right', async (_what, change) => {
    const { world, ref, pin } = await arriving('ask')
    const writes = countWrites(world)
    tamper(world, change)
    await sweep(world, hours(2))
    world.hub.mark('device', world.devices.loft) // asking for a look is no decision
    await world.advance(minutes(10))
    expect(writes()).toBe(0)
    expect(timeline(world, ref)).toContain('drift-asked')
    expect(risks(world, ref)).not.toBe('ready')
    expect(alert(world)).toMatchObject({ loud: 'warn' })
    expect(await decide(world, 'restore')).toBe('decided')
    expect(held(world)).toEqual([{ pin, ...stay }])
    expect(openAlerts(world)).toEqual([])
    expect(stored(world).drift).toBeUndefined()
    expect(await decide(world, 'restore')).toBeUndefined()
  })

  it('calls a person four hours before the guest arrives, not at some later look', async () => {
    const { world } = await arriving('ask')
    tamper(world, { until: at('2026-07-04T09:00') })
    await sweep(world)
    await world.advance(Date.parse(stay.from) - hours(4) + minutes(1) - Date.parse(world.clock.now()))
    expect(alert(world)).toMatchObject({ loud: 'page' })
  })

  it('asks about a deleted code, and lets it stand when a person says so', async () => {
    const { world } = await arriving('ask')
    const writes = countWrites(world)
    take(world)
    await sweep(world, minutes(20))
    expect(stored(world).drift).toMatchObject({ what: ['missing'], state: 'asked' })
    await decide(world, 'accept')
    expect(stored(world).drift?.state).toBe('accepted')
    await world.advance(hours(1))
    expect(writes()).toBe(0)
    expect(alert(world)?.text).toContain('took a guest')
  })

  it('takes a word for exactly what was shown', async () => {
    const { world, pin } = await arriving('ask')
    tamper(world, { until: at('2026-07-04T09:00') })
    await sweep(world)
    tamper(world, { until: at('2026-07-03T09:00') }) // changed again before anybody looked
    await decide(world, 'accept')
    expect(stored(world).drift).toMatchObject({ state: 'asked', window: { until: '2026-07-03T09:00:00.000Z' } })
    await decide(world, 'accept')
    expect(stored(world).drift?.state).toBe('accepted')
    expect(held(world)).toEqual([{ pin, from: stay.from, until: '2026-07-03T09:00:00.000Z' }])
  })

  it('asks no longer when it is as it should be again, and ends with the stay', async () => {
    const { world, ref } = await arriving('ask')
    tamper(world, { until: at('2026-07-04T09:00') })
    await sweep(world)
    tamper(world, { until: at(stay.until.slice(0, 16)) })
    await sweep(world)
    expect(stored(world)).toMatchObject({ evidence: 'confirmed' })
    expect(stored(world).drift).toBeUndefined()
    expect(timeline(world, ref)).toContain('drift-over')
    tamper(world, { until: at('2026-07-20T09:00') })
    await sweep(world)
    world.source.cancel(ref)
    await world.advance(minutes(30))
    expect(held(world)).toEqual([])
    expect(openAlerts(world)).toEqual([])
  })
})

describe('an entry under a mark of ours that no stay knows', () => {
  it('is looked at once more, and not without end by a store that does not say what was listed before', async () => {
    const { world } = await arriving('restore')
    const { store, lock, hub } = world
    const load = store.loadDevice.bind(store)
    store.loadDevice = async (deviceId) => {
      const view = await load(deviceId)
      if (!view) return undefined
      const { unclaimed: _older, ...rest } = view
      return rest
    }
    const device = lock.state.devices['loft-lock']
    const [entry] = Object.values(device?.cloud ?? {})
    if (!device || !entry) throw new Error('no code')
    const ref = 'of-another-life'
    const stray = { ...entry, ref, pin: '864209', field: entry.field.replace(/^sw\w{12}/, `sw${'7'.repeat(12)}`) }
    for (const codes of [device.cloud, device.list.codes, device.held.codes]) codes[ref] = stray
    const before = hub.calls.length
    await sweep(world, minutes(5))
    const looks = hub.calls.slice(before).filter((call) => call === 'after store.saveDevice')
    expect(looks.length).toBeGreaterThan(0)
    expect(looks.length).toBeLessThan(5)
    expect(store.state.devices.get(world.devices.loft)?.foreign?.map(({ kind }) => kind)).toEqual(['ours-unknown'])
  })
})
