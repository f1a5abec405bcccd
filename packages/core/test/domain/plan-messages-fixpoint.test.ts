import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Code } from '../../src/domain/code.ts'
import { type Instant, plus } from '../../src/domain/instant.ts'
import type { Message, Way } from '../../src/domain/message.ts'
import type { GrantPlan } from '../../src/domain/plan-grants.ts'
import { type MessagesInput, type MessageStep, planMessages } from '../../src/domain/plan-messages.ts'
import { at, booking, codeOf, loft, loftPath, property, studioPath } from './house.ts'

const window = { from: at('2026-07-10T13:00'), until: at('2026-07-14T09:30') }
const start = at('2026-07-08T12:00')
const reason = { code: 'booking-cancelled', text: 't', remedy: 'r' } as const
const devices = ['street-lock', 'loft-lock', 'studio-lock']
const phones = ['+33600000001', '+33600000002']

/** What may happen to one stay between two looks at its messages. */
const turns = fc.array(
  fc.record({
    state: fc.constantFrom('loft', 'loft', 'studio', 'longer', 'cancelled', 'held', 'over'),
    pin: fc.constantFrom('4711', '4711', '0042'),
    proven: fc.constantFrom(3, 3, 3, 1, 0),
    phone: fc.constantFrom(...phones, undefined),
    /** What became of the sends of this look. */
    end: fc.constantFrom('accepted', 'accepted', 'claimed', 'refused', 'planned'),
    minutes: fc.integer({ min: 1, max: 900 }),
  } as const),
  { minLength: 1, maxLength: 9 },
)
type Turn = (typeof turns extends fc.Arbitrary<infer T> ? T : never)[number]

function grantOf(state: Turn['state']): GrantPlan {
  if (state === 'held') return { status: 'held', reason }
  if (state === 'cancelled' || state === 'over') return { status: 'ended', cause: state, reason }
  const span = state === 'longer' ? { ...window, until: at('2026-07-16T09:30') } : window
  const path = state === 'studio' ? studioPath : loftPath
  return { status: 'granted', grant: { bookingId: 'b1', unitId: 'u', path, window: span, bookingVersion: 1 } }
}

const codesOf = ({ pin, proven }: Turn): Code[] =>
  devices.map((deviceId, index) =>
    codeOf({ id: deviceId, deviceId, pin, window, evidence: index < proven ? 'confirmed' : 'accepted' }),
  )

const waysOf = ({ phone }: Turn): Way[] => [
  { channel: 'sms', ...(phone === undefined ? {} : { to: phone }) },
  { channel: 'inbox', to: '291' },
]

function planOf(turn: Turn, ledger: readonly Message[], now: Instant, mode: MessagesInput['mode']) {
  return planMessages({
    booking,
    plan: grantOf(turn.state),
    unit: loft,
    property,
    codes: codesOf(turn),
    ways: waysOf(turn),
    mode,
    ledger,
    tellUnprovenBefore: 4 * 3_600_000,
    proofGrace: 120_000,
    silence: 20 * 60_000,
    now,
  })
}

const tells = (steps: readonly MessageStep[]) => steps.flatMap((step) => (step.do === 'tell' ? [step] : []))

/** The ledger after these steps, and after what was planned before left or did not. */
function carryOut(
  ledger: readonly Message[],
  steps: readonly MessageStep[],
  end: Turn['end'],
  now: Instant,
): Message[] {
  const withdrawn = new Set(steps.flatMap((step) => (step.do === 'withdraw' ? [step.message.id] : [])))
  const left = { state: end, ...(end === 'planned' ? {} : { claimedAt: now }) }
  const told = tells(steps).map(({ channel, to, kind, told, version }, index): Message => {
    const id = `m${ledger.length + index}`
    return { id, bookingId: 'b1', channel, to, kind, told, version, createdAt: now, resends: 0, ...left }
  })
  const before = ledger.map((message): Message => {
    if (withdrawn.has(message.id)) return { ...message, state: 'withdrawn' }
    return message.state === 'planned' ? { ...message, ...left } : message
  })
  return [...before, ...told]
}

/** Plays the turns and hands each look to `judge`. */
function play(
  list: readonly Turn[],
  mode: MessagesInput['mode'],
  judge: (turn: Turn, plan: ReturnType<typeof planMessages>, before: readonly Message[], now: Instant) => void,
): Message[] {
  let ledger: Message[] = []
  let now = start
  for (const turn of list) {
    now = plus(now, turn.minutes * 60_000)
    const plan = planOf(turn, ledger, now, mode)
    judge(turn, plan, ledger, now)
    ledger = carryOut(ledger, plan.steps, turn.end, now)
  }
  return ledger
}

