import {
  Bookings,
  type HousePlot,
  type PhoneWatcher,
  type Schedule,
  type Stay,
  type Weather,
} from '@stayward/core/testing'
import type { BookingPart } from './parts.ts'

type Doing = Parameters<Bookings['apply']>[0]

/** Stays with their history, each of them a booking of the fake. */
export class VendorBookings extends Bookings {
  /** The plot's names by the vendor's. */
  readonly names = new Map<string, string>()
  readonly #refs = new Map<string, string>()
  readonly #part: BookingPart

  constructor(
    part: BookingPart,
    house: HousePlot,
    kit: { readonly schedule: Schedule; readonly weather: Weather; readonly watcher: PhoneWatcher },
  ) {
    super(house.source, kit.schedule, kit.weather, kit.watcher)
    this.#part = part
  }

  override apply(scene: Doing): Stay {
    const stay = super.apply(scene)
    const { facts } = stay.now
    const ref = this.#refs.get(stay.ref)
    if (ref !== undefined) {
      this.#part.change(ref, facts)
      return stay
    }
    const made = this.#part.book(facts)
    this.#refs.set(stay.ref, made)
    this.names.set(made, stay.ref)
    return stay
  }
}
