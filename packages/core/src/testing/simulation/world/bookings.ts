import type { SourceBooking } from '../../../domain/booking.ts'
import { instantOf, millisecondsOf } from '../../../domain/instant.ts'
import type { BookingCapabilities } from '../../../ports/capabilities.ts'
import type { BookingPage, BookingQuery, BookingSource } from '../../../ports/booking-source.ts'
import type { Scene, SourcePlot, StayFacts } from '../plot.ts'
import type { Process, Schedule } from '../schedule.ts'
import type { PhoneWatcher, Text } from './phones.ts'
import { Stay, type Version } from './stays.ts'
import type { Weather } from './weather.ts'

/** A booking system with its inbox. */
export class Bookings {
  readonly stays = new Map<string, Stay>()
  readonly inbox: Text[] = []
  /** Bookings that it does not show; nor does it say any more that it shows all. */
  readonly hidden = new Set<string>()
  account = 'account-1'
  readonly plot: SourcePlot
  readonly #schedule: Schedule
  readonly #weather: Weather
  readonly #watcher: PhoneWatcher
  /** Told of every change that a webhook would announce. */
  announce: (ref: string) => void = () => {}

  constructor(plot: SourcePlot, schedule: Schedule, weather: Weather, watcher: PhoneWatcher) {
    this.plot = plot
    this.#schedule = schedule
    this.#weather = weather
    this.#watcher = watcher
  }

  get capabilities(): BookingCapabilities {
    return { changes: 'notify', messagesGuest: true, readsMessages: this.plot.readsMessages }
  }

  apply(scene: Extract<Scene, { do: 'book' | 'change' }>): Stay {
    const stay = this.stays.get(scene.stay) ?? new Stay(scene.stay)
    this.stays.set(scene.stay, stay)
    const before = stay.versions.at(-1)
    const at = this.#schedule.now
    const facts = scene.do === 'book' ? scene.facts : before ? { ...before.facts, ...scene.facts } : undefined
    if (!facts) return stay
    const visibleAt = Math.max(at + this.plot.lag, before?.visibleAt ?? 0)
    stay.versions.push({ number: stay.versions.length + 1, at, visibleAt, facts })
    this.announce(stay.ref)
    return stay
  }

  provider(process: Process): BookingSource {
    const perform = this.#weather.perform.bind(this.#weather)
    return {
      specVersion: 'v1',
      readAccount: (call) =>
        perform(process, { where: 'source', operation: 'readAccount', about: '', call }, () => ({ id: this.account })),
      listUnits: async () => [],
      listBookings: (query, call) =>
        perform(process, { where: 'source', operation: 'listBookings', about: '', call }, (_, name, age) => {
          const page = this.#page(query, name === 'stale' ? age : 0)
          if (name === 'empty') return { bookings: [], complete: false }
          if (name === 'partial') return { ...page, bookings: page.bookings.slice(1), complete: false }
          return page
        }),
      readBooking: (ref, call) =>
        perform(process, { where: 'source', operation: 'readBooking', about: ref, call }, (_, name, age) => {
          const at = this.#schedule.now - (name === 'stale' ? age : 0)
          const version = this.hidden.has(ref) ? undefined : this.stays.get(ref)?.visible(at)
          return version && sourceBooking(ref, version)
        }),
      messageGuest: ({ ref, text }, call) =>
        perform(process, { where: 'source', operation: 'messageGuest', about: ref, call }, () => {
          const sent: Text = { key: '', to: ref, text, sentAt: this.#schedule.now }
          this.inbox.push(sent)
          this.#watcher.taken('inbox', sent)
          sent.arrivedAt = this.#schedule.now
          this.#watcher.arrived('inbox', sent)
          return { status: 'accepted' } as const
        }),
      ...(this.plot.readsMessages
        ? {
            readMessages: (ref, call) =>
              perform(process, { where: 'source', operation: 'readMessages', about: ref, call }, () =>
                this.inbox
                  .filter(({ to }) => to === ref)
                  .map(({ text, sentAt }) => ({ from: 'host' as const, text, at: instantOf(sentAt) })),
              ),
          }
        : {}),
    }
  }

  #page({ changedSince, stays, cursor }: BookingQuery, age: number): BookingPage {
    const at = this.#schedule.now - age
    const since = changedSince === undefined ? 0 : millisecondsOf(changedSince)
    const shown: SourceBooking[] = []
    for (const stay of this.stays.values()) {
      const version = stay.visible(at)
      if (!version || version.at < since || this.hidden.has(stay.ref)) continue
      if (stays && !(version.facts.arrival <= stays.to && version.facts.departure >= stays.from)) continue
      shown.push(sourceBooking(stay.ref, version))
    }
    const from = Number(cursor ?? 0)
    const to = from + this.plot.page
    return {
      bookings: shown.slice(from, to),
      complete: this.hidden.size === 0,
      ...(to < shown.length ? { next: String(to) } : {}),
    }
  }
}

export const phoneOf = (digits: string) => `+33639980${digits}`

function sourceBooking(ref: string, { facts, at }: Version): SourceBooking {
  const { state, unit, arrival, departure } = facts
  return { ref, state, unitRef: `unit-${unit}`, arrival, departure, guest: guestOf(facts), changedAt: instantOf(at) }
}

function guestOf({ name, phone }: StayFacts) {
  const trimmed = name.trim()
  return {
    language: 'en',
    ...(trimmed === '' ? {} : { name: trimmed, firstName: trimmed }),
    ...(phone === undefined ? {} : { phone: phoneOf(phone) }),
  }
}
