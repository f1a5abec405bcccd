import { describe, expect, it } from 'vitest'
import { lookAt } from '../../src/engine/look-at.ts'
import { LeaseLost } from '../../src/ports/stores.ts'
import type { Look, WorkKind } from '../../src/ports/work-queue.ts'
import { bookingId, inboxOf, kinds, pinsOn, textsOn } from './truth.ts'
import { makeWorld, minutes, type World, type WorldOptions } from './world.ts'

/** A look that some hub has claimed, later than all before. */
async function claimed(
  { queue, clock }: World,
  kind: WorkKind,
  key: string,
): Promise<{ readonly look: Look; lose(): void }> {
  const controller = new AbortController()
  // Another tenant's claim of the same name gives a fence without touching this key's lease.
  queue.put('other', [{ kind, key, why: 'edit' }], [], clock.now())
  const [claim] = await queue.claim(1, ['tenant'], clock.now())
  if (!claim) throw new Error('nothing to claim')
  await queue.finish([claim], clock.now())
  const look = { ...claim, tenantId: 'tenant', signal: controller.signal }
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
    const { look } = await claimed(world, kind, key)
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

async function ready(options: WorldOptions = {}): Promise<[World, string]> {
  const world = await makeWorld(options)
  const ref = world.source.add({ arrival: '2026-07-01', departure: '2026-07-05' })
  return [world, ref]
}

/** Rounds from a webhook until the guest's messages are looked at: fetch, booking, both doors. */
const untilTold = 4

/** What somebody waits for until it is opened. */
function gate() {
  let open = (): void => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open: () => open() }
}

const isVendorCall = (site: string) => /^before (?:source|lock|sms|gate)\./.test(site)

describe('two hubs at one key', () => {
  it.each(['device', 'messages', 'booking', 'fetch', 'connection'] as const)(
    'the frozen one of two looks at a %s starts no vendor call when it wakes, and saves nothing',
    async (kind) => {
      for (let at = 0; ; at++) {
        const [world, ref] = await ready()
        if (kind === 'fetch' || kind === 'connection') world.hear()
        else {
          // Everything up to this kind of look is done.
          const before = { booking: 1, device: 2, messages: untilTold }[kind]
          world.hear()
          for (let round = 0; round < before; round++) await world.hub.round()
        }
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
    const ends = new Set<boolean>()
    for (let at = 0; ; at++) {
      const [world, ref] = await ready({ sms: { reportsDelivery: false } })
      await world.house.setPolicy({ mode: 'fallback' })
      world.hub.bends.set('sms.lookUp', async () => undefined)
      world.hear()
      for (let round = 0; round < untilTold; round++) await world.hub.round()
      const key = bookingId(world, ref)
      const [fell, asleep] = [gate(), gate()]
      const sending = await claimed(world, 'messages', key)
      const older = lookAt(
        world.hub.engine(async (site) => {
          if (site !== 'after sms.send') return
          fell.open()
          await asleep.opened
        }),
        sending.look,
      ).then(
        () => 'finished',
        (error: unknown) => error,
      )
      await fell.opened
      world.clock.advance(minutes(30))
      const judging = await claimed(world, 'messages', key)
      let calls = 0
      const newer = world.hub.engine(async () => {
        calls += 1
        if (calls - 1 !== at) return
        asleep.open()
        await older
      })
      await lookAt(newer, judging.look)
      if (calls <= at) break
      // Either the older one is heard, or it is shut out and its channel counts as silent.
      const end = await older
      if (end !== 'finished') expect(end).toBeInstanceOf(LeaseLost)
      expect(kinds(inboxOf(world, ref))).toEqual(end === 'finished' ? [] : ['door-code'])
      ends.add(end === 'finished')
    }
    expect(ends).toEqual(new Set([true, false]))
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
