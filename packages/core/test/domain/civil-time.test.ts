import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { instantOf, millisecondsOf } from '../../src/domain/instant.ts'
import { everyChange, instantsShowing, zones } from './clock-changes.ts'

/** Node 26 has Temporal; Node 22, which published packages also run on, uses the polyfill's own. Both have to agree. */
const native = await import('../../src/domain/civil-time.ts')
vi.resetModules()
vi.doMock('temporal-polyfill', () => import('temporal-polyfill/implementation'))
const polyfilled = await import('../../src/domain/civil-time.ts')

/** Zone, reading, instant as a start, instant as an end (`same` when the reading comes exactly once). */
const table: readonly (readonly [why: string, zone: string, reading: string, start: string, end: string])[] = [
  ['summer', 'Europe/Berlin', '2026-07-10 15:00', '2026-07-10T13:00', 'same'],
  ['winter', 'Europe/Berlin', '2026-01-10 15:00', '2026-01-10T14:00', 'same'],
  ['last minute before spring', 'Europe/Paris', '2026-03-29 01:59', '2026-03-29T00:59', 'same'],
  ['spring gap begins', 'Europe/Paris', '2026-03-29 02:00', '2026-03-29T01:00', '2026-03-29T01:00'],
  ['spring gap', 'Europe/Paris', '2026-03-29 02:30', '2026-03-29T01:00', '2026-03-29T01:30'],
  ['first minute after spring', 'Europe/Paris', '2026-03-29 03:00', '2026-03-29T01:00', 'same'],
  ['autumn fold', 'Europe/Paris', '2026-10-25 02:30', '2026-10-25T00:30', '2026-10-25T01:30'],
  ['first minute after autumn', 'Europe/Paris', '2026-10-25 03:00', '2026-10-25T02:00', 'same'],
  ['gap', 'America/New_York', '2026-03-08 02:15', '2026-03-08T07:00', '2026-03-08T07:15'],
  ['fold', 'America/New_York', '2026-11-01 01:15', '2026-11-01T05:15', '2026-11-01T06:15'],
  ['gap of half an hour', 'Australia/Lord_Howe', '2026-10-04 02:10', '2026-10-03T15:30', '2026-10-03T15:40'],
  ['fold of half an hour', 'Australia/Lord_Howe', '2026-04-05 01:45', '2026-04-04T14:45', '2026-04-04T15:15'],
  ['gap at +12:45', 'Pacific/Chatham', '2026-09-27 03:00', '2026-09-26T14:00', '2026-09-26T14:15'],
  ['fold at +13:45', 'Pacific/Chatham', '2026-04-05 03:00', '2026-04-04T13:15', '2026-04-04T14:15'],
  ['fold as Ramadan begins', 'Africa/Casablanca', '2026-02-15 02:30', '2026-02-15T01:30', '2026-02-15T02:30'],
  ['gap as Ramadan ends', 'Africa/Casablanca', '2026-03-22 02:30', '2026-03-22T02:00', '2026-03-22T02:30'],
  ['gap', 'America/St_Johns', '2026-03-08 02:30', '2026-03-08T05:30', '2026-03-08T06:00'],
  ['gap of one minute past midnight', 'America/St_Johns', '2007-03-11 00:30', '2007-03-11T03:31', '2007-03-11T04:00'],
  ['never changes, +05:45', 'Asia/Kathmandu', '2026-03-29 02:30', '2026-03-28T20:45', 'same'],
  ['a day that never was', 'Pacific/Apia', '2011-12-30 15:00', '2011-12-30T10:00', '2011-12-31T01:00'],
  ['the day before it', 'Pacific/Apia', '2011-12-29 23:59', '2011-12-30T09:59', 'same'],
  ['the day after it', 'Pacific/Apia', '2011-12-31 00:00', '2011-12-30T10:00', 'same'],
  ['winter is the saving', 'Europe/Dublin', '2026-10-25 01:30', '2026-10-25T00:30', '2026-10-25T01:30'],
  ['gap', 'Europe/Dublin', '2026-03-29 01:30', '2026-03-29T01:00', '2026-03-29T01:30'],
  ['two hours at once, gap', 'Antarctica/Troll', '2026-03-29 01:30', '2026-03-29T01:00', '2026-03-29T01:30'],
  [
    'two hours at once, later in the gap',
    'Antarctica/Troll',
    '2026-03-29 02:59',
    '2026-03-29T01:00',
    '2026-03-29T02:59',
  ],
  ['two hours at once, fold', 'Antarctica/Troll', '2026-10-25 01:30', '2026-10-24T23:30', '2026-10-25T01:30'],
  ['leap day', 'Europe/Paris', '2028-02-29 11:00', '2028-02-29T10:00', 'same'],
  ['year end', 'Europe/Paris', '2026-12-31 23:30', '2026-12-31T22:30', 'same'],
  ['check-in at 00:00', 'Europe/Paris', '2027-01-01 00:00', '2026-12-31T23:00', 'same'],
  ['checkout at 24:00', 'Europe/Paris', '2026-12-31 24:00', '2026-12-31T23:00', 'same'],
  ['24:00 before a leap day', 'Europe/Paris', '2028-02-28 24:00', '2028-02-28T23:00', 'same'],
  ['24:00 into a skipped midnight', 'Africa/Cairo', '2026-04-23 24:00', '2026-04-23T22:00', '2026-04-23T22:00'],
  ['24:00 into a doubled midnight', 'America/Havana', '2026-10-31 24:00', '2026-11-01T04:00', '2026-11-01T05:00'],
]

