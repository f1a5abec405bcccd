import { describe, expect, it } from 'vitest'
import type { Stay } from '../../torture/people.ts'
import { type Evidence, judge } from '../../torture/verdict.ts'
import type { Call } from '../../torture/witness.ts'

const flat = { name: 'Flat 3', lock: 7103, keypad: '7103/Kp7103test', unitRef: '700203', street: true } as const
const stay: Stay = { ref: '901', phone: '33639980100', flat, departure: '2026-11-25', cancelled: false, changes: 0 }
const doors = '1. Street door: 124821 (then push)\n2. Flat 3: 4821'
const text = `Hello Gast0100, your way into Flat 3, Quai House, from Sun 22 Nov, 15:00 until Wed 25 Nov, 11:00:\n${doors}`
const gone = 'Your booking of Flat 3, Quai House, is cancelled. The door code we sent you no longer works.'
const sent = (at: number, more: Partial<Call> = {}): Call => ({
  what: 'sms',
  subject: stay.phone,
  slot: 1,
  at,
  doneAt: at + 5,
  ...more,
})

/** A night in which all went well, but for what is given. */
function evidence(
  changes: Partial<Evidence['observed']> = {},
  rest: Partial<Omit<Evidence, 'observed'>> = {},
): Evidence {
  return {
    observed: {
      stays: [stay],
      street: '7001/Kp7xQ2Za',
      held: ['7001/Kp7xQ2Za', flat.keypad].map((keypad) => ({
        keypad,
        pin: '4821',
        until: '2026-11-25T10:30:00.000Z',
      })),
      texts: { [stay.phone]: [{ text, at: 1000 }] },
      letters: { [stay.ref]: [{ text, at: 1000 }] },
      calls: [sent(998)],
      acknowledged: ['a'],
      waiting: 0,
      counts: { acknowledged: 1, refused: 0, lostAnswers: 0, tries: 1 },
      done: { bookings: 1, changes: 0, moves: 0, cancellations: 0 },
      vendorCalls: 9,
      faults: {},
      ...changes,
    },
    records: { stored: new Set(['a']), handedOver: new Set(), busy: [], looks: 5 },
    kills: [],
    outages: [],
    ...rest,
  }
}

const well = { lost: [], unaccountedDuplicates: [], stuckKeys: [], explainedDuplicates: 0, handedOver: 0 }

describe('the verdict', () => {
  it('has nothing to say of a night in which all went well', () => {
    expect(judge(evidence())).toEqual(well)
  })

  it('misses an acknowledged webhook that is not stored', () => {
    expect(judge(evidence({ acknowledged: ['a', 'b'] })).lost).toHaveLength(1)
  })

  it('misses a code on any keypad of the path, and one that ends with another day', () => {
    const { held } = evidence().observed
    expect(judge(evidence({ held: held.slice(1) })).lost).toEqual([
      'Booking 901: no code that opens 7001/Kp7xQ2Za until its end.',
    ])
    const short = held.map((code) => ({ ...code, until: '2026-11-24T10:30:00.000Z' }))
    expect(judge(evidence({ held: short })).lost).toHaveLength(4) // two are missing, two are left over
  })

  it('misses a message, unless it was given to a person', () => {
    const untold = { letters: {} }
    expect(judge(evidence(untold)).lost).toEqual(['Booking 901, Flat 3: the newest letter does not say so.'])
    const records = { ...evidence().records, handedOver: new Set(['901 letter']) }
    expect(judge(evidence(untold, { records }))).toEqual({ ...well, handedOver: 1 })
  })

  it('wants a cancelled stay gone from the doors, and its guest told', () => {
    const stays = [{ ...stay, cancelled: true }]
    expect(judge(evidence({ stays })).lost).toHaveLength(4)
    const told = [{ text: gone, at: 2000 }]
    expect(judge(evidence({ stays, held: [], texts: { [stay.phone]: told }, letters: { 901: told } }))).toEqual(well)
  })

  it('takes a doubled message only with a reason', () => {
    const texts = {
      [stay.phone]: [
        { text, at: 1000 },
        { text, at: 9000 },
      ],
    }
    const calls = [sent(998), sent(8998)]
    expect(judge(evidence({ texts, calls })).unaccountedDuplicates).toHaveLength(1)
    const kill = (slot: number, at: number) => judge(evidence({ texts, calls }, { kills: [{ slot, at }] }))
    expect(kill(1, 1500)).toEqual({ ...well, explainedDuplicates: 1 })
    expect(kill(2, 1500).unaccountedDuplicates).toHaveLength(1) // another process
    expect(kill(1, 5000).unaccountedDuplicates).toHaveLength(1) // long after
    const cut = [sent(998, { fault: 'cut off after the work' }), sent(8998)]
    expect(judge(evidence({ texts, calls: cut }))).toEqual({ ...well, explainedDuplicates: 1 })
  })

  it('takes no third copy, whatever the reason', () => {
    const texts = { [stay.phone]: [1000, 9000, 17_000].map((at) => ({ text, at })) }
    const calls = [998, 8998, 16_998].map((at) => sent(at, { fault: '502 after the work' }))
    expect(judge(evidence({ texts, calls })).unaccountedDuplicates).toHaveLength(1)
  })

  it('takes no code that was made again although the first answer had come', () => {
    const made = (at: number, more: Partial<Call> = {}) =>
      sent(at, { what: 'code', subject: '7103 swABCDEFGHJKMN', ...more })
    expect(judge(evidence({ calls: [made(10), made(20_000, { again: true })] })).unaccountedDuplicates).toHaveLength(1)
    const cut = made(10, { fault: 'cut off after the work' })
    expect(judge(evidence({ calls: [cut, made(20_000, { again: true })] })).explainedDuplicates).toBe(1)
  })

  it('finds keys that are due and not taken, or fail again and again', () => {
    const key = { kind: 'device', key: 'd', late: 1, attempt: 0, error: null }
    const busy = [key, { ...key, late: 25 }, { ...key, late: -20, attempt: 3, error: 'refused: no' }]
    expect(judge(evidence({}, { records: { ...evidence().records, busy } })).stuckKeys).toHaveLength(2)
  })
})
