import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Code, ObservedCode } from '../../src/domain/code.ts'
import { type Instant, plus } from '../../src/domain/instant.ts'
import type { CodesInput, CodeStep } from '../../src/domain/code-step.ts'
import { planCodes } from '../../src/domain/plan-codes.ts'
import { at, codeOf, listed } from './house.ts'

const now = at('2026-07-10T10:00')
const traits = { windowStep: 60_000, canUpdate: true, readBack: 'device', showsWithin: 0 } as const
const plan = (input: Partial<CodesInput>) =>
  planCodes({ codes: [], observed: [], traits, heartbeatAfterWrite: 30_000, now, ...input })
const acts = (steps: readonly CodeStep[]) => steps.filter((step) => step.do === 'write' || step.do === 'remove')
const foreign: ObservedCode = {
  vendorRef: 'own',
  label: 'cleaner',
  pin: '998877',
  window: { from: null, until: null },
  enabled: true,
}

/** The device and the ledger after a plan was carried out by a vendor that does what it is told. */
function carryOut(codes: readonly Code[], observed: readonly ObservedCode[], steps: readonly CodeStep[], at: Instant) {
  const device = new Map(observed.map((seen) => [seen.vendorRef, seen]))
  const ledger = new Map(codes.map((code) => [code.id, code]))
  for (const step of steps) {
    if (step.do === 'write') {
      const vendorRef = step.vendorRef ?? `new-${step.code.id}`
      device.set(vendorRef, listed(step.code, traits.windowStep, vendorRef))
      ledger.set(step.code.id, { ...step.code, evidence: 'accepted', writtenAt: at, vendorRef })
    } else if (step.do === 'remove') {
      device.delete(step.vendorRef)
      const before = ledger.get(step.code.id) ?? step.code
      ledger.set(step.code.id, { ...before, writtenAt: at })
    } else if (step.do === 'wait' && step.because === 'vanished')
      ledger.set(step.code.id, { ...step.code, evidence: 'sent', pendingUntil: step.until })
    else if (step.do === 'note')
      ledger.set(step.code.id, {
        ...(ledger.get(step.code.id) ?? step.code),
        evidence: step.evidence,
        ...(step.vendorRef === undefined ? {} : { vendorRef: step.vendorRef }),
      })
  }
  return { codes: [...ledger.values()], observed: [...device.values()] }
}

const marks = ['swaaaaaaaaaaaa', 'swbbbbbbbbbbbb', 'swcccccccccccc', 'swdddddddddddd']
const worlds = fc.record({
  codes: fc.uniqueArray(
    fc.record({
      mark: fc.constantFrom(...marks),
      pin: fc.constantFrom('4711', '0042', '9753', '8421'),
      want: fc.constantFrom('present' as const, 'absent' as const),
      evidence: fc.constantFrom('planned' as const, 'sent' as const, 'accepted' as const, 'confirmed' as const),
      hours: fc.integer({ min: 5, max: 72 }),
      written: fc.boolean(),
      pending: fc.boolean(),
    }),
    { selector: ({ mark }) => mark, maxLength: 4 },
  ),
  seen: fc.array(
    fc.record({
      mark: fc.constantFrom(...marks, undefined),
      pin: fc.constantFrom('4711', '0042', '1111'),
      shifted: fc.boolean(),
      enabled: fc.boolean(),
    }),
    { maxLength: 6 },
  ),
})
type World = Parameters<Parameters<typeof fc.property<[World_]>>[1]>[0]
type World_ = typeof worlds extends fc.Arbitrary<infer W> ? W : never

function build({ codes, seen }: World) {
  const ledger = codes.map(({ mark, pin, want, evidence, hours, written, pending }) =>
    codeOf({
      id: `id-${mark}`,
      mark,
      pin: `${pin}${marks.indexOf(mark)}`,
      want,
      evidence: written ? evidence : 'planned',
      window: { from: plus(now, hours * 3_600_000), until: plus(now, (hours + 48) * 3_600_000) },
      ...(written ? { writtenAt: plus(now, -120_000) } : {}),
      ...(written && pending ? { pendingUntil: plus(now, 60_000) } : {}),
    }),
  )
  const observed = seen.map(({ mark, pin, shifted, enabled }, index): ObservedCode => {
    const code = ledger.find((one) => one.mark === mark)
    const base: ObservedCode = code
      ? listed(code, 60_000, `v${index}`)
      : { vendorRef: `v${index}`, label: 'somebody', pin: `${pin}77`, enabled, ...(mark === undefined ? {} : { mark }) }
    return shifted && base.window ? { ...base, enabled, window: { from: base.window.from, until: null } } : base
  })
  return { codes: ledger, observed }
}

