import { describe, expect, it } from 'vitest'
import { arrivalReadiness, readinessEvents, type ReadinessInput } from '../../src/domain/arrival-readiness.ts'
import { type Instant, plus } from '../../src/domain/instant.ts'
import type { Message } from '../../src/domain/message.ts'
import { planGrants } from '../../src/domain/plan-grants.ts'
import { toldOf } from '../../src/domain/plan-messages.ts'
import { defaultPolicy } from '../../src/domain/policy.ts'
import { at, booking, codeOf, loft, loftPath, property } from './house.ts'

const checkIn = at('2026-07-10T13:00')
const now = at('2026-07-10T08:00')
const minutes = (count: number) => count * 60_000
const hours = (count: number) => count * 3_600_000

const guest = { ...booking, e164: '+33639980011' }
const codes = ['street-lock', 'loft-lock'].map((deviceId) => codeOf({ id: deviceId, deviceId, evidence: 'confirmed' }))
const read = (readAt: Instant, over = {}) => ['street-lock', 'loft-lock'].map((id) => ({ id, readAt, ...over }))
const sms = [{ kind: 'notifier', connectionId: 'sms' } as const]

function judge(over: Partial<ReadinessInput> & { readonly message?: Partial<Message> | 'none' } = {}) {
  const { message = {}, ...facts } = over
  const asOf = facts.now ?? now
  const plan = planGrants({ booking: guest, unit: loft, property, path: loftPath, policy: defaultPolicy, now: asOf })
  const told = toldOf({ plan, unit: loft, property, codes })
  if (!told) throw new Error('the fixture has a code at every door')
  const said: Message = {
    id: 'm1',
    bookingId: 'b1',
    channel: 'sms',
    kind: 'door-code',
    to: '+33639980011',
    told,
    version: '0:x',
    state: 'accepted',
    delivery: 'delivered',
    claimedAt: at('2026-07-09T08:00'),
    createdAt: at('2026-07-09T08:00'),
    resends: 0,
  }
  return arrivalReadiness({
    booking: guest,
    plan,
    unit: loft,
    property,
    codes,
    devices: read(plus(asOf, -minutes(20))),
    messages: message === 'none' ? [] : [{ ...said, ...message }],
    policy: { ...defaultPolicy, channels: sms },
    now: asOf,
    ...facts,
  })
}
const level = (over?: Parameters<typeof judge>[0]) => judge(over)?.level
const risks = (over?: Parameters<typeof judge>[0]) => judge(over)?.risks.map(({ code }) => code)

describe('an arrival is ready', () => {
  it('when every door is freshly confirmed and the message was delivered', () => {
    expect(judge()).toMatchObject({
      level: 'ready',
      risks: [],
      doors: [
        { name: 'street', level: 'ready', evidence: 'confirmed' },
        { name: 'lobby', level: 'ready' },
        { name: 'yard', level: 'ready' },
        { name: 'loft-door', level: 'ready', evidence: 'confirmed' },
      ],
      told: [{ channel: 'sms', proof: 'delivered', reports: true }],
    })
  })

  it('at the rung that the host of a door trusts', () => {
    const accepted = codes.map((code) => ({ ...code, evidence: 'accepted' as const }))
    expect(level({ codes: accepted })).toBe('not-ready')
    const path = loftPath.map((door) =>
      door.entry.kind === 'device' ? { ...door, entry: { ...door.entry, tellAt: 'accepted' as const } } : door,
    )
    const plan = planGrants({ booking: guest, unit: loft, property, path, policy: defaultPolicy, now })
    expect(level({ codes: accepted, plan })).toBe('ready')
  })
})

describe('a proof grows old', () => {
  const ages = (readAt: Instant, asOf: Instant) => risks({ devices: read(readAt), now: asOf })

  it('after a sweep near the check-in', () => {
    expect(ages(plus(now, -minutes(37)), now)).toEqual([])
    expect(ages(plus(now, -minutes(39)), now)).toEqual(['read-too-old', 'read-too-old'])
  })

  it('after a day when the check-in is further away, and not at once when it comes near', () => {
    const early = plus(checkIn, -hours(48))
    expect(ages(plus(early, -hours(26)), early)).toEqual([])
    expect(ages(plus(early, -hours(27)), early)).toEqual(['read-too-old', 'read-too-old'])
    const near = plus(checkIn, -hours(24))
    expect(ages(plus(near, -hours(20)), plus(near, minutes(30)))).toEqual([])
    expect(ages(plus(near, -hours(20)), plus(near, minutes(39)))).toEqual(['read-too-old', 'read-too-old'])
  })

  it('and then shows the rung below, with its age, and says when it will be judged again', () => {
    const old = judge({ devices: read(plus(now, -minutes(60))) })
    expect(old?.level).toBe('at-risk')
    expect(old?.doors[0]).toMatchObject({ evidence: 'accepted', level: 'at-risk', readAt: plus(now, -minutes(60)) })
    expect(old?.risks[0]?.text).toBe('street was last read 60 min ago.')
    expect(judge()?.next).toBe(plus(now, minutes(18)))
    expect(old?.next).toBe(plus(now, minutes(22)))
    const older = judge({ devices: read(plus(now, -minutes(300))) })
    expect(older?.next).toBe(plus(now, minutes(30)))
  })
})

