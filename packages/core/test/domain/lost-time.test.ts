import { describe, expect, it } from 'vitest'
import type { Code } from '../../src/domain/code.ts'
import { doorsShowBy, mayHaveBeenTold, type ToTell, withheld } from '../../src/domain/lost-time.ts'
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
let devices: ToTell['devices'] = []
const isPerhaps = (kind: ToTell['kind'], ...codes: readonly Partial<Code>[]) =>
  mayHaveBeenTold(
    { channel: 'sms', kind, told, codes: codes.map(codeOf), ledger: [], devices, knownSince: before, now: after },
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

  it('waits until the doors have shown whether the code of a withdrawal is gone, for an hour at most', () => {
    const code = codeOf({ want: 'absent', evidence: 'planned', writtenAt: before, wantedSince: after })
    const showBy = (one: Partial<Code>, now = after) =>
      doorsShowBy({ kind: 'withdrawal', codes: [{ ...code, ...one }], now }, lost)
    expect(showBy({})).toBe(at('2026-07-08T12:11'))
    expect(showBy({ writtenAt: after, evidence: 'sent' })).toBeUndefined() // it was listed, and is being removed
    expect(showBy({ evidence: 'accepted' })).toBeUndefined() // found gone
    expect(showBy({}, at('2026-07-08T13:00'))).toBeUndefined() // nobody reaches the door
    expect(doorsShowBy({ kind: 'change', codes: [code], now: after }, lost)).toBeUndefined()

    devices = [{ id: code.deviceId, readAt: after }]
    expect(isPerhaps('withdrawal', code)).toBe(false)
    devices = [{ id: code.deviceId, readAt: at('2026-07-08T12:11') }] // read, and not told to remove it
    expect(isPerhaps('withdrawal', code)).toBe(true)
    devices = []
  })

  it('is found out by looking alone: a code that is not listed is not removed before a person has confirmed', () => {
    const code = codeOf({ want: 'absent', vendorRef: 'v' })
    const { confirmedAt: _none, ...open } = lost
    const steps = withheld([{ do: 'remove', code, vendorRef: 'v', because: 'unlisted' }], open, restoring)
    expect(steps).toMatchObject([{ do: 'wait', because: 'vanished' }])
  })
})
