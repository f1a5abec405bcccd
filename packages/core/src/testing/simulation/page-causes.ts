import { hour, type HousePlot, minute, type PagePlot, type Rhythm, type Scene, type StayFacts } from './plot.ts'
import type { Random } from './random.ts'
import { dayAfter } from './world/wall-clock.ts'

/** What a cause has to do with: S1, the guest of flat 0 behind door 0 and lock 0. */
interface Setting {
  readonly random: Random
  readonly house: HousePlot
  readonly guest: StayFacts
  /** When S1 may be booked. */
  readonly booked: number
  readonly checkIn: number
  /** The end of the stay. */
  readonly over: number
}

export interface PageCause {
  readonly name: string
  readonly house?: (plain: HousePlot, everyday: Rhythm) => Partial<HousePlot>
  readonly play: (setting: Setting) => { readonly scenes: readonly Scene[]; readonly pages: readonly PagePlot[] }
}

const pageBefore = 4 * hour

const book = ({ booked, guest }: Setting, more: Partial<StayFacts> = {}, at = booked): Scene => {
  return { at, do: 'book', stay: 'S1', facts: { ...guest, ...more } }
}
const change = (at: number, facts: Partial<StayFacts>): Scene => ({ at, do: 'change', stay: 'S1', facts })
const page = (
  kind: PagePlot['kind'],
  about: string,
  [notBefore, openBy, closeBy]: readonly [number, number, number],
): PagePlot => ({ kind, about, notBefore, openBy, closeBy })

const span = (random: Random, least: number, most: number) => random.from(least * 60, most * 60) * minute
/** Until somebody looks who was not asked to. */
const sweep = ({ house }: Setting) => 1.1 * house.rhythm.sweepNear
const firstLock = (locks: HousePlot['locks'], more: Partial<HousePlot['locks'][number]>) =>
  locks.map((one, index) => (index === 0 ? { ...one, ...more } : one))

