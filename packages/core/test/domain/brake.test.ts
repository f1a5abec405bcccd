import { describe, expect, it } from 'vitest'
import { listName, type LossInput, lossOf, takenUp, weighLoss } from '../../src/domain/brake.ts'
import type { GrantPlan } from '../../src/domain/plan-grants.ts'
import { at, codeOf, later, loftPath } from './house.ts'

const now = at('2026-07-11T12:00')
const window = { from: at('2026-07-10T13:00'), until: at('2026-07-14T09:30') }
const ended: GrantPlan = {
  status: 'ended',
  cause: 'cancelled',
  reason: { code: 'booking-cancelled', text: 't', remedy: 'r' },
}
const granted = (span = window): GrantPlan => ({
  status: 'granted',
  grant: { bookingId: 'b1', unitId: 'u', path: loftPath, window: span, bookingVersion: 1 },
})
const sent = codeOf({ evidence: 'confirmed', writtenAt: at('2026-07-08T09:00'), window })
const close = [{ codeId: 'k1', cause: 'cancelled' as const }]

describe('a loss', () => {
  it('is a code that was sent and whose window is not over', () => {
    expect(lossOf(ended, { close, rewindow: [] }, [sent], now)).toEqual({ codeIds: ['k1'], whole: true })
    expect(lossOf(ended, { close, rewindow: [] }, [sent], window.until)).toBeUndefined()
    expect(lossOf(ended, { close, rewindow: [] }, [codeOf({ window })], now)).toBeUndefined()
    expect(lossOf(granted(), { close: [], rewindow: [] }, [sent], now)).toBeUndefined()
  })

  it('is only a part where the guest has another door', () => {
    expect(lossOf(granted(), { close, rewindow: [] }, [sent], now)).toEqual({ codeIds: ['k1'], whole: false })
  })

  it('is whole where other dates leave nothing of the old ones, and none where they are only moved', () => {
    const to = (from: number, until: number) => ({
      close: [],
      rewindow: [{ codeId: 'k1', window: { from: later(window.from, from), until: later(window.until, until) } }],
    })
    const year = 525_600
    expect(lossOf(granted(), to(year, year), [sent], now)).toEqual({ codeIds: ['k1'], whole: true })
    expect(lossOf(granted(), to(0, -2 * 1440), [sent], now)).toBeUndefined()
    expect(lossOf(granted(), to(0, -3 * 1440), [sent], now)).toEqual({ codeIds: ['k1'], whole: true }) // gone already
  })
})

describe('weighing a loss', () => {
  const weigh = (input: Partial<LossInput>) =>
    weighLoss({ bookingVersion: 2, isPulled: false, groups: [{ standing: 2, lost: 0 }], now, ...input })
  const own = (state: 'counted' | 'held' | 'approved' | 'refused', bookingVersion = 2) => ({
    own: { state, bookingVersion, at: later(now, -30) },
  })

  it('allows three, or a fifth', () => {
    expect(weigh({ groups: [{ standing: 1, lost: 2 }] })).toBe('clear')
    expect(weigh({ groups: [{ standing: 1, lost: 3 }] })).toBe('held')
    expect(weigh({ groups: [{ standing: 41, lost: 9 }] })).toBe('clear')
    expect(weigh({ groups: [{ standing: 40, lost: 10 }] })).toBe('held')
    expect(
      weigh({
        groups: [
          { standing: 90, lost: 4 },
          { standing: 1, lost: 4 },
        ],
      }),
    ).toBe('held') // one of its groups is enough
  })

  it('follows a person’s word about this version, and no other', () => {
    const full = { isPulled: true, groups: [{ standing: 0, lost: 9 }] }
    expect(weigh({ ...full, ...own('approved') })).toBe('clear')
    expect(weigh({ ...full, ...own('approved', 1) })).toBe('held')
    expect(weigh({ ...own('refused') })).toBe('refused')
    expect(weigh({ ...own('refused', 1) })).toBe('clear')
    expect(weigh({ ...full, ...own('counted') })).toBe('clear') // was let through, and is not yet written down
  })

  it('lets nothing through while a list waits', () => {
    expect(weigh({ isPulled: true })).toBe('held')
  })
})

describe('what may be told', () => {
  it('is no end that the codes do not show yet', () => {
    expect(takenUp(ended, [sent], now).status).toBe('held')
    expect(takenUp(ended, [{ ...sent, want: 'absent' }], now)).toBe(ended)
    expect(takenUp(ended, [], now)).toBe(ended)
    const next = { from: later(window.until, 1440), until: later(window.until, 2880) }
    expect(takenUp(granted(next), [sent], now).status).toBe('held')
    expect(takenUp(granted(next), [{ ...sent, deviceId: 'left' }], now).status).toBe('granted')
    expect(takenUp(granted(), [sent], now).status).toBe('granted')
  })
})

it('names a list by what is on it, in any order', () => {
  const stays = [
    { bookingId: 'a', bookingVersion: 1 },
    { bookingId: 'b', bookingVersion: 1 },
  ]
  expect(listName('c', stays)).toBe(listName('c', stays.toReversed()))
  const others = [
    listName('d', stays),
    listName('c', stays.slice(1)),
    listName('c', [{ bookingId: 'a', bookingVersion: 12 }]),
  ]
  expect(new Set([listName('c', stays), ...others]).size).toBe(4)
  const [first, ...rest] = stays
  const changed = first ? [{ ...first, bookingVersion: first.bookingVersion + 1 }, ...rest] : []
  expect(listName('c', changed)).not.toBe(listName('c', stays)) // the same stays, one of them changed since
})
