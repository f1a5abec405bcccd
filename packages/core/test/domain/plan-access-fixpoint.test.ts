import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Code } from '../../src/domain/code.ts'
import { plus } from '../../src/domain/instant.ts'
import { type AccessInput, type AccessPlan, planAccess } from '../../src/domain/plan-access.ts'
import type { GrantPlan } from '../../src/domain/plan-grants.ts'
import { type Door, isDeviceDoor } from '../../src/domain/property.ts'
import { at, codeOf, loftPath, street, studioPath } from './house.ts'

const window = { from: at('2026-07-10T13:00'), until: at('2026-07-14T09:30') }
const longer = { ...window, until: at('2026-07-16T09:30') }
const reason = { code: 'booking-cancelled', text: 't', remedy: 'r' } as const
const granted = (path: readonly Door[], span: typeof window): GrantPlan => ({
  status: 'granted',
  grant: { bookingId: 'b1', unitId: 'u', path, window: span, bookingVersion: 1 },
})
const plans = fc.oneof(
  fc.record({
    path: fc.constantFrom(loftPath, studioPath, [street], [...studioPath, ...loftPath.slice(1)]),
    span: fc.constantFrom(window, longer),
  }),
  fc.constantFrom<GrantPlan>(
    { status: 'ended', cause: 'cancelled', reason },
    { status: 'ended', cause: 'over', reason },
    { status: 'held', reason },
  ),
)
const planOf = (some: typeof plans extends fc.Arbitrary<infer P> ? P : never): GrantPlan =>
  'path' in some ? granted(some.path, some.span) : some

const devices = ['street-lock', 'loft-lock', 'studio-lock', 'old-lock']
const someCodes = fc.uniqueArray(
  fc
    .record({
      deviceId: fc.constantFrom(...devices),
      want: fc.constantFrom('present', 'present', 'absent'),
      evidence: fc.constantFrom('planned', 'sent', 'accepted', 'confirmed', 'used'),
      span: fc.constantFrom(window, longer),
      refusal: fc.constantFrom(undefined, undefined, 'pin-taken', 'no-capacity'),
      writtenAt: fc.constantFrom(undefined, at('2026-07-08T09:00')),
    } as const)
    .map(({ deviceId, span, refusal, writtenAt, ...rest }) =>
      codeOf({
        id: `${deviceId}-${rest.want}`,
        deviceId,
        window: span,
        ...rest,
        ...(refusal ? { refusal } : {}),
        ...(writtenAt ? { writtenAt } : {}),
      }),
    ),
  { selector: ({ id }) => id, maxLength: 8 },
)
const situations = fc.record({
  plan: plans.map(planOf),
  codes: someCodes,
  toldNow: fc.boolean(),
  toldEver: fc.boolean(),
  claimed: fc.subarray(devices),
  hours: fc.integer({ min: -120, max: 180 }),
})
type Situation = typeof situations extends fc.Arbitrary<infer S> ? S : never

function inputOf({ claimed, hours, ...rest }: Situation): AccessInput {
  return {
    ...rest,
    claimedDevices: new Set(claimed),
    pushAhead: 72 * 3_600_000,
    now: plus(window.from, hours * 3_600_000),
  }
}

/** The booking's codes after the plan was written down. */
function carryOut(codes: readonly Code[], { create, rewindow, close, repin }: AccessPlan): Code[] {
  const windows = new Map(rewindow.map((change) => [change.codeId, change.window]))
  const closed = new Set(close.map(({ codeId }) => codeId))
  const changed = codes.map((code): Code => {
    if (closed.has(code.id)) return { ...code, want: 'absent' }
    const { refusal, ...mended } = code
    const kept = repin.includes(code.id) || refusal === undefined ? mended : code
    return { ...kept, window: windows.get(code.id) ?? code.window }
  })
  return [
    ...changed,
    ...create.map(({ deviceId, window }) => codeOf({ id: `new-${deviceId}`, deviceId, window, evidence: 'planned' })),
  ]
}

const asSets = ({ create, rewindow, close, repin, waiting, next }: AccessPlan) => ({
  create: create.map(({ deviceId }) => deviceId).sort(),
  rewindow: rewindow.map(({ codeId }) => codeId).sort(),
  close: close.map(({ codeId }) => codeId).sort(),
  repin: [...repin].sort(),
  waiting: [...waiting].sort(),
  next,
})

describe('the plan of one booking’s codes', () => {
  it('once written down, leaves nothing to do, whatever it starts from', () => {
    fc.assert(
      fc.property(situations, (situation) => {
        const input = inputOf(situation)
        const codes = carryOut(input.codes, planAccess(input))
        const { create, rewindow, close, repin } = planAccess({ ...input, codes })
        expect({ create, rewindow, close, repin }).toEqual({ create: [], rewindow: [], close: [], repin: [] })
      }),
      { numRuns: 500 },
    )
  })

  it('does not depend on the order of its input', () => {
    fc.assert(
      fc.property(situations, (situation) => {
        const input = inputOf(situation)
        expect(asSets(planAccess({ ...input, codes: input.codes.toReversed() }))).toEqual(asSets(planAccess(input)))
      }),
      { numRuns: 500 },
    )
  })

  it('gives every door of the way one code with the window of the stay, as soon as it is time', () => {
    fc.assert(
      fc.property(situations, (situation) => {
        const input = inputOf(situation)
        const { plan } = input
        if (plan.status !== 'granted') return
        const codes = carryOut(input.codes, planAccess(input))
        const present = codes.filter(({ want }) => want === 'present')
        const due = plus(plan.grant.window.from, -input.pushAhead) <= input.now
        for (const door of plan.grant.path.filter(isDeviceDoor)) {
          const here = present.filter(({ deviceId }) => deviceId === door.entry.deviceId)
          if (due) expect(here).toHaveLength(1)
          for (const code of here) expect(code.window).toEqual(plan.grant.window)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('never takes the last way in from a guest who was told one: a door is left only for one that is proven and told', () => {
    fc.assert(
      fc.property(situations, (situation) => {
        const input = { ...inputOf(situation), claimedDevices: new Set<string>() }
        const { plan } = input
        if (plan.status !== 'granted' || !input.toldEver) return
        const { close } = planAccess(input)
        const gone = input.codes.filter(({ id }) => close.some(({ codeId }) => codeId === id))
        const wasThere = gone.filter(
          ({ window: { until }, evidence, writtenAt }) =>
            until > input.now && !(evidence === 'planned' && writtenAt === undefined),
        )
        if (wasThere.length === 0) return
        expect(input.toldNow).toBe(true)
        for (const door of plan.grant.path.filter(isDeviceDoor))
          expect(
            input.codes.some(
              ({ deviceId, want, evidence }) =>
                deviceId === door.entry.deviceId &&
                want === 'present' &&
                (evidence === 'confirmed' || evidence === 'used'),
            ),
          ).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})
