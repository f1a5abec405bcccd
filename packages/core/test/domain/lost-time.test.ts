import { describe, expect, it } from 'vitest'
import type { Code } from '../../src/domain/code.ts'
import type { Instant } from '../../src/domain/instant.ts'
import { mayHaveBeenTold, mayHaveBeenToldOtherwise, type ToTell, withheld } from '../../src/domain/lost-time.ts'
import type { Message } from '../../src/domain/message.ts'
import { at, codeOf } from './house.ts'

const lost = { from: at('2026-07-08T06:00'), until: at('2026-07-08T10:00'), confirmedAt: at('2026-07-08T12:00') }
const before = at('2026-07-07T09:00')
const restoring = at('2026-07-08T10:05')
const after = at('2026-07-08T12:10')
const told: ToTell['told'] = {
  unit: 'Loft',
  property: 'Quai',
  zone: 'Europe/Paris',
  window: codeOf().window,
  doors: [],
}
const messageOf = (): Message => ({
  id: 'm',
  bookingId: 'b',
  channel: 'sms',
  to: '+33639980001',
  kind: 'door-code',
  told,
  version: '1',
  state: 'accepted',
  createdAt: before,
  claimedAt: before,
  resends: 0,
})
const isPerhaps = (kind: ToTell['kind'], ...codes: readonly Partial<Code>[]) =>
  mayHaveBeenTold(
    {
      channel: 'sms',
      kind,
      told,
      codes: codes.map(codeOf),
      ledger: [],
      changedAt: undefined,
      knownSince: before,
      now: after,
    },
    lost,
  )

describe('what may have been told in the time that the store has forgotten', () => {
  it('is what was found to have changed before anything was written again, whether or not it is written then', () => {
    expect(isPerhaps('change', { wantedSince: restoring, writtenAt: before })).toBe(true)
    expect(isPerhaps('change', { wantedSince: restoring, writtenAt: after })).toBe(true) // a device that hides dates
    expect(isPerhaps('change', { wantedSince: after, writtenAt: after })).toBe(false)
    expect(isPerhaps('door-code', { wantedSince: after })).toBe(false)
  })

  it('is what doors hold with one PIN, some of whose codes were found and the others made anew', () => {
    const found = { wantedSince: restoring, writtenAt: lost.until, pin: '4711' }
    expect(isPerhaps('door-code', found, { wantedSince: after, writtenAt: after, pin: '4711' })).toBe(true)
    expect(isPerhaps('door-code', found, { wantedSince: after, writtenAt: after, pin: '0815' })).toBe(false)
  })

  it('is a withdrawal where every code was found gone, and none where one had to be taken away', () => {
    const gone = { want: 'absent', evidence: 'accepted', writtenAt: before, wantedSince: restoring } as const
    expect(isPerhaps('withdrawal', gone, gone)).toBe(true)
    expect(isPerhaps('withdrawal', gone, { ...gone, evidence: 'planned' })).toBe(false)
    expect(isPerhaps('withdrawal', gone, { ...gone, writtenAt: after })).toBe(false)
    expect(isPerhaps('withdrawal')).toBe(false)
  })

  it('is a change of the forgotten time with the PIN that the guest had, though its code is made anew beside a hidden one', () => {
    const doors = [{ name: 'Loft', enter: '4711', instruction: {} }]
    const withPin: ToTell['told'] = { ...told, doors }
    const earlier = { ...messageOf(), told: { ...withPin, unit: 'Studio' } }
    const made = codeOf({ wantedSince: after, writtenAt: after })
    const isDoubted = (more: Partial<ToTell> = {}) =>
      mayHaveBeenTold(
        {
          channel: 'sms',
          kind: 'door-code',
          told: withPin,
          codes: [made],
          ledger: [earlier],
          changedAt: at('2026-07-08T09:00'),
          knownSince: before,
          now: after,
          ...more,
        },
        lost,
      )
    expect(isDoubted()).toBe(true)
    expect(isDoubted({ changedAt: undefined })).toBe(false)
    expect(isDoubted({ changedAt: at('2026-07-08T11:00') })).toBe(false) // nobody but this hub has heard of it
    expect(isDoubted({ ledger: [] })).toBe(false) // a new PIN, which nobody can have been told
  })

  it('is found out by looking alone: a code that is not listed is not removed before a person has confirmed', () => {
    const code = codeOf({ want: 'absent', vendorRef: 'v' })
    const { confirmedAt: _none, ...open } = lost
    const steps = withheld([{ do: 'remove', code, vendorRef: 'v', because: 'unlisted' }], open, restoring)
    expect(steps).toMatchObject([{ do: 'wait', because: 'vanished' }])
  })
})

describe('a guest who may have heard of a change that was taken back', () => {
  const message = messageOf()
  const within = at('2026-07-08T09:00')
  const isDoubtful = (changedAt: Instant | undefined, last: Partial<Message> = {}) =>
    mayHaveBeenToldOtherwise({ told, ledger: [{ ...message, ...last }], changedAt }, lost)

  it('was told what is so now, before the booking was changed in the forgotten time', () => {
    expect(isDoubtful(within)).toBe(true)
    expect(isDoubtful(undefined)).toBe(false) // its booking system does not say
    expect(isDoubtful(at('2026-07-08T05:00'))).toBe(false) // that change was not forgotten
    expect(isDoubtful(at('2026-07-08T11:00'))).toBe(false) // nor is this one
  })

  it('has not heard of it last, or is told of what is so by itself', () => {
    expect(isDoubtful(within, { claimedAt: at('2026-07-08T09:30') })).toBe(false)
    expect(isDoubtful(within, { claimedAt: after })).toBe(false)
    expect(isDoubtful(within, { told: { ...told, unit: 'Studio' } })).toBe(false)
    expect(isDoubtful(within, { kind: 'withdrawal' })).toBe(false)
    expect(isDoubtful(within, { state: 'planned' })).toBe(false)
  })
})
