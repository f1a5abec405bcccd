import { describe, expect, it } from 'vitest'
import { lookAt } from '../../src/engine/look-at.ts'
import { LeaseLost } from '../../src/ports/stores.ts'
import type { Look, WorkKind } from '../../src/ports/work-queue.ts'
import { bookingId, inboxOf, kinds, pinsOn, textsOn } from './truth.ts'
import { makeWorld, minutes, type World, type WorldOptions } from './world.ts'

/** A lease that has run out counts as a failed look. */
const afterLapse = 1

/** A look that some hub has claimed, later than all before. */
async function claimed(
  { queue, clock }: World,
  kind: WorkKind,
  key: string,
  attempt = 0,
): Promise<{ readonly look: Look; lose(): void }> {
  const controller = new AbortController()
  // Another tenant's claim of the same name gives a fence without touching this key's lease.
  queue.put('other', [{ kind, key, why: 'step' }], [], clock.now())
  const [claim] = await queue.claim(1, ['tenant'], clock.now())
  if (!claim) throw new Error('nothing to claim')
  await queue.finish([claim], clock.now())
  const look = { ...claim, tenantId: 'tenant', attempt, signal: controller.signal }
  return { look, lose: () => controller.abort(new LeaseLost('Another process has the key.')) }
}

/**
 * One hub looks, freezes at the n-th of its calls, and loses its lease; another one looks meanwhile; then the first one
 * wakes. Resolves to the sites that the first one still reached after that, and to what it ended with.
 */
async function frozen(world: World, kind: WorkKind, key: string, at: number) {
  const old = await claimed(world, kind, key)
  const after: string[] = []
  let calls = 0
  let woken = false
  const engine = world.hub.engine(async (site) => {
    if (woken) after.push(site)
    calls += 1
    if (calls - 1 !== at) return
    old.lose()
    const { look } = await claimed(world, kind, key, afterLapse)
    await lookAt(
      world.hub.engine(async () => {}),
      look,
    )
    woken = true
  })
  const end = await lookAt(engine, old.look).then(
    () => 'finished',
    (error: unknown) => error,
  )
  return { after, end, wasFrozen: woken }
}

/**
 * One hub freezes at this site of its look for half an hour and wakes at the n-th call of the look of another one, which has taken
 * the key over. Resolves to what the older look ended with.
 */
async function wakingAmid(world: World, kind: WorkKind, key: string, freezesAt: string, at: number) {
  const [fell, asleep] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const { look } = await claimed(world, kind, key)
  const frozenLook = lookAt(
    world.hub.engine(async (site) => {
      if (site !== freezesAt) return
      fell.resolve()
      await asleep.promise
    }),
    look,
  )
  const older = frozenLook.then(
    () => 'finished',
    (error: unknown) => (error instanceof Error ? error.name : 'no error'),
  )
  await fell.promise
  world.clock.advance(minutes(30))
  const newer = await claimed(world, kind, key, afterLapse)
  let calls = 0
  const engine = world.hub.engine(async () => {
    calls += 1
    if (calls - 1 !== at) return
    asleep.resolve()
    await older
  })
  await lookAt(engine, newer.look)
  const wasWoken = calls > at
  asleep.resolve()
  return { end: await older, wasWoken }
}

async function ready(options: WorldOptions = {}): Promise<[World, string]> {
  const world = await makeWorld(options)
  const ref = world.source.add({ arrival: '2026-07-01', departure: '2026-07-05' })
  world.hear()
  return [world, ref]
}

/** Rounds from a webhook until the guest's messages are looked at: fetch, booking, both doors. */
const untilTold = 4

const isVendorCall = (site: string) => /^before (?:source|lock|sms|gate)\./.test(site)

describe('two hubs at one key', () => {
  it.each(['device', 'messages', 'booking', 'fetch', 'connection'] as const)(
    'the frozen one of two looks at a %s starts no vendor call when it wakes, and saves nothing',
    async (kind) => {
      for (let at = 0; ; at++) {
        const [world, ref] = await ready()
        // Everything up to this kind of look is done.
        const before = { fetch: 0, connection: 0, booking: 1, device: 2, messages: untilTold }[kind]
        for (let round = 0; round < before; round++) await world.hub.round()
        const booking = kind === 'fetch' || kind === 'connection' ? '' : bookingId(world, ref)
        const key = {
          device: world.devices.loft,
          messages: booking,
          booking,
          fetch: `${world.ids.source}/${ref}`,
          connection: world.ids.source,
        }[kind]
        const { after, end, wasFrozen } = await frozen(world, kind, key, at)
        if (!wasFrozen) {
          expect(at).toBeGreaterThan(2)
          break
        }
        expect(after.filter(isVendorCall)).toEqual([])
        if (end !== 'finished') expect(end).toBeInstanceOf(LeaseLost)
        await world.advance(minutes(30))
        expect(kinds(textsOn(world))).toEqual(['door-code'])
        expect(kinds(inboxOf(world, ref))).toEqual(['door-code'])
        expect(pinsOn(world, 'loft-lock')).toHaveLength(1)
        expect(pinsOn(world, 'loft-lock')).toEqual(pinsOn(world, 'street-lock'))
      }
    },
  )

  it('only one of them speaks when a send ends, after half an hour, in the middle of the look that judges its silence', async () => {
    const outcomes = new Set<string>()
    for (let at = 0; ; at++) {
      const [world, ref] = await ready({ sms: { reportsDelivery: false } })
      await world.house.setPolicy({ mode: 'fallback' })
      world.hub.bends.set('sms.lookUp', async () => undefined)
      for (let round = 0; round < untilTold; round++) await world.hub.round()
      const { end, wasWoken } = await wakingAmid(world, 'messages', bookingId(world, ref), 'after sms.send', at)
      if (!wasWoken) break
      // Either the older one is heard, or it is shut out and its channel counts as silent.
      expect(kinds(inboxOf(world, ref))).toEqual(end === 'finished' ? [] : ['door-code'])
      outcomes.add(end)
    }
    expect(outcomes).toEqual(new Set(['finished', 'LeaseLost']))
  })

  it('only one of them makes codes', async () => {
    const outcomes = new Set<string>()
    for (let at = 0; ; at++) {
      const [world, ref] = await ready()
      await world.hub.round() // the fetch; the booking comes next
      const { end, wasWoken } = await wakingAmid(world, 'booking', bookingId(world, ref), 'after store.loadStay', at)
      if (!wasWoken) break
      expect(world.store.state.codes.size).toBe(2)
      outcomes.add(end)
    }
    expect(outcomes).toEqual(new Set(['finished', 'LeaseLost']))
  })

  it('the older one of two saves is refused', async () => {
    const [world, ref] = await ready()
    await world.advance(minutes(1))
    const key = bookingId(world, ref)
    const old = await claimed(world, 'booking', key)
    await lookAt(
      world.hub.engine(async () => {}),
      (await claimed(world, 'booking', key)).look,
    )
    await expect(
      lookAt(
        world.hub.engine(async () => {}),
        old.look,
      ),
    ).rejects.toBeInstanceOf(LeaseLost)
  })
})
