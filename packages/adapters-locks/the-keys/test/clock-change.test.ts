import { type AccessWindow, instantOf, millisecondsOf, plus } from '@stayward/core/adapter'
import { instant } from '@stayward/core/testing'
import { describe, expect, it } from 'vitest'
import { formOf, observedOf } from '../src/share-form.ts'
import { firstInstantOf, isZone, lastInstantOf, wallTimeAt } from '../src/wall-clock.ts'
import { guestCode, kept, open, ours, written } from './words.ts'

/** What the cloud lists after it has taken a form. */
function listed(form: string) {
  const field = (name: string) => new URLSearchParams(form).get(`partage_accessoire${name}`)
  const time = (name: string) => ({ hour: field(`[${name}][hour]`), minute: field(`[${name}][minute]`) })
  return {
    id: '1',
    keypadId: 'Kp7xQ2Za',
    keypadName: '',
    name: '',
    description: field('[description]'),
    fromDate: field('[date_debut]'),
    fromTime: time('heure_debut'),
    untilDate: field('[date_fin]'),
    untilTime: time('heure_fin'),
  }
}

/** The window after one trip to the cloud and back. */
function returned(window: AccessWindow, zone: string) {
  return observedOf(listed(formOf(guestCode({ window }), zone)), zone).window
}

describe('a code we wrote never shows drift', () => {
  const nights = [
    ['Europe/Paris', 'the night of March', '2026-03-28T22:00:00Z'],
    ['Europe/Paris', 'the night of October', '2026-10-24T21:00:00Z'],
    ['Australia/Lord_Howe', 'a change of half an hour', '2026-04-04T12:00:00Z'],
    ['America/St_Johns', 'an odd offset', '2026-11-01T01:00:00Z'],
    ['Africa/Casablanca', 'the end of Ramadan', '2026-03-21T23:00:00Z'],
  ] as const
  it.each(nights)('%s, %s: every minute as start and as end', (zone, _, evening) => {
    const first = instant(evening)
    for (let minutes = 0; minutes < 8 * 60; minutes++) {
      const at = plus(first, minutes * 60_000)
      const asStart = { from: at, until: plus(at, 86_400_000) }
      const asEnd = { from: plus(at, -86_400_000), until: at }
      expect(returned(asStart, zone)).toEqual(asStart)
      expect(returned(asEnd, zone)).toEqual(asEnd)
    }
  })

  it('through the cloud, in the hour that comes twice, from the second and until the first', async () => {
    const { provider, vendor } = open({ at: '2026-10-20T08:00:00Z' })
    const window = { from: instant('2026-10-24T13:00:00Z'), until: instant('2026-10-25T00:30:00Z') }
    const ref = await written(provider, guestCode({ window }))
    expect(kept(vendor, ref)).toMatchObject({ date_fin: '2026-10-25', heure_fin: { hour: '2', minute: '30' } })
    expect((await ours(provider))?.window).toEqual(window)
    const second = { from: instant('2026-10-25T01:30:00Z'), until: instant('2026-10-26T09:00:00Z') }
    await provider.writeCode('7001/Kp7xQ2Za', guestCode({ window: second, vendorRef: ref }), {
      signal: new AbortController().signal,
    })
    expect((await ours(provider))?.window).toEqual(second)
  })

  it('says which of the two it meant only where there are two', () => {
    const description = (window: AccessWindow) => listed(formOf(guestCode({ window }), 'Europe/Paris')).description
    expect(description({ from: instant('2026-05-01T13:00:00Z'), until: instant('2026-05-03T10:00:00Z') })).toBe(
      'sw0a1b2c3d4e5f',
    )
    expect(description({ from: instant('2026-10-25T00:30:00Z'), until: instant('2026-10-25T01:30:00Z') })).toBe(
      'sw0a1b2c3d4e5f',
    )
    expect(description({ from: instant('2026-10-25T01:30:00Z'), until: instant('2026-10-26T01:30:00Z') })).toBe(
      'sw0a1b2c3d4e5f from=later',
    )
    expect(description({ from: instant('2026-10-24T01:30:00Z'), until: instant('2026-10-25T00:30:00Z') })).toBe(
      'sw0a1b2c3d4e5f until=earlier',
    )
  })

  it('and a time that somebody moved by hand is read as it stands now', async () => {
    const { provider, vendor } = open({ at: '2026-10-20T08:00:00Z' })
    const window = { from: instant('2026-10-24T13:00:00Z'), until: instant('2026-10-25T00:30:00Z') }
    const ref = await written(provider, guestCode({ window }))
    vendor.editByHand(ref, (share) => {
      share.heure_fin = { hour: '11', minute: '0' }
    })
    expect((await ours(provider))?.window).toEqual({ from: window.from, until: instant('2026-10-25T10:00:00Z') })
  })

  it('seconds are rounded outwards', () => {
    const window = { from: instant('2026-05-01T13:00:59.999Z'), until: instant('2026-05-03T10:00:00.001Z') }
    expect(returned(window, 'Europe/Paris')).toEqual({
      from: instant('2026-05-01T13:00:00Z'),
      until: instant('2026-05-03T10:01:00Z'),
    })
  })
})

describe('wall times of other people in Europe/Paris', () => {
  const wall = (date: string, hour: number, minute = 0) => ({ date, minutes: hour * 60 + minute })
  it('that the night of March leaves out: a start is the change, an end is as long after it', () => {
    expect(firstInstantOf(wall('2026-03-29', 2, 30), 'Europe/Paris')).toBe('2026-03-29T01:00:00.000Z')
    expect(lastInstantOf(wall('2026-03-29', 2, 30), 'Europe/Paris')).toBe('2026-03-29T01:30:00.000Z')
  })
  it('that the night of October shows twice: the wider window', () => {
    expect(firstInstantOf(wall('2026-10-25', 2, 30), 'Europe/Paris')).toBe('2026-10-25T00:30:00.000Z')
    expect(lastInstantOf(wall('2026-10-25', 2, 30), 'Europe/Paris')).toBe('2026-10-25T01:30:00.000Z')
  })
  it('of every other time of the year stand for one instant, the same by either reading', () => {
    for (let hours = 0; hours < 24 * 365; hours += 5) {
      const at = instantOf(Date.UTC(2026, 0, 1) + hours * 3_600_000)
      if (at === '2026-10-25T00:00:00.000Z' || at === '2026-10-25T01:00:00.000Z') continue
      const shown = wallTimeAt(at, 'Europe/Paris')
      expect(firstInstantOf(shown, 'Europe/Paris')).toBe(at)
      expect(lastInstantOf(shown, 'Europe/Paris')).toBe(at)
    }
  })
  it('of a day that a zone skipped whole fall on the moment it did', () => {
    expect(firstInstantOf(wall('2011-12-30', 12), 'Pacific/Apia')).toBe('2011-12-30T10:00:00.000Z')
    expect(millisecondsOf(lastInstantOf(wall('2011-12-30', 12), 'Pacific/Apia'))).toBe(
      Date.parse('2011-12-30T22:00:00Z'),
    )
  })
})

it.each([
  ['Europe/Paris', true],
  ['UTC', true],
  ['America/Argentina/Buenos_Aires', true],
  ['Paris', false],
  ['+01:00', false],
  ['', false],
])('"%s" is a zone: %s', (name, is) => expect(isZone(name)).toBe(is))
