import { hour } from '../plot.ts'
import { booked, door, june, lock, quietHours, type Scenario, scenario } from './scenario.ts'

const later = (over: number) => over + quietHours

/** Stays whose way leads through several doors, or from one to another. */
export const moreDoors: readonly Scenario[] = [
  scenario({
    number: 5,
    title: 'moved to another unit before, then during the stay',
    start: june(1, '08:00'),
    over: june(4, '09:40'),
    house: { doors: [door(0), door(1)], units: [[0], [1]] },
    scenes: [
      booked(june(1, '09:00'), 'S1', [2, 4]),
      { at: june(1, '20:00'), do: 'change', stay: 'S1', facts: { unit: 1 } },
      { at: june(3, '08:00'), do: 'change', stay: 'S1', facts: { unit: 0 } },
    ],
    expects: [
      { at: june(2, '13:00'), stay: 'S1', is: 'in' },
      { at: june(3, '08:30'), stay: 'S1', is: 'in' },
      { at: later(june(4, '09:40')), stay: 'S1', is: 'gone' },
    ],
  }),
  scenario({
    number: 7,
    title: 'PIN refused as taken, second refused, third accepted; the guest is already told',
    start: june(1, '08:00'),
    over: june(4, '09:40'),
    house: { locks: [lock, lock], doors: [door(0), door(1, { lock: 1 })], units: [[0], [1]] },
    scenes: [
      booked(june(1, '09:00'), 'S1', [3, 4]),
      {
        at: june(2, '07:00'),
        do: 'weather',
        until: june(2, '12:00'),
        fault: 'refused-conflict',
        where: 'lock-1',
        call: 'writeCode',
        as: 'refused-conflict',
        share: 1,
        times: 2,
      },
      { at: june(2, '08:00'), do: 'change', stay: 'S1', facts: { unit: 1 } },
    ],
    expects: [
      { at: june(3, '13:00'), stay: 'S1', is: 'told again' },
      { at: june(3, '13:00'), stay: 'S1', is: 'in' },
      { at: later(june(4, '09:40')), stay: 'S1', is: 'gone' },
    ],
  }),
  scenario({
    number: 9,
    title: 'three doors (gate, house, flat), two vendors; one fails',
    start: june(1, '08:00'),
    over: june(3, '09:40'),
    house: {
      locks: [lock, { ...lock, readBack: 'device', pinLength: 6 }],
      doors: [door(0), door(1), door(2, { lock: 1 })],
      units: [[0, 1, 2]],
    },
    scenes: [
      {
        at: june(2, '06:30'),
        do: 'weather',
        until: june(2, '14:00'),
        fault: 'N1',
        where: 'lock-1',
        as: 'error-before',
        share: 1,
      },
      booked(june(2, '07:00'), 'S1', [2, 3]),
    ],
    expects: [
      { at: june(2, '13:00'), stay: 'S1', is: 'raised' },
      { at: june(2, '14:00') + hour, stay: 'S1', is: 'in' },
      { at: later(june(3, '09:40')), stay: 'S1', is: 'gone' },
    ],
  }),
  scenario({
    number: 12,
    title: 'mapping removed by mistake and put back; source list empty for an hour',
    start: june(1, '08:00'),
    over: june(3, '16:00'),
    house: {
      doors: [door(0), door(1), door(2), door(3)],
      units: [[0], [1], [2], [3]],
      rhythm: { poll: hour / 4, sweepNear: 2 * hour, probe: 12 * hour },
    },
    scenes: [
      ...[0, 1, 2, 3].map((unit) => booked(june(1, '09:00'), `S${unit + 1}`, [3, 4], unit)),
      { at: june(2, '10:00'), do: 'unmap', until: june(2, '12:00') },
      {
        at: june(2, '16:00'),
        do: 'weather',
        until: june(2, '17:00'),
        fault: 'empty',
        where: 'source',
        call: 'listBookings',
        as: 'empty',
        share: 1,
      },
    ],
    expects: ['S1', 'S2', 'S3', 'S4'].flatMap((stay) => [
      { at: june(3, '13:00'), stay, is: 'in' } as const,
      { at: later(june(3, '16:00')), stay, is: 'in' } as const,
    ]),
  }),
]
