import type { Instant } from '@stayward/core/adapter'
import { expect, it } from 'vitest'
import { addDays, berlinDate, civilDate, instantInBerlin } from '../src/berlin-time.ts'

it.each([
  ['2026-07-01 12:34', '2026-07-01T10:34:00.000Z'],
  ['2026-01-15 12:34:56', '2026-01-15T11:34:56.000Z'],
  ['2026-07-01T00:10:00', '2026-06-30T22:10:00.000Z'],
  ['2026-07-01 12:34:56+00:00', '2026-07-01T12:34:56.000Z'],
  ['2026-07-01T12:34:56Z', '2026-07-01T12:34:56.000Z'],
  // The night of spring: 02:00 to 03:00 does not exist; the reading one hour on is taken.
  ['2026-03-29 01:59:59', '2026-03-29T00:59:59.000Z'],
  ['2026-03-29 02:30', '2026-03-29T01:30:00.000Z'],
  ['2026-03-29 03:00', '2026-03-29T01:00:00.000Z'],
  // The night of autumn: 02:00 to 03:00 comes twice; the first is taken.
  ['2026-10-25 02:30', '2026-10-25T00:30:00.000Z'],
  ['2026-10-25 03:00', '2026-10-25T02:00:00.000Z'],
])('reads %s', (text, instant) => {
  expect(instantInBerlin(text)).toBe(instant)
})

it.each([
  '',
  'yesterday',
  '2026-02-30 10:00',
  '2026-07-01',
  '2026-07-01 24:00',
  '2026-07-01 10:60',
  '01.07.2026 10:00',
])('reads no time in "%s"', (text) => expect(instantInBerlin(text)).toBeUndefined())

it.each([
  ['2026-07-01T21:59:59.000Z', '2026-07-01'],
  ['2026-07-01T22:00:00.000Z', '2026-07-02'],
  ['2026-01-15T22:59:59.000Z', '2026-01-15'],
  ['2026-12-31T23:00:00.000Z', '2027-01-01'],
  ['2026-03-29T00:59:59.000Z', '2026-03-29'],
  ['2026-10-24T22:00:00.000Z', '2026-10-25'],
])('at %s it is %s in Berlin', (instant, date) => {
  expect(berlinDate(instant as Instant)).toBe(date) // has the shape
})

it('knows the days that exist', () => {
  for (const day of ['2026-02-28', '2028-02-29', '2026-12-31']) expect(civilDate(day)).toBe(day)
  for (const none of ['2026-02-29', '2026-02-30', '2026-13-01', '2026-00-10', '', 'soon', '2026-7-1', '2026-07-01 '])
    expect(civilDate(none), none).toBeUndefined()
  expect(addDays('2026-03-01', -1)).toBe('2026-02-28')
  expect(addDays('2026-12-31', 2)).toBe('2027-01-02')
})