describe('an arrival is not ready', () => {
  it('while a door has no code, or one that it does not take', () => {
    expect(risks({ codes: codes.slice(0, 1) })).toEqual(['no-code', 'not-told'])
    const refused = codes.map((code) => ({ ...code, evidence: 'planned' as const, refusal: 'no-capacity' as const }))
    expect(level({ codes: refused })).toBe('not-ready')
    expect(risks({ codes: refused })).toEqual(['refused', 'refused'])
  })

  it('while codes are still to be sent by the policy of its tenant', () => {
    const early = plus(checkIn, -hours(30))
    const policy = { ...defaultPolicy, channels: sms, pushAhead: hours(24) }
    expect(risks({ codes: [], message: 'none', now: early, policy })).toContain('too-early')
  })

  it('while the guest has not been told what opens the doors now', () => {
    expect(risks({ message: 'none' })).toEqual(['not-told'])
    const other = codes.map((code) => ({ ...code, pin: '9999' }))
    expect(risks({ codes: other })).toEqual(['not-told'])
    expect(level({ message: { kind: 'withdrawal' } })).toBe('not-ready')
    expect(level({ message: { to: '+33600000000' } })).toBe('not-ready')
    expect(risks({ message: { state: 'claimed' } })).toEqual(['send-unknown'])
    expect(risks({ message: { state: 'refused' } })).toEqual(['delivery-failed'])
    expect(risks({ message: { delivery: 'failed' } })).toEqual(['delivery-failed'])
  })

  it('while its booking lets nobody in, unless the flat is none of the hub’s', () => {
    const held = (code: 'path-empty' | 'unit-not-linked') =>
      level({ plan: { status: 'held', reason: { code, text: 'No.', remedy: 'Do.' } } })
    expect(held('path-empty')).toBe('not-ready')
    expect(held('unit-not-linked')).toBeUndefined()
  })
})

describe('an arrival is at risk', () => {
  it('on a channel that never reports, and says so', () => {
    const inbox = judge({ message: { channel: 'inbox', to: '291', delivery: undefined as never } })
    expect(inbox).toMatchObject({ level: 'at-risk' })
    expect(inbox?.told).toContainEqual(expect.objectContaining({ channel: 'inbox', proof: 'accepted', reports: false }))
    expect(inbox?.risks.map(({ code }) => code)).toEqual(['delivery-not-reported'])
  })

  it('before the delivery is reported, and where the hub tells nobody', () => {
    expect(risks({ message: { delivery: 'sent' } })).toEqual(['delivery-open'])
    expect(risks({ message: 'none', policy: { ...defaultPolicy, channels: [] } })).toEqual(['no-channel'])
    const owners = { ...booking, guest: { ...booking.guest, isOwner: true } } as const
    expect(risks({ message: 'none', booking: owners })).toEqual(['owner-stay'])
  })

  it('when a door is offline or its battery is low', () => {
    const devices = read(plus(now, -minutes(5)), { online: false, batteryLow: true })
    expect(risks({ devices })).toEqual(['offline', 'battery-low', 'offline', 'battery-low'])
    expect(level({ devices })).toBe('at-risk')
  })
})

describe('nobody arrives', () => {
  it('more than 72 hours ahead, a day after the check-in, and after the end', () => {
    expect(level({ now: plus(checkIn, -hours(72) - 1) })).toBeUndefined()
    expect(level({ now: plus(checkIn, -hours(72)) })).toBe('ready')
    expect(level({ now: plus(checkIn, hours(24) - 1) })).toBe('ready')
    expect(level({ now: plus(checkIn, hours(24)) })).toBeUndefined()
    expect(
      level({ plan: { status: 'ended', cause: 'over', reason: { code: 'booking-over', text: '', remedy: '' } } }),
    ).toBe(undefined)
  })
})

describe('an event', () => {
  it('tells a change and its causes, and nothing at the first sight or the last', () => {
    const ready = judge()
    const late = judge({ devices: read(plus(now, -hours(2))) })
    expect(readinessEvents('b1', undefined, late)).toEqual([])
    expect(readinessEvents('b1', 'ready', undefined)).toEqual([])
    expect(readinessEvents('b1', 'ready', ready)).toEqual([])
    expect(readinessEvents('b1', 'ready', late)).toEqual([
      {
        type: 'readiness.worse',
        subject: 'booking:b1',
        data: { level: 'at-risk', was: 'ready', because: ['read-too-old'] },
      },
    ])
    expect(readinessEvents('b1', 'not-ready', late)[0]?.type).toBe('readiness.better')
  })
})