const readings = fc.record({
  date: fc
    .date({ min: new Date('2000-01-02'), max: new Date('2040-12-30'), noInvalidDate: true })
    .map((day) => day.toISOString().slice(0, 10)),
  time: fc.integer({ min: 0, max: 1439 }).map((m) => clock(m)),
})
const instants = fc
  .integer({ min: Date.parse('2000-01-02') / 60_000, max: Date.parse('2040-12-30') / 60_000 })
  .map((minute) => minute * 60_000)
const someZone = fc.constantFrom(...zones)
const edge = fc.constantFrom('start', 'end')

function clock(minute: number): string {
  return new Date(minute * 60_000).toISOString().slice(11, 16)
}

describe.each([
  ["the runtime's Temporal", native, undefined, 12_000 * 5],
  ["the polyfill's own", polyfilled, zones, 1200 * 5],
] as const)('civil time with %s', (_name, { addDays, civilAt, instantAt, isZone, nightsBetween }, among, most) => {
  it.each(table)('%s: %s %s', (_why, zone, reading, start, end) => {
    const [date = '', time = ''] = reading.split(' ')
    expect(instantAt({ date, time }, zone, 'start')).toBe(`${start}:00.000Z`)
    expect(instantAt({ date, time }, zone, 'end')).toBe(`${end === 'same' ? start : end}:00.000Z`)
  })

  it('gives back what it was given, for readings that come exactly once', () => {
    fc.assert(
      fc.property(readings, someZone, (civil, zone) => {
        const [start, end] = [instantAt(civil, zone, 'start'), instantAt(civil, zone, 'end')]
        if (start === end && instantsShowing(civil, zone).length === 1) expect(civilAt(start, zone)).toEqual(civil)
        expect(start <= end).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })

  it('shows every instant as a reading whose start and end enclose it', () => {
    fc.assert(
      fc.property(instants, someZone, (at, zone) => {
        const civil = civilAt(instantOf(at), zone)
        expect(instantAt(civil, zone, 'start') <= instantOf(at)).toBe(true)
        expect(instantAt(civil, zone, 'end') >= instantOf(at)).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })

  it('never goes back when the reading goes on', () => {
    fc.assert(
      fc.property(readings, readings, someZone, edge, (one, other, zone, side) => {
        const [first, second] = `${one.date}${one.time}` <= `${other.date}${other.time}` ? [one, other] : [other, one]
        expect(instantAt(first, zone, side) <= instantAt(second, zone, side)).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })

  it('obeys the rule at every clock change of every zone from 2000 to 2040', { timeout: 60_000 }, () => {
    let changes = 0
    const wrong: string[] = []
    for (const { zone, civil } of everyChange(among)) {
      changes += 1
      const showing = instantsShowing(civil, zone)
      const [start, end] = [instantAt(civil, zone, 'start'), instantAt(civil, zone, 'end')].map(millisecondsOf)
      if (showing.length > 0 && (start !== Math.min(...showing) || end !== Math.max(...showing))) {
        wrong.push(`${zone} ${civil.date} ${civil.time}`)
      }
      // Skipped: nothing shows it, the start is the change itself, and the end is shown later than the reading.
      if (
        showing.length === 0 &&
        !(isChange(start, zone) && (end ?? 0) >= (start ?? 0) && shownAfter(end, civil, zone))
      ) {
        wrong.push(`${zone} ${civil.date} ${civil.time} (skipped)`)
      }
    }
    expect(wrong).toEqual([])
    expect(changes).toBeGreaterThan(most)
  })

  it('counts days on the calendar, across clock changes and leap days', () => {
    expect(nightsBetween('2026-03-28', '2026-03-30')).toBe(2)
    expect(nightsBetween('2026-10-24', '2026-10-26')).toBe(2)
    expect(nightsBetween('2028-02-28', '2028-03-01')).toBe(2)
    expect(nightsBetween('2026-12-31', '2027-01-01')).toBe(1)
    expect(nightsBetween('2026-07-10', '2026-07-10')).toBe(0)
    expect(nightsBetween('2026-07-11', '2026-07-10')).toBe(-1)
    expect(addDays('2028-02-28', 1)).toBe('2028-02-29')
    expect(addDays('2027-01-01', -1)).toBe('2026-12-31')
    fc.assert(
      fc.property(readings, fc.integer({ min: -400, max: 400 }), ({ date }, days) => {
        expect(nightsBetween(date, addDays(date, days))).toBe(days)
      }),
    )
  })

  it('knows zones by name, and takes nothing else for one', () => {
    for (const zone of zones) expect(isZone(zone), zone).toBe(true)
    for (const zone of ['UTC', 'Etc/GMT+1']) expect(isZone(zone), zone).toBe(true)
    const none = [
      '',
      ' ',
      '+01:00',
      '-0330',
      'Z',
      'Europe/Atlantis',
      'Europe/',
      'Mars',
      '2026-07-10T15:00Z[Europe/Paris]',
    ]
    for (const text of none) expect(isZone(text), text).toBe(false)
  })

  it('refuses a date, time or zone that does not exist instead of guessing', () => {
    expect(() => instantAt({ date: '2026-02-29', time: '15:00' }, 'Europe/Paris', 'start')).toThrow(/2026-02-29/)
    expect(() => instantAt({ date: '2026-02-28', time: '3pm' }, 'Europe/Paris', 'start')).toThrow(/3pm/)
    expect(() => instantAt({ date: '2026-02-28', time: '15:00' }, 'Europe/Atlantis', 'start')).toThrow(RangeError)
    expect(() => addDays('9999-12-31', 1)).toThrow(/four-digit/)
  })
})

function isChange(at: number | undefined, zone: string): boolean {
  if (at === undefined) return false
  const before = Temporal.Instant.fromEpochMilliseconds(at - 60_000).toZonedDateTimeISO(zone)
  return before.getTimeZoneTransition('next')?.epochMilliseconds === at
}

function shownAfter(at: number | undefined, civil: { date: string; time: string }, zone: string): boolean {
  if (at === undefined) return false
  const shown = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDateTime()
  return Temporal.PlainDateTime.compare(shown, `${civil.date}T${civil.time}`) > 0
}

describe('dates and times as text', () => {
  const { isCivilDate, isCivilTime, parseCivilTime } = native

  it('takes days of the calendar only', () => {
    for (const date of ['2026-07-10', '2028-02-29', '2000-02-29', '2026-12-31'])
      expect(isCivilDate(date), date).toBe(true)
    const none = [
      '2026-02-29',
      '1900-02-29',
      '2026-02-30',
      '2026-04-31',
      '2026-13-01',
      '2026-00-10',
      '2026-07-00',
      '0000-00-00',
    ]
    const other = ['', '2026-7-10', '10.07.2026', '2026-07-10T15:00', ' 2026-07-10', '+002026-07-10', '2026-07-1O']
    for (const text of [...none, ...other]) expect(isCivilDate(text), text).toBe(false)
  })

  it.each([
    ['15:00', '15:00'],
    ['15:00:59', '15:00'],
    ['15:00:00.000', '15:00'],
    ['9:05', '09:05'],
    [' 00:00 ', '00:00'],
    ['24:00', '24:00'],
    ['24:00:00', '24:00'],
    ['3pm', '15:00'],
    ['3 PM', '15:00'],
    ['3:30 p.m.', '15:30'],
    ['12 am', '00:00'],
    ['12:15pm', '12:15'],
  ])('reads %s as %s', (text, time) => {
    expect(parseCivilTime(text)).toBe(time)
    expect(isCivilTime(time)).toBe(true)
  })

  it.each([
    '',
    '15',
    '1500',
    '24:01',
    '25:00',
    '15:60',
    '15:0',
    '13pm',
    '0 am',
    '15:00 pm',
    '-1:00',
    'noon',
    '15:00+02:00',
    '15h',
  ])('finds no time in "%s"', (text) => {
    expect(parseCivilTime(text)).toBeUndefined()
  })
})
