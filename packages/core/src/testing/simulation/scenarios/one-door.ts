import { hour, minute } from '../plot.ts'
import { booked, june, juneDay, lock, door, quietHours, type Scenario, scenario } from './scenario.ts'

const later = (over: number) => over + quietHours

/** Stays that begin, change and end behind one door. */
export const oneDoor: readonly Scenario[] = [
  scenario({
    number: 1,
    title: 'booking made ten days ahead, stay, checkout',
    start: june(1, '08:00'),
    over: june(13, '09:40'),
    house: { rhythm: { poll: 6 * hour, sweepNear: 2 * hour, probe: 24 * hour } },
    scenes: [booked(june(1, '09:00'), 'S1', [11, 13])],
    expects: [
      { at: june(11, '12:59'), stay: 'S1', is: 'out' },
      { at: june(11, '13:00'), stay: 'S1', is: 'in' },
      { at: june(13, '09:29'), stay: 'S1', is: 'in' },
      { at: later(june(13, '09:40')), stay: 'S1', is: 'gone' },
    ],
  }),
  scenario({
    number: 2,
    title: 'booking made 20 minutes before check-in',
    start: june(1, '12:00'),
    over: june(2, '09:40'),
    scenes: [booked(june(1, '12:40'), 'S1', [1, 2])],
    expects: [
      { at: june(1, '13:00'), stay: 'S1', is: 'in' },
      { at: later(june(2, '09:40')), stay: 'S1', is: 'gone' },
    ],
  }),
  scenario({
    number: 3,
    title: 'cancelled before check-in; cancelled and restored',
    start: june(1, '08:00'),
    over: june(4, '14:00'),
    scenes: [
      booked(june(1, '09:00'), 'S1', [3, 4]),
      booked(june(1, '09:00'), 'S2', [4, 6]),
      { at: june(2, '10:00'), do: 'change', stay: 'S1', facts: { state: 'cancelled' } },
      { at: june(2, '16:00'), do: 'change', stay: 'S2', facts: { state: 'cancelled' } },
      { at: june(2, '20:00'), do: 'change', stay: 'S2', facts: { state: 'confirmed' } },
    ],
    expects: [
      { at: june(2, '10:15'), stay: 'S1', is: 'gone' },
      { at: june(2, '16:15'), stay: 'S2', is: 'gone' },
      { at: june(4, '13:00'), stay: 'S2', is: 'in' },
      { at: later(june(4, '14:00')), stay: 'S1', is: 'gone' },
      { at: later(june(4, '14:00')), stay: 'S2', is: 'in' },
    ],
  }),
  scenario({
    number: 4,
    title: 'extended during the stay; shortened during the stay',
    start: june(1, '08:00'),
    over: june(5, '09:40'),
    scenes: [
      booked(june(1, '09:00'), 'S1', [1, 2]),
      booked(june(1, '09:00'), 'S2', [3, 6]),
      { at: june(1, '18:00'), do: 'change', stay: 'S1', facts: { departure: juneDay(3) } },
      { at: june(4, '18:00'), do: 'change', stay: 'S2', facts: { departure: juneDay(5) } },
    ],
    expects: [
      { at: june(2, '20:00'), stay: 'S1', is: 'in' },
      { at: june(5, '09:29'), stay: 'S2', is: 'in' },
      { at: later(june(5, '09:40')), stay: 'S1', is: 'gone' },
      { at: later(june(5, '09:40')), stay: 'S2', is: 'gone' },
    ],
  }),
  scenario({
    number: 6,
    title: 'back-to-back stays, same door, PIN pool nearly used up',
    start: june(1, '08:00'),
    over: june(4, '14:00'),
    house: { locks: [{ ...lock, pinLength: 4, digits: '357' }], doors: [door(0, { foreign: crowded() })] },
    scenes: [
      booked(june(1, '09:00'), 'S1', [1, 2]),
      booked(june(1, '09:00'), 'S2', [2, 3]),
      booked(june(2, '09:00'), 'S3', [3, 4]),
      booked(june(3, '09:00'), 'S4', [4, 5]),
    ],
    expects: [
      { at: june(2, '09:29'), stay: 'S1', is: 'in' },
      { at: june(2, '13:00'), stay: 'S2', is: 'in' },
      { at: june(3, '13:00'), stay: 'S3', is: 'in' },
      { at: june(4, '13:00'), stay: 'S4', is: 'in' },
      { at: later(june(4, '14:00')), stay: 'S1', is: 'gone' },
      { at: later(june(4, '14:00')), stay: 'S4', is: 'in' },
    ],
  }),
  scenario({
    number: 8,
    title: 'lock offline from 30 hours before to 2 hours after check-in, then back',
    start: june(1, '06:00'),
    over: june(3, '09:40'),
    scenes: [
      { at: june(1, '07:00'), do: 'offline', until: june(2, '15:00'), door: 0, fault: 'V1' },
      booked(june(2, '02:00'), 'S1', [2, 3]),
    ],
    expects: [
      { at: june(2, '13:00'), stay: 'S1', is: 'raised' },
      { at: june(2, '15:00') + hour, stay: 'S1', is: 'in' },
      { at: later(june(3, '09:40')), stay: 'S1', is: 'gone' },
    ],
  }),
  scenario({
    number: 10,
    title: 'two hubs, one freezes in a write and wakes after its lease',
    start: june(1, '08:00'),
    over: june(2, '16:00'),
    hubs: 2,
    scenes: [
      { at: june(1, '09:00'), do: 'freeze-in', until: june(1, '09:00') + minute, call: 'writeCode' },
      booked(june(1, '09:00'), 'S1', [2, 3]),
    ],
    expects: [
      { at: june(2, '13:00'), stay: 'S1', is: 'in' },
      { at: later(june(2, '16:00')), stay: 'S1', is: 'in' },
    ],
  }),
  scenario({
    number: 11,
    title: 'message accepted but unknown; contact corrected meanwhile; second channel',
    start: june(1, '08:00'),
    over: june(2, '16:00'),
    house: { channels: 'both', mode: 'fallback' },
    scenes: [
      {
        at: june(1, '08:30'),
        do: 'weather',
        until: june(1, '09:30'),
        fault: 'timeout-after',
        where: 'sms',
        call: 'send',
        as: 'timeout-after',
        share: 1,
        times: 1,
      },
      booked(june(1, '09:00'), 'S1', [2, 3]),
      { at: june(1, '09:00'), do: 'change', stay: 'S1', facts: { phone: '2001' }, uponSend: june(1, '12:00') },
    ],
    expects: [
      { at: june(2, '13:00'), stay: 'S1', is: 'in' },
      { at: june(2, '13:00'), stay: 'S1', is: 'told again' },
      { at: later(june(2, '16:00')), stay: 'S1', is: 'in' },
    ],
  }),
]

/** Cleaners' codes that leave a handful of all PINs of four digits out of three. */
function crowded(): readonly string[] {
  const all = Array.from({ length: 81 }, (_, index) =>
    [27, 9, 3, 1].map((place) => '357'.charAt(Math.floor(index / place) % 3)).join(''),
  )
  const free = new Set(['3573', '5375', '7357', '3753', '5735', '7537'])
  return all.filter((pin) => !free.has(pin))
}
