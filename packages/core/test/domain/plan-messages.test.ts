import { describe, expect, it } from 'vitest'
import { type Instant, plus } from '../../src/domain/instant.ts'
import type { Message } from '../../src/domain/message.ts'
import type { GrantPlan } from '../../src/domain/plan-grants.ts'
import { isFused, knowsTheWay, overtaken, toldElsewhere } from '../../src/domain/message-ledger.ts'
import { type MessagesInput, type MessageStep, planMessages } from '../../src/domain/plan-messages.ts'
import type { Door } from '../../src/domain/property.ts'
import { at, booking, codeOf, loft, loftPath, property, studioPath } from './house.ts'

const window = { from: at('2026-07-10T13:00'), until: at('2026-07-14T09:30') }
const granted = (path: readonly Door[] = loftPath, span = window): GrantPlan => ({
  status: 'granted',
  grant: { bookingId: 'b1', unitId: 'u', path, window: span, bookingVersion: 1 },
})
const cancelled: GrantPlan = {
  status: 'ended',
  cause: 'cancelled',
  reason: { code: 'booking-cancelled', text: 't', remedy: 'r' },
}
const over: GrantPlan = { status: 'ended', cause: 'over', reason: { code: 'booking-over', text: 't', remedy: 'r' } }
const confirmed = ['street-lock', 'loft-lock', 'studio-lock'].map((deviceId) =>
  codeOf({ id: deviceId, deviceId, evidence: 'confirmed', window }),
)
const sms = { channel: 'sms', to: '+33600000001' }
const inbox = { channel: 'inbox', to: '291' }
const now = at('2026-07-08T12:00')
const plan = (input: Partial<MessagesInput> = {}) =>
  planMessages({
    booking,
    plan: granted(),
    unit: loft,
    property,
    codes: confirmed,
    ways: [sms, inbox],
    mode: 'each',
    ledger: [],
    tellUnprovenBefore: 4 * 3_600_000,
    proofGrace: 120_000,
    silence: 20 * 60_000,
    now,
    ...input,
  })

/** The ledger after the steps were carried out and every channel said yes. */
function carryOut(
  ledger: readonly Message[],
  steps: readonly MessageStep[],
  partial: Partial<Message> = {},
): Message[] {
  const withdrawn = new Set(steps.flatMap((step) => (step.do === 'withdraw' ? [step.message.id] : [])))
  const told = steps.flatMap((step, index): Message[] =>
    step.do === 'tell'
      ? [
          {
            id: `m${ledger.length + index}`,
            bookingId: 'b1',
            channel: step.channel,
            to: step.to,
            kind: step.kind,
            told: step.told,
            version: step.version,
            state: 'accepted',
            claimedAt: now,
            createdAt: now,
            resends: 0,
            ...partial,
          },
        ]
      : [],
  )
  return [
    ...ledger.map((message) => (withdrawn.has(message.id) ? { ...message, state: 'withdrawn' as const } : message)),
    ...told,
  ]
}
const tells = (steps: readonly MessageStep[]) =>
  steps.flatMap((step) => (step.do === 'tell' ? [`${step.channel}:${step.kind}`] : []))