const modes = fc.constantFrom('each', 'fallback')

describe('the plan of what one guest is told', () => {
  it('once carried out, leaves nothing to say, whatever went before', () => {
    fc.assert(
      fc.property(turns, modes, (list, mode) => {
        play(list, mode, (turn, { steps }, ledger, now) => {
          for (const end of ['accepted', 'claimed', 'planned'] as const) {
            const after = carryOut(ledger, steps, end, now)
            expect(planOf(turn, after, now, mode).steps).toEqual([])
          }
        })
      }),
      { numRuns: 400 },
    )
  })

  it('never makes the same intent twice', () => {
    fc.assert(
      fc.property(turns, modes, (list, mode) => {
        const ledger = play(list, mode, () => {})
        const standing = ledger.filter(({ state }) => state !== 'withdrawn')
        const names = standing.map(({ channel, kind, version }) => `${channel} ${kind} ${version}`)
        expect(new Set(names).size).toBe(names.length)
      }),
      { numRuns: 400 },
    )
  })

  it('tells a code only of a stay that is granted, only the whole way, and before its doors are proven only near the arrival', () => {
    fc.assert(
      fc.property(turns, modes, (list, mode) => {
        play(list, mode, (turn, { steps }, _ledger, now) => {
          const plan = grantOf(turn.state)
          for (const step of tells(steps)) {
            if (step.kind === 'withdrawal') {
              expect(turn.state).toBe('cancelled')
              continue
            }
            if (plan.status !== 'granted') throw new Error(`${step.kind} of a stay that is ${turn.state}`)
            const { path, window: span } = plan.grant
            expect(step.told.window).toEqual(span)
            expect(step.told.doors.map(({ name }) => name)).toEqual(path.map(({ name }) => name))
            for (const { name, enter } of step.told.doors)
              expect(enter).toBe(
                name === 'lobby' ? undefined : name === 'yard' ? '0815' : `${name === 'street' ? '12' : ''}${turn.pin}`,
              )
            const needed = turn.state === 'studio' ? 3 : 2
            const proven = turn.proven >= needed
            expect(step.unproven).toBe(!proven)
            if (!proven) expect(now >= plus(span.from, -4 * 3_600_000)).toBe(true)
          }
        })
      }),
      { numRuns: 400 },
    )
  })

  it('goes to the address that the booking has at that moment, and what had not left for another one is withdrawn', () => {
    fc.assert(
      fc.property(turns, (list) => {
        play(list, 'each', (turn, { steps }, ledger) => {
          for (const { channel, to } of tells(steps)) expect(to).toBe(channel === 'sms' ? turn.phone : '291')
          const withdrawn = new Set(steps.flatMap((step) => (step.do === 'withdraw' ? [step.message.id] : [])))
          if (grantOf(turn.state).status !== 'granted') return
          const standing = ledger.filter(({ state, id }) => state === 'planned' && !withdrawn.has(id))
          for (const { channel, to } of standing)
            if (channel === 'sms' && turn.phone !== undefined) expect(to).toBe(turn.phone)
        })
      }),
      { numRuns: 400 },
    )
  })

  it('under fallback never speaks on two channels at once', () => {
    fc.assert(
      fc.property(turns, (list) => {
        play(list, 'fallback', (_turn, { steps }) => {
          expect(tells(steps).filter(({ kind }) => kind !== 'withdrawal').length).toBeLessThanOrEqual(1)
        })
      }),
      { numRuns: 400 },
    )
  })

  it('has told the guest, once all is calm, what the doors take, or has a reason', () => {
    fc.assert(
      fc.property(turns, fc.constantFrom('loft', 'studio', 'longer'), (list, state) => {
        const last: Turn = { state, pin: '0042', proven: 3, phone: phones[0], end: 'accepted', minutes: 1 }
        const ledger = play([...list, last], 'each', () => {})
        const newest = ledger.findLast(({ channel, state }) => channel === 'sms' && state === 'accepted')
        const unknown = ledger.some(
          ({ channel, state }) => channel === 'sms' && (state === 'claimed' || state === 'refused'),
        )
        const street = newest?.told.doors.find(({ name }) => name === 'street')
        if (!unknown) expect([newest?.kind === 'withdrawal', street?.enter]).toEqual([false, '120042'])
      }),
      { numRuns: 400 },
    )
  })
})