describe('the plan of one keypad', () => {
  it('does not ask again and again for a removal that its vendor goes on listing', () => {
    const cannotUpdate = { ...traits, canUpdate: false, readBack: 'synced', showsWithin: 20_000 } as const
    const minutes = (count: number) => plus(now, count * 60_000)
    const code = codeOf({
      evidence: 'confirmed',
      wantedSince: minutes(-600),
      writtenAt: minutes(-600),
      vendorRef: 'v1',
    })
    const disabled = { ...listed(code, traits.windowStep, 'v1'), enabled: false }
    const { vendorRef: _gone, ...rest } = code
    const removed: Code = { ...rest, evidence: 'planned', writtenAt: now }
    const planAt = (at: Instant) => plan({ codes: [removed], observed: [disabled], traits: cannotUpdate, now: at })
    expect(planAt(minutes(1))).toMatchObject([{ do: 'wait', because: 'unheeded' }])
    expect(planAt(minutes(31))).toMatchObject([{ do: 'remove', vendorRef: 'v1', because: 'cannot-update' }])
    expect(plan({ codes: [removed], traits: cannotUpdate, now: minutes(1) })).toMatchObject([{ do: 'write' }])
  })

  it('once carried out and read back, leaves nothing to do, whatever it starts from', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        let { codes, observed } = build(world)
        const calm = (round: number) => plus(now, round * 3_600_000) // every deadline is over
        let writes = 0
        for (const when of [calm(1), calm(2), calm(3)]) {
          const steps = plan({ codes, observed, now: when })
          writes += acts(steps).length
          ;({ codes, observed } = carryOut(codes, observed, steps, when))
        }
        expect(writes).toBeLessThanOrEqual(world.codes.length + world.seen.length)
        expect(plan({ codes, observed, now: calm(4) }).filter((step) => step.do !== 'report')).toEqual([])
        for (const code of codes) {
          const present = observed.filter((seen) => seen.mark === code.mark)
          expect(present).toHaveLength(code.want === 'present' ? 1 : 0)
          expect(code.evidence).toBe('confirmed')
        }
      }),
    )
  })

  it('never changes or removes what is not under one of its own marks', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const { codes, observed } = build(world)
        const strangers = (list: readonly ObservedCode[]) =>
          list.filter((seen) => !codes.some((code) => code.mark === seen.mark))
        expect(strangers(carryOut(codes, observed, plan({ codes, observed }), now).observed)).toEqual(
          strangers(observed),
        )
      }),
    )
  })

  it('does not depend on the order of its input', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const { codes, observed } = build(world)
        const key = (steps: readonly CodeStep[]) => steps.map((step) => JSON.stringify(step)).sort()
        expect(key(plan({ codes: codes.toReversed(), observed: observed.toReversed() }))).toEqual(
          key(plan({ codes, observed })),
        )
      }),
    )
  })

  it('waits for an unfinished write: no repeat and no opposite write before its deadline', () => {
    const pending = codeOf({ evidence: 'sent', wantedSince: now, writtenAt: now, pendingUntil: plus(now, 60_000) })
    expect(acts(plan({ codes: [pending] }))).toEqual([])
    expect(acts(plan({ codes: [{ ...pending, want: 'absent' }] }))).toEqual([])
    expect(plan({ codes: [{ ...pending, want: 'absent' }] })).not.toContainEqual(
      expect.objectContaining({ do: 'note' }),
    )
    expect(acts(plan({ codes: [pending], now: plus(now, 61_000) }))).toMatchObject([
      { do: 'write', because: 'missing' },
    ])
  })

  it('finds its own code after a crash between effect and record, and writes nothing', () => {
    const sent = codeOf({ evidence: 'sent', writtenAt: now, pendingUntil: plus(now, 60_000) })
    expect(plan({ codes: [sent], observed: [listed(sent)] })).toEqual([
      { do: 'note', code: sent, evidence: 'confirmed', vendorRef: `ref-${sent.mark}` },
    ])
  })

  it('removes the second of two equal codes, and keeps the one it knows', () => {
    const code = codeOf({ evidence: 'confirmed', vendorRef: 'b', writtenAt: plus(now, -300_000) })
    const observed = [listed(code, 60_000, 'a'), listed(code, 60_000, 'b')]
    expect(acts(plan({ codes: [code], observed }))).toMatchObject([{ do: 'remove', vendorRef: 'a', because: 'double' }])
    // Asked to go a moment ago, and listed until its device has let go of it.
    const lately = { ...code, writtenAt: plus(now, -1000) }
    expect(plan({ codes: [lately], observed })).toMatchObject([{ do: 'wait', because: 'double' }])
  })

  it.each([
    ['a changed PIN', { pin: '0000' }, 'pin'],
    ['a lost end', { window: { from: at('2026-07-10T13:00'), until: null } }, 'outlives'],
    ['a disabled entry', { enabled: false }, 'disabled'],
  ])('restores %s under its own mark', (_what, drift, because) => {
    const code = codeOf({ evidence: 'confirmed', writtenAt: at('2026-07-07T13:00') })
    expect(acts(plan({ codes: [code], observed: [{ ...listed(code), ...drift }] }))).toMatchObject([
      { do: 'write', because, vendorRef: `ref-${code.mark}` },
    ])
  })

  it('repairs ever more slowly what the device does not keep', () => {
    const wantedSince = at('2026-07-10T09:00')
    const tried = (minutes: number, when: number) => {
      const writtenAt = plus(wantedSince, minutes * 60_000)
      const code = codeOf({ evidence: 'sent', writtenAt, wantedSince, vendorRef: 'v' })
      const observed = [{ ...listed(code, 60_000, 'v'), enabled: false }]
      return acts(plan({ codes: [code], observed, now: plus(wantedSince, when * 60_000) })).length
    }
    expect([tried(0, 0.1), tried(0, 0.2), tried(1, 1.9), tried(1, 2), tried(60, 64), tried(60, 65)]).toEqual([
      0, 1, 0, 1, 0, 1,
    ])
  })

  it('does not believe at once that a code is gone which nobody removed', () => {
    const code = codeOf({ evidence: 'confirmed', writtenAt: at('2026-07-08T09:00'), vendorRef: 'v' })
    const ended = { ...code, want: 'absent' as const, evidence: 'planned' as const }
    expect(plan({ codes: [code] })).toMatchObject([{ do: 'wait', because: 'vanished' }])
    expect(plan({ codes: [ended] })).toMatchObject([{ do: 'remove', vendorRef: 'v', because: 'unlisted' }])
    const later = { evidence: 'sent', pendingUntil: now } as const
    expect(plan({ codes: [{ ...code, ...later }] })).toMatchObject([
      { do: 'write', vendorRef: 'v', because: 'missing' },
    ])
    expect(plan({ codes: [{ ...ended, ...later }] })).toMatchObject([{ do: 'note', evidence: 'confirmed' }])
  })

  it('does not take an older entry with a hidden PIN for the one it wrote last', () => {
    const code = codeOf({ evidence: 'accepted', writtenAt: at('2026-07-08T09:00'), vendorRef: 'new' })
    const { pin: _hidden, ...older } = listed(code, traits.windowStep, 'old')
    expect(plan({ codes: [code], observed: [older] })).toMatchObject([
      { do: 'write', vendorRef: 'new', because: 'missing' },
    ])
    const { pin: _too, ...newer } = listed(code, traits.windowStep, 'new')
    expect(acts(plan({ codes: [code], observed: [older, newer] }))).toMatchObject([
      { do: 'remove', vendorRef: 'old', because: 'double' },
    ])
  })

  it('asks for a code that is not listed by its id, unless the id is somebody else’s by now', () => {
    const code = codeOf({ evidence: 'sent', writtenAt: at('2026-07-08T09:00'), vendorRef: 'v' })
    const ended = { ...code, want: 'absent' as const, evidence: 'planned' as const }
    const stranger: ObservedCode = { vendorRef: 'v', label: 'Cleaner', pin: '864209' }
    const [write, remove] = [code, ended].map((one) => acts(plan({ codes: [one], observed: [stranger] })))
    expect(write).toMatchObject([{ do: 'write', because: 'missing' }])
    expect(write?.[0]).not.toHaveProperty('vendorRef')
    expect(remove).toEqual([])
    const blunt = acts(plan({ codes: [code], traits: { ...traits, canUpdate: false } }))
    expect(blunt[0]).not.toHaveProperty('vendorRef')
  })

  it('writes what it cannot read: a hidden field is no proof of a change that was not written', () => {
    const before = codeOf({ evidence: 'planned', writtenAt: at('2026-07-08T09:00'), vendorRef: 'v' })
    const seen: ObservedCode = { vendorRef: 'v', mark: before.mark, label: '' }
    expect(acts(plan({ codes: [before], observed: [seen] }))).toMatchObject([{ do: 'write', because: 'unread' }])
    const doubtful = { ...before, evidence: 'sent' as const, pendingUntil: now }
    expect(acts(plan({ codes: [doubtful], observed: [seen] }))).toMatchObject([{ do: 'write', because: 'unread' }])
  })

  it('waits a look before it changes the PIN for an entry under a mark of ours that was not listed before', () => {
    const unknown = listed(codeOf({ mark: 'swzzzzzzzzzzzz' }))
    expect(plan({ codes: [codeOf()], observed: [unknown], unclaimed: [] })).toMatchObject([
      { do: 'wait', because: 'leaving' },
      { do: 'report', as: 'ours-unknown' },
    ])
    // Listed before as well, and no look at the ledger has claimed it: it is somebody's.
    const claimed = { codes: [codeOf()], observed: [unknown], unclaimed: ['swzzzzzzzzzzzz'] }
    expect(plan(claimed)).toMatchObject([{ do: 'repin' }, { do: 'report' }])
    expect(plan({ codes: [codeOf()], observed: [{ ...foreign, pin: codeOf().pin }], unclaimed: [] })).toMatchObject([
      { do: 'repin' },
      { do: 'report' },
    ])
  })

  it('draws again for one of two stays that got the same PIN in the same moment', () => {
    const first = codeOf({ bookingId: 'other', id: 'other', mark: 'swaaaaaaaaaaaa' })
    const second = codeOf({ id: 'second', mark: 'swbbbbbbbbbbbb' })
    expect(plan({ codes: [second, first] })).toMatchObject([
      { do: 'write', code: { id: 'other' } },
      { do: 'repin', code: { id: 'second' } },
    ])
    // The one that was sent first keeps it, whatever the marks are.
    const sent = { ...second, evidence: 'sent' as const, writtenAt: now, pendingUntil: plus(now, 60_000) }
    expect(plan({ codes: [sent, first] })).toMatchObject([
      { do: 'repin', code: { id: 'other' } },
      { do: 'wait', because: 'pending' },
    ])
    expect(acts(plan({ codes: [{ ...first, want: 'absent' }, second] }))).toMatchObject([{ code: { id: 'second' } }])
  })

  it('waits for the stay’s own ended code to leave, instead of changing the PIN', () => {
    const ended = codeOf({ id: 'old', mark: 'swbbbbbbbbbbbb', want: 'absent', writtenAt: at('2026-07-08T09:00') })
    const steps = plan({ codes: [ended, codeOf()], observed: [listed(ended)] })
    expect(steps).toMatchObject([
      { do: 'wait', because: 'leaving' },
      { do: 'remove', because: 'ended' },
    ])
    expect(plan({ codes: [ended, codeOf({ bookingId: 'b2' })], observed: [listed(ended)] })).toMatchObject([
      { do: 'repin' },
      { do: 'remove' },
    ])
  })

  it('does not take a hidden field for a difference', () => {
    const code = codeOf({ evidence: 'accepted', writtenAt: now })
    expect(plan({ codes: [code], observed: [{ vendorRef: 'x', mark: code.mark, label: '' }] })).toMatchObject([
      { do: 'note', evidence: 'confirmed' },
    ])
  })

  it('asks for another PIN when somebody else has it on this device', () => {
    expect(plan({ codes: [codeOf()], observed: [{ ...foreign, pin: '4711' }] })).toMatchObject([
      { do: 'repin' },
      { do: 'report', as: 'foreign' },
    ])
  })

  it('reports a mark of our shape that it does not know, and leaves it', () => {
    expect(plan({ observed: [{ ...foreign, mark: 'swzzzzzzzzzzzz' }] })).toMatchObject([
      { do: 'report', as: 'ours-unknown' },
    ])
  })

  it('puts nothing onto a full device beyond its places, the nearest arrival first', () => {
    const near = codeOf({ id: 'near', mark: marks[1] ?? '' })
    const far = codeOf({
      id: 'far',
      mark: marks[2] ?? '',
      pin: '1357',
      window: { from: at('2026-07-20T13:00'), until: at('2026-07-22T09:30') },
    })
    const steps = plan({ codes: [far, near], observed: [foreign], traits: { ...traits, capacity: 2 } })
    expect(steps).toMatchObject([
      { do: 'write', code: { id: 'near' } },
      { do: 'wait', code: { id: 'far' }, because: 'full' },
      { do: 'report' },
    ])
  })
})