describe('what the guest is told', () => {
  it('is the whole path in order, prefix and fixed codes included, once per channel', () => {
    const { steps } = plan()
    expect(tells(steps)).toEqual(['sms:door-code', 'inbox:door-code'])
    const [first] = steps
    expect(first?.do === 'tell' && first.told.doors.map(({ name, enter }) => [name, enter])).toEqual([
      ['street', '124711'],
      ['lobby', undefined],
      ['yard', '0815'],
      ['loft-door', '4711'],
    ])
    expect(tells(plan({ ledger: carryOut([], steps) }).steps)).toEqual([])
  })

  it('waits for every required door, and says which one is missing', () => {
    const half = [
      confirmed[0],
      codeOf({ id: 'loft-lock', deviceId: 'loft-lock', evidence: 'accepted', window }),
    ].flatMap((code) => code ?? [])
    const waiting = plan({ codes: half })
    expect(waiting.steps).toEqual([])
    expect(waiting.reasons).toMatchObject([{ code: 'not-proven', text: 'Not told yet: loft-door is not confirmed.' }])
    expect(waiting.next).toBe(plus(window.from, -4 * 3_600_000))
  })

  it('is what is known when the arrival is near, after a short grace for the door, and a person hears of it', () => {
    const unproven = confirmed.map((code) => ({
      ...code,
      evidence: 'accepted' as const,
      wantedSince: at('2026-07-10T12:00'),
    }))
    const near = (when: Instant) => plan({ codes: unproven, now: when })
    expect(near(at('2026-07-10T12:01')).steps).toEqual([])
    const told = near(at('2026-07-10T12:02'))
    expect(told.steps).toMatchObject([{ unproven: true }, { unproven: true }])
    expect(told.reasons).toMatchObject([{ code: 'told-unproven' }])
  })

  it('trusts the vendor’s yes only where the host said so', () => {
    const path = loftPath.map(
      (door): Door => (door.entry.kind === 'device' ? { ...door, entry: { ...door.entry, tellAt: 'accepted' } } : door),
    )
    const accepted = confirmed.map((code) => ({ ...code, evidence: 'accepted' as const }))
    expect(tells(plan({ codes: accepted, plan: granted(path) }).steps)).toHaveLength(2)
  })

  it('follows every change of PIN, path or window, also back to what it was', () => {
    let ledger = carryOut([], plan().steps)
    const longer = { ...window, until: at('2026-07-15T09:30') }
    const extended = plan({ ledger, plan: granted(loftPath, longer) })
    expect(tells(extended.steps)).toEqual(['sms:change', 'inbox:change'])
    ledger = carryOut(ledger, extended.steps)
    const back = plan({ ledger })
    expect(tells(back.steps)).toEqual(['sms:change', 'inbox:change'])
    ledger = carryOut(ledger, back.steps)
    expect(tells(plan({ ledger }).steps)).toEqual([])
    expect(tells(plan({ ledger, plan: granted(studioPath) }).steps)).toEqual(['sms:change', 'inbox:change'])
    const versions = ledger.map(({ channel, version }) => `${channel} ${version}`)
    expect(new Set(versions).size).toBe(versions.length)
  })

  it('is told again when the PIN alone has changed', () => {
    const ledger = carryOut([], plan().steps)
    const { steps } = plan({ ledger, codes: confirmed.map((code) => ({ ...code, pin: '0042' })) })
    expect(tells(steps)).toEqual(['sms:change', 'inbox:change'])
    const [first] = steps
    expect(first?.do === 'tell' && first.told.doors.map(({ enter }) => enter)).toEqual([
      '120042',
      undefined,
      '0815',
      '0042',
    ])
  })

  it('says nothing about a note or a price', () => {
    const ledger = carryOut([], plan().steps)
    expect(plan({ ledger, booking: { ...booking, version: 9, channel: 'Airbnb' } }).steps).toEqual([])
  })

  it('is withdrawn on a cancellation if something was told, once, and told anew after a restore', () => {
    expect(plan({ plan: cancelled }).steps).toEqual([])
    let ledger = carryOut([], plan().steps)
    const gone = plan({ plan: cancelled, ledger })
    expect(tells(gone.steps)).toEqual(['sms:withdrawal', 'inbox:withdrawal'])
    ledger = carryOut(ledger, gone.steps)
    expect(plan({ plan: cancelled, ledger }).steps).toEqual([])
    const restored = plan({ ledger })
    expect(tells(restored.steps)).toEqual(['sms:door-code', 'inbox:door-code'])
    ledger = carryOut(ledger, restored.steps)
    expect(tells(plan({ plan: cancelled, ledger }).steps)).toEqual(['sms:withdrawal', 'inbox:withdrawal'])
    expect(plan({ plan: over, ledger }).steps).toEqual([])
  })

  it('never leaves when it is overtaken before it was sent', () => {
    const planned = carryOut([], plan().steps, { state: 'planned' })
    expect(plan({ plan: cancelled, ledger: planned }).steps.map(({ do: step }) => step)).toEqual([
      'withdraw',
      'withdraw',
    ])
    const moved = plan({ plan: granted(studioPath), ledger: planned })
    expect(moved.steps.map(({ do: step }) => step)).toEqual(['withdraw', 'withdraw', 'tell', 'tell'])
    expect(plan({ ledger: planned }).steps).toEqual([])
  })

  it('is not repeated while nobody knows whether it was sent', () => {
    expect(plan({ ledger: carryOut([], plan().steps, { state: 'claimed' }) }).steps).toEqual([])
  })

  it('has a reason when nobody can be told', () => {
    expect(plan({ ways: [] }).reasons).toMatchObject([{ code: 'no-channel' }])
    expect(plan({ ways: [{ channel: 'sms' }] }).reasons).toMatchObject([{ code: 'no-address' }])
  })
})

describe('a guest who is moved to a flat with the same PIN', () => {
  it('does not know the way before the new flat was told, whatever its doors are called', () => {
    const [told] = carryOut([], plan().steps)
    const now = told?.told
    expect(
      now && told && knowsTheWay({ ...now, doors: now.doors.map((door) => ({ ...door, name: 'x' })) }, [told]),
    ).toBe(true)
    expect(now && told && knowsTheWay({ ...now, unit: 'Studio' }, [told])).toBe(false)
  })
})