/** Every cause of a page that ports can bring about; `docs/simulation.md` says where the others are tested. */
export const pageCauses: readonly PageCause[] = [
  {
    name: 'a lock is not reached while a guest arrives',
    play: (setting) => {
      const { random, checkIn } = setting
      const at = checkIn - span(random, 5, 20)
      const until = checkIn - span(random, 0.5, 1.5)
      const due = checkIn - pageBefore
      const openBy = Math.max(due, at + sweep(setting)) + 25 * minute
      return {
        scenes: [book(setting), { at, do: 'offline', until, door: 0, fault: 'V1' }],
        pages: [page('connection', 'door 0', [due, openBy, until + 15 * minute])],
      }
    },
  },
  {
    name: 'a code is not on its door, and its guest is told all the same',
    play: (setting) => {
      const { random, checkIn } = setting
      const until = checkIn - span(random, 0.5, 2)
      const due = checkIn - pageBefore
      const closeBy = until + 30 * minute
      const at = checkIn - span(random, 8, 20)
      return {
        scenes: [{ at: checkIn - 30 * hour, do: 'offline', until, door: 0, fault: 'V1' }, book(setting, {}, at)],
        pages: [
          page('arrival', 'stay S1', [due, due + 5 * minute, closeBy]),
          page('message', 'stay S1 unproven', [due, due + 10 * minute, closeBy]),
          page('connection', 'door 0', [due, due + 25 * minute, closeBy]),
        ],
      }
    },
  },
  {
    name: 'a gateway takes no code over, and its guest is told all the same',
    house: ({ locks }) => ({ locks: firstLock(locks, { readBack: 'synced' }) }),
    play: (setting) => {
      const { random, checkIn } = setting
      const until = checkIn - span(random, 0.5, 2)
      const due = checkIn - pageBefore
      const closeBy = until + sweep(setting) + 30 * minute
      const at = checkIn - span(random, 8, 20)
      return {
        scenes: [{ at: checkIn - 30 * hour, do: 'slow-sync', until, door: 0 }, book(setting, {}, at)],
        pages: [
          page('arrival', 'stay S1', [due, due + 5 * minute, closeBy]),
          page('message', 'stay S1 unproven', [due, due + 10 * minute, closeBy]),
        ],
      }
    },
  },
  {
    name: 'the credentials of a lock are refused',
    play: (setting) => {
      const { random, checkIn } = setting
      const at = checkIn - span(random, 12, 20)
      const until = at + span(random, 3, 6)
      const as = { fault: 'N2', as: 'unauthorized', share: 1 } as const
      return {
        scenes: [book(setting), { at, do: 'weather', until, where: 'lock-0', ...as }],
        pages: [page('connection', 'lock 0', [at, at + sweep(setting) + 15 * minute, until + 75 * minute])],
      }
    },
  },
  {
    name: 'the credentials of the booking system are refused',
    play: (setting) => {
      const { random, checkIn, house } = setting
      const at = checkIn - span(random, 12, 20)
      const until = at + span(random, 2, 6)
      const as = { fault: 'N2', as: 'unauthorized', share: 1 } as const
      return {
        scenes: [book(setting), { at, do: 'weather', until, where: 'source', ...as }],
        pages: [page('connection', 'source', [at, at + 1.1 * house.rhythm.poll + 5 * minute, until + 75 * minute])],
      }
    },
  },
  {
    name: 'the credentials of the booking system open another account',
    house: (_, everyday) => ({ rhythm: everyday }),
    play: (setting) => {
      const { random, checkIn, house } = setting
      const at = checkIn - span(random, 12, 20)
      const until = at + span(random, 2, 6)
      const soon = 1.1 * house.rhythm.probe + 5 * minute
      return {
        scenes: [book(setting), { at, do: 'account', until }],
        pages: [page('connection', 'source account', [at, at + soon, until + soon])],
      }
    },
  },
  {
    name: 'a booking is no longer shown, and nothing proves that it is gone',
    play: (setting) => {
      const { random, checkIn } = setting
      const at = checkIn - span(random, 6, 20)
      const until = at + span(random, 1, 5)
      return {
        scenes: [book(setting), { at, do: 'vanish', until, stay: 'S1' }],
        pages: [page('booking', 'stay S1 source', [at, at + 5 * minute, until + 10 * minute])],
      }
    },
  },
  {
    name: 'a channel refuses the address of a guest',
    play: (setting) => {
      const { random, booked } = setting
      const as = { call: 'send', fault: 'G4', as: 'refused-format', share: 1, times: 1 } as const
      const corrected = booked + span(random, 1, 6)
      return {
        scenes: [
          { at: booked, do: 'weather', until: booked + hour, where: 'sms', ...as },
          book(setting),
          change(corrected, { phone: '1003' }),
        ],
        pages: [page('message', 'stay S1 sms', [booked, booked + 10 * minute, corrected + 10 * minute])],
      }
    },
  },
  {
    name: 'nobody can say whether a message went out',
    house: () => ({ sms: { looksUp: false, reports: false } }),
    play: (setting) => {
      const { booked, checkIn, over } = setting
      const due = checkIn - pageBefore
      const as = { call: 'send', fault: 'G7', as: 'timeout-before', share: 1, times: 1 } as const
      return {
        scenes: [{ at: booked, do: 'weather', until: booked + hour, where: 'sms', ...as }, book(setting)],
        pages: [
          page('message', 'stay S1 sms', [booked + 15 * minute, booked + hour, over + 15 * minute]),
          page('arrival', 'stay S1', [due, due + 5 * minute, over + 15 * minute]),
        ],
      }
    },
  },
  {
    name: 'a message never arrives',
    play: (setting) => {
      const { booked, checkIn, over } = setting
      const due = checkIn - pageBefore
      const as = { call: 'send', fault: 'G1', as: 'ok-silent', share: 1, times: 1 } as const
      return {
        scenes: [{ at: booked, do: 'weather', until: booked + hour, where: 'sms', ...as }, book(setting)],
        pages: [page('arrival', 'stay S1', [due, due + 5 * minute, over + 10 * minute])],
      }
    },
  },
  {
    name: 'a guest is not told, because the channel is out of reach',
    house: () => ({ channels: 'inbox' }),
    play: (setting) => {
      const { random, booked, checkIn } = setting
      const due = checkIn - pageBefore
      const until = checkIn - span(random, 0.5, 3)
      const as = { call: 'messageGuest', fault: 'N1', as: 'dns', share: 1 } as const
      return {
        scenes: [{ at: booked, do: 'weather', until, where: 'source', ...as }, book(setting)],
        pages: [page('arrival', 'stay S1', [due, due + 5 * minute, until + 15 * minute])],
      }
    },
  },
  {
    name: 'a guest has left no number',
    play: (setting) => {
      const { random, checkIn, guest } = setting
      const due = checkIn - pageBefore
      const given = checkIn - span(random, 0.5, 3)
      const { phone: _none, ...silent } = guest
      return {
        scenes: [{ at: setting.booked, do: 'book', stay: 'S1', facts: silent }, change(given, { phone: '1003' })],
        pages: [page('arrival', 'stay S1', [due, due + 5 * minute, given + 10 * minute])],
      }
    },
  },
  {
    name: 'the code was told to an address that the booking has no longer',
    play: (setting) => {
      const { random, checkIn, over } = setting
      const at = checkIn - span(random, 6, 20)
      return {
        scenes: [book(setting), change(at, { phone: '1003' })],
        pages: [page('message', 'stay S1 address', [at, at + 10 * minute, over + 15 * minute])],
      }
    },
  },
  {
    name: 'a booking changes so often that its guest would be told all day',
    play: (setting) => {
      const { booked, guest, over } = setting
      const at = booked + 20 * minute
      const changes = Array.from({ length: 8 }, (_, index) =>
        change(at + index * 20 * minute, { departure: dayAfter(guest.arrival, index % 2 === 0 ? 2 : 1) }),
      )
      return {
        scenes: [book(setting), ...changes],
        pages: [page('message', 'stay S1 sms', [at, at + 3 * hour, over + 15 * minute])],
      }
    },
  },
  {
    name: 'the dates of a booking are impossible',
    play: (setting) => {
      const { random, guest } = setting
      const due = Date.parse(`${guest.arrival}T00:00:00Z`) - pageBefore
      const corrected = due + span(random, 1, 3)
      const { departure } = guest
      return {
        scenes: [book(setting, { departure: dayAfter(guest.arrival, -1) }), change(corrected, { departure })],
        pages: [page('arrival', 'stay S1', [due, due + 5 * minute, corrected + 10 * minute])],
      }
    },
  },
  {
    name: 'a device is full',
    house: ({ locks, doors }) => ({
      locks: firstLock(locks, { capacity: 2 }),
      doors: doors.map((one, index) => (index === 0 ? { ...one, foreign: ['271828', '314159'] } : one)),
    }),
    play: (setting) => {
      const { random, checkIn } = setting
      const due = checkIn - pageBefore
      const at = checkIn - span(random, 0.75, 2.5)
      const closeBy = at + 50 * minute
      return {
        scenes: [book(setting), { at, do: 'hand', door: 0, act: 'make room' }],
        pages: [
          page('full', 'door 0 full', [due, due + 50 * minute, closeBy]),
          page('arrival', 'stay S1', [due, due + 5 * minute, closeBy]),
          page('message', 'stay S1 unproven', [due, due + 10 * minute, closeBy]),
        ],
      }
    },
  },
  {
    name: 'a lock leaves no PIN that is safe',
    house: ({ locks }) => ({ locks: firstLock(locks, { digits: '0' }) }),
    play: (setting) => {
      const { random, booked } = setting
      const off = booked + span(random, 1, 6)
      return {
        scenes: [book(setting), change(off, { state: 'cancelled' })],
        pages: [page('pin', 'stay S1', [booked, booked + 5 * minute, off + 10 * minute])],
      }
    },
  },
  {
    name: 'a lock refuses one PIN after the other',
    play: (setting) => {
      const { random, booked } = setting
      const off = booked + span(random, 2, 6)
      const as = { call: 'writeCode', fault: 'V6', as: 'refused-conflict', share: 1 } as const
      return {
        scenes: [
          book(setting),
          { at: booked, do: 'weather', until: off, where: 'lock-0', ...as },
          change(off, { state: 'cancelled' }),
        ],
        pages: [page('pin', 'stay S1', [booked, booked + 30 * minute, off + 10 * minute])],
      }
    },
  },
  {
    name: 'somebody changes a code again each time it is put right',
    house: (_, everyday) => ({ rhythm: everyday }),
    play: (setting) => {
      const { random, checkIn } = setting
      const at = checkIn - span(random, 20, 22)
      const hands = Array.from({ length: 8 }, (_, index): Scene => {
        return { at: at + index * 45 * minute, do: 'hand', door: 0, act: 'disable' }
      })
      const off = checkIn - span(random, 6, 12)
      return {
        scenes: [book(setting), ...hands, change(off, { state: 'cancelled' })],
        pages: [page('drift', 'door 0', [at, at + 7 * hour, off + 15 * minute])],
      }
    },
  },
  {
    name: 'somebody changes a code where that waits for a word, and its guest arrives',
    house: ({ doors }) => ({ doors: doors.map((one, index) => (index === 0 ? { ...one, asks: true } : one)) }),
    play: (setting) => {
      const { random, checkIn } = setting
      const due = checkIn - pageBefore
      const at = checkIn - span(random, 8, 20)
      const off = checkIn - span(random, 0.5, 3)
      return {
        scenes: [book(setting), { at, do: 'hand', door: 0, act: 'window' }, change(off, { state: 'cancelled' })],
        pages: [
          page('drift', 'stay S1', [due, due + 5 * minute, off + 10 * minute]),
          page('arrival', 'stay S1', [due, due + 5 * minute, off + 10 * minute]),
        ],
      }
    },
  },
  {
    name: 'many stays are called off at once',
    house: () => ({ units: [[0], [1], [0], [0], [0], [0]] }),
    play: (setting) => {
      const { random, booked, guest, checkIn } = setting
      const at = checkIn - span(random, 8, 20)
      const said = at + span(random, 0.3, 3)
      const stays = ['S1', 'S3', 'S4', 'S5', 'S6']
      const all = stays.flatMap((stay, index): Scene[] => [
        {
          at: booked + index * minute,
          do: 'book',
          stay,
          facts: { ...guest, unit: index === 0 ? 0 : index + 1, phone: `110${index}` },
        },
        { at: at + index * 10_000, do: 'change', stay, facts: { state: 'cancelled' } },
      ])
      return {
        scenes: [...all, { at: said, do: 'brake-word', until: said + hour, approve: random.chance(0.5) }],
        pages: [page('brake', 'source', [at, at + 10 * minute, said + 5 * minute])],
      }
    },
  },
  {
    name: 'the clocks of the hub and of its database disagree when a stay ends',
    play: (setting) => {
      const { random, over } = setting
      const at = over - span(random, 0.5, 3)
      const until = over + span(random, 0.1, 0.4)
      const ahead = random.of([-1, 1]) * random.from(1, 60) * minute
      return {
        scenes: [book(setting), ...[0, 1].map((hub): Scene => ({ at, do: 'clock', until, hub, ahead }))],
        // The neighbour of door 1 leaves at the same time.
        pages: ['S1', 'S2'].map((stay) =>
          page('clock', `stay ${stay} end`, [over, over + 5 * minute, until + 5 * minute]),
        ),
      }
    },
  },
]
