import { dayFromNow } from '../src/demo/fresh-world.ts'
import type { DemoVendors } from '../src/demo/vendors.ts'
import { soon } from '../test/hub/guests.ts'
import type { Flat } from '../test/hub/more-flats.ts'

/** What Smoobu knows of a stay in the end: the truth that the hub has to have reached. */
export interface Stay {
  readonly ref: string
  /** Digits. */
  readonly phone: string
  flat: Flat
  departure: string
  cancelled: boolean
  changes: number
}

export interface Done {
  bookings: number
  changes: number
  moves: number
  cancellations: number
}

export interface People {
  readonly stays: readonly Stay[]
  readonly done: Readonly<Done>
  /** One of them does one thing. */
  act(): void
}

/** Few enough that the hub's limit of six messages a day to one guest is not what is tested. */
const mostChanges = 2

/** Guests who book, stay longer, want another flat, and cancel. No stay ever returns to what it was before. */
export function createPeople(vendors: DemoVendors, flats: readonly Flat[], most: number, random: () => number): People {
  const { smoobu } = vendors
  const stays: Stay[] = []
  const done: Done = { bookings: 0, changes: 0, moves: 0, cancellations: 0 }
  const lengthen = (stay: Stay) => {
    const [year = 0, month = 1, day = 1] = stay.departure.split('-').map(Number)
    stay.departure = new Date(Date.UTC(year, month - 1, day + 1)).toISOString().slice(0, 10)
    smoobu.changeDates(stay.ref, { departure: stay.departure })
    stay.changes++
    done.changes++
  }
  const anyFlat = (): Flat => {
    const flat = flats[Math.floor(random() * flats.length)]
    if (!flat) throw new Error('there are no flats')
    return flat
  }
  return {
    stays,
    done,
    act() {
      const live = stays.filter(({ cancelled }) => !cancelled)
      const stay = live[Math.floor(random() * live.length)]
      if (!stay || live.length < most / 2 || (live.length < most && random() < 0.4)) {
        stays.push(book(vendors, anyFlat(), stays.length))
        done.bookings++
      } else if (stay.changes >= mostChanges || random() < 0.2) {
        smoobu.cancel(stay.ref)
        stay.cancelled = true
        done.cancellations++
      } else if (random() < 0.5) lengthen(stay)
      else {
        const flat = anyFlat()
        if (flat === stay.flat) return lengthen(stay)
        stay.flat = flat
        smoobu.move(stay.ref, flat.unitRef)
        stay.changes++
        done.moves++
      }
    },
  }
}

/** 06 39 98 is kept free for fiction, and numbers from 01 00 on have no fate at the fake. */
function book({ smoobu }: DemoVendors, flat: Flat, number: number): Stay {
  const four = String(100 + number).padStart(4, '0')
  const departure = dayFromNow(Date.now(), 4)
  const ref = smoobu.book({
    ...soon(),
    departure,
    unitRef: flat.unitRef,
    guest: {
      name: `Gast${four} Probe`,
      firstName: `Gast${four}`,
      lastName: 'Probe',
      phone: `+33 6 39 98 ${four.slice(0, 2)} ${four.slice(2)}`,
      language: 'en',
    },
  })
  return { ref, phone: `3363998${four}`, flat, departure, cancelled: false, changes: 0 }
}