describe('a withdrawal', () => {
  it('that has not left yet does not go to an address that the guest has no longer', () => {
    const told = carryOut([], plan().steps)
    const waiting = carryOut(told, plan({ plan: cancelled, ledger: told }).steps, { state: 'planned' })
    const moved = { ...sms, to: '+33600000002' }
    const { steps } = plan({ plan: cancelled, ledger: waiting, ways: [moved, inbox] })
    expect(steps).toMatchObject([{ do: 'withdraw', message: { channel: 'sms', kind: 'withdrawal' } }])
  })
})

describe('a fallback channel', () => {
  const fallback = (ledger: readonly Message[], when: Instant = now) =>
    tells(plan({ mode: 'fallback', ledger, now: when }).steps)
  const first = carryOut([], plan({ ways: [sms] }).steps)

  it('is used only after the first one definitely failed, or was silent long enough', () => {
    expect(fallback([])).toEqual(['sms:door-code'])
    expect(fallback(first)).toEqual([])
    expect(fallback(first.map((message) => ({ ...message, state: 'refused' })))).toEqual(['inbox:door-code'])
    expect(fallback(first.map((message) => ({ ...message, delivery: 'failed' })))).toEqual(['inbox:door-code'])
  })

  it('takes over what was to be sent again, and that one is not forgotten: it may have gone out', () => {
    const [silent] = carryOut([], plan({ mode: 'fallback' }).steps, { state: 'planned', resends: 1 })
    const later = plus(now, 21 * 60_000)
    const { steps } = plan({ mode: 'fallback', ledger: silent ? [silent] : [], now: later })
    expect(steps).toMatchObject([{ do: 'withdraw' }, { do: 'tell', channel: 'inbox' }])
    const perhaps = silent && overtaken(silent)
    expect(perhaps).toMatchObject({ state: 'doubtful' })
    const ledger = carryOut(perhaps ? [perhaps] : [], steps.slice(1), { state: 'claimed', claimedAt: later })
    expect(fallback(ledger, plus(later, 3_600_000))).toEqual([])
    expect(tells(plan({ plan: cancelled, ledger: perhaps ? [perhaps] : [] }).steps)).toEqual(['sms:withdrawal'])
    expect(fallback(first.map((message) => ({ ...message, state: 'claimed' })))).toEqual([])
    const reported = first.map((message) => ({ ...message, delivery: 'pending' as const }))
    expect(fallback(reported, plus(now, 20 * 60_000))).toEqual(['inbox:door-code'])
    expect(fallback(first, plus(now, 20 * 60_000))).toEqual([]) // it never reports, and it took the message
    expect(
      fallback(
        first.map((message) => ({ ...message, delivery: 'delivered' })),
        plus(now, 20 * 60_000),
      ),
    ).toEqual([])
  })
})

it('under fallback, a channel that was to speak after a silence no longer does when the silent one has arrived after all', () => {
  const [silent] = carryOut([], plan({ ways: [inbox] }).steps, { state: 'claimed' })
  const later = plus(now, 21 * 60_000)
  const second = carryOut(silent ? [silent] : [], plan({ ways: [sms] }).steps, { state: 'planned', createdAt: later })
  const steps = (first: Partial<Message>) => {
    const ledger = second.map((message, index) => (index === 0 ? { ...message, ...first } : message))
    return plan({ mode: 'fallback', ways: [sms, inbox], ledger, now: later }).steps
  }
  expect(steps({})).toEqual([])
  expect(steps({ state: 'accepted', delivery: 'failed' })).toEqual([])
  expect(steps({ state: 'accepted' })).toMatchObject([{ do: 'withdraw', message: { channel: 'sms' } }])
  expect(steps({ state: 'accepted', delivery: 'delivered' })).toMatchObject([{ do: 'withdraw' }])
})

it('under fallback, a guest whose phone was corrected is told at the new one, whatever the old one took', () => {
  const told = carryOut([], plan({ mode: 'fallback' }).steps, { delivery: 'delivered' })
  const moved = { channel: 'sms', to: '+33600000002' }
  const steps = plan({ mode: 'fallback', ledger: told, ways: [moved, inbox] }).steps
  expect(steps).toMatchObject([{ do: 'tell', channel: 'sms', to: '+33600000002' }])
  const both = carryOut(told, steps)
  expect(plan({ mode: 'fallback', ledger: both, ways: [moved, inbox] }).steps).toEqual([])
})

it('under fallback, a PIN that changes before the message left is told on the same channel at once', () => {
  const planned = carryOut([], plan({ ways: [sms] }).steps, { state: 'planned' })
  const changed = confirmed.map((code) => ({ ...code, pin: '0042' }))
  const { steps } = plan({ mode: 'fallback', ledger: planned, codes: changed })
  expect(steps.map(({ do: step }) => step)).toEqual(['withdraw', 'tell'])
  expect(tells(steps)).toEqual(['sms:door-code'])
})