describe('what a cloud’s list proves', () => {
  const written = codeOf({ evidence: 'accepted', writtenAt: now, vendorRef: 'x' })
  const evidence = (
    readBack: CodesInput['traits']['readBack'],
    seen: Partial<CodesInput>,
    code = written,
    entry: Partial<ObservedCode> = {},
  ) => {
    const observed = code.want === 'present' ? [{ ...listed(code), vendorRef: 'x', ...entry }] : []
    return plan({ codes: [code], observed, traits: { ...traits, readBack }, ...seen }).flatMap((step) =>
      step.do === 'note' ? [step.evidence] : [],
    )
  }

  it('is nothing above accepted for a cloud alone, for ever', () => {
    expect(evidence('cloud', { now: plus(now, 86_400_000) })).toEqual([])
    expect(evidence('cloud', {}, { ...written, evidence: 'sent' })).toEqual(['accepted'])
  })

  it('is confirmed once the gateway was heard of half a minute after the write and a short while ago', () => {
    const late = plus(now, 60_000)
    expect(evidence('heartbeat', { now: late })).toEqual([])
    expect(evidence('heartbeat', { now: late, lastSeen: plus(now, 29_999) })).toEqual([])
    expect(evidence('heartbeat', { now: late, lastSeen: plus(now, 30_000) })).toEqual(['confirmed'])
    expect(evidence('heartbeat', { now: plus(now, 11 * 60_000), lastSeen: plus(now, 30_000) })).toEqual([])
  })

  it('is the same for a removal', () => {
    const ended = codeOf({ want: 'absent', evidence: 'sent', writtenAt: now, vendorRef: 'x' })
    const late = plus(now, 60_000)
    expect(evidence('heartbeat', { now: late }, ended)).toEqual(['accepted'])
    expect(evidence('heartbeat', { now: late, lastSeen: late }, ended)).toEqual(['confirmed'])
    expect(evidence('device', {}, ended)).toEqual(['confirmed'])
  })

  it('counts from when a write was seen whose answer nobody heard: it may have left a moment ago', () => {
    const late = plus(now, 20 * 60_000)
    for (const over of [{}, { want: 'absent' as const }]) {
      const doubted = { ...written, ...over, evidence: 'sent' as const, pendingUntil: plus(now, 180_000) }
      const observed = doubted.want === 'present' ? [{ ...listed(doubted), vendorRef: 'x' }] : []
      const input = { codes: [doubted], observed, traits: { ...traits, readBack: 'heartbeat' as const }, now: late }
      const [note, wait] = plan({ ...input, lastSeen: plus(late, -5000) })
      expect(note).toMatchObject({ do: 'note', evidence: 'accepted', code: { writtenAt: late } })
      expect(wait).toMatchObject({ do: 'wait', until: plus(late, 30_000), because: 'unproven' })
    }
  })

  it('is the vendor’s own word where it gives one', () => {
    expect(evidence('synced', {})).toEqual([])
    expect(evidence('synced', {}, written, { synced: true })).toEqual(['confirmed'])
  })
})