describe('an address that was corrected', () => {
  const elsewhere = [{ channel: 'sms', to: '+33600000002' }, inbox]

  it('is told what the old one was told, and the old one is known', () => {
    const ledger = carryOut([], plan().steps)
    const { steps } = plan({ ledger, ways: elsewhere })
    expect(steps).toMatchObject([{ do: 'tell', channel: 'sms', to: '+33600000002', kind: 'door-code' }])
    expect(toldElsewhere(ledger, elsewhere)).toEqual(['sms'])
    const after = carryOut(ledger, steps)
    expect(plan({ ledger: after, ways: elsewhere }).steps).toEqual([])
    expect(new Set(after.map(({ channel, version }) => `${channel} ${version}`)).size).toBe(3)
    const longer = { ...window, until: at('2026-07-15T09:30') }
    expect(tells(plan({ ledger: after, ways: elsewhere, plan: granted(loftPath, longer) }).steps)).toEqual([
      'sms:change',
      'inbox:change',
    ])
    expect(tells(plan({ ledger: after, ways: elsewhere, plan: cancelled }).steps)).toEqual([
      'sms:withdrawal',
      'inbox:withdrawal',
    ])
  })

  it('is where a message goes that had not left yet', () => {
    const planned = carryOut([], plan().steps, { state: 'planned' })
    expect(plan({ ledger: planned, ways: elsewhere }).steps).toMatchObject([
      { do: 'withdraw', message: { to: sms.to } },
      { do: 'tell', to: '+33600000002' },
    ])
  })
})

it('a withdrawal that had not left is overtaken by a restore', () => {
  const told = carryOut([], plan().steps)
  const ledger = carryOut(told, plan({ plan: cancelled, ledger: told }).steps, { state: 'planned' })
  const { steps } = plan({ ledger })
  expect(steps.map(({ do: step }) => step)).toEqual(['withdraw', 'withdraw'])
  expect(plan({ ledger: carryOut(ledger, steps) }).steps).toEqual([])
})

it('a PIN that a door refused is not told, near as the arrival may be', () => {
  const refused = confirmed.map((code) => ({ ...code, evidence: 'planned' as const, refusal: 'pin-taken' as const }))
  expect(plan({ codes: refused, now: at('2026-07-10T12:30') }).steps).toEqual([])
})

describe('a channel that is down', () => {
  it('owes what the others have told, and is not called an unknown address', () => {
    const ways = [{ channel: 'sms', down: true as const }, inbox]
    const down = plan({ ways })
    expect([tells(down.steps), down.owed]).toEqual([['inbox:door-code'], ['sms']])
    const told = carryOut([], plan().steps)
    expect(plan({ ways, ledger: told })).toMatchObject({ steps: [], owed: [] })
    expect(plan({ ways, ledger: told, plan: cancelled }).owed).toEqual(['sms'])
    expect(plan({ ways: [{ channel: 'sms', down: true }] }).reasons).toEqual([])
  })

  it('is passed over under fallback, and does not repeat what the next one told', () => {
    const ways = [{ channel: 'sms', down: true as const }, inbox]
    const steps = plan({ ways, mode: 'fallback' }).steps
    expect(tells(steps)).toEqual(['inbox:door-code'])
    expect(plan({ mode: 'fallback', ledger: carryOut([], steps) }).steps).toEqual([])
  })

  it('gives way under fallback when it could not be reached for as long as a silence', () => {
    const ledger = carryOut([], plan({ ways: [sms] }).steps, { state: 'planned' })
    const later = plan({ mode: 'fallback', ledger, now: plus(now, 20 * 60_000) })
    expect(later.steps.map(({ do: step }) => step)).toEqual(['withdraw', 'tell'])
    expect(tells(later.steps)).toEqual(['inbox:door-code'])
  })
})

it('an owner who stays there is told nothing, with the reason, and what was planned for a guest is taken back', () => {
  const owners = { booking: { ...booking, guest: { firstName: 'Ada', isOwner: true } } } as const
  expect(plan(owners)).toMatchObject({ steps: [], reasons: [{ code: 'owner-stay' }] })
  expect(plan(owners).reasons).toHaveLength(1)
  const ledger = carryOut([], plan({ ways: [sms] }).steps, { state: 'planned' })
  expect(plan({ ...owners, ledger }).steps.map(({ do: step }) => step)).toEqual(['withdraw'])
})

it('six messages a day to one address are enough', () => {
  const one = carryOut([], plan({ ways: [sms] }).steps)
  const six = Array.from({ length: 6 }, (_, index) => ({ ...one[0], id: `m${index}` }) as Message)
  expect(isFused(six, sms.to, now)).toBe(true)
  expect(isFused(six.slice(1), sms.to, now)).toBe(false)
  expect(isFused(six, sms.to, plus(now, 86_400_001))).toBe(false)
})
