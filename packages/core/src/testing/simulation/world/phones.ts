import { instantOf } from '../../../domain/instant.ts'
import type { NotifierCapabilities } from '../../../ports/capabilities.ts'
import type { DeliveryState, Notifier, SendReceipt } from '../../../ports/notifier.ts'
import { hour, type SmsPlot } from '../plot.ts'
import type { Random } from '../random.ts'
import type { Process, Schedule } from '../schedule.ts'
import type { Weather } from './weather.ts'

/** A text that a channel took. */
export interface Text {
  readonly key: string
  readonly to: string
  readonly text: string
  readonly sentAt: number
  arrivedAt?: number
}

export interface PhoneWatcher {
  taken(channel: 'sms' | 'inbox', text: Text): void
  arrived(channel: 'sms' | 'inbox', text: Text): void
}

/** A texting service and the phones behind it. */
export class Phones {
  readonly texts: Text[] = []
  readonly plot: SmsPlot
  readonly #schedule: Schedule
  readonly #random: Random
  readonly #weather: Weather
  readonly #watcher: PhoneWatcher
  /** Told of every delivery state that the service would announce. */
  announce: (key: string) => void = () => {}

  constructor(plot: SmsPlot, schedule: Schedule, random: Random, weather: Weather, watcher: PhoneWatcher) {
    this.plot = plot
    this.#schedule = schedule
    this.#random = random
    this.#weather = weather
    this.#watcher = watcher
  }

  get capabilities(): NotifierCapabilities {
    const { looksUp, reports } = this.plot
    return { address: 'phone', dedupesByKey: false, looksUp, readsReplies: false, reportsDelivery: reports && looksUp }
  }

  provider(process: Process): Notifier {
    const perform = this.#weather.perform.bind(this.#weather)
    return {
      specVersion: 'v1',
      readAccount: (call) =>
        perform(process, { where: 'sms', operation: 'readAccount', about: '', call }, () => ({ id: 'account-1' })),
      send: ({ key, to, text }, call) =>
        perform(process, { where: 'sms', operation: 'send', about: key, call }, ({ effect }, name): SendReceipt => {
          if (name === 'refused-conflict') return { status: 'refused', reason: 'too-often' }
          if (name === 'refused-format') return { status: 'refused', reason: 'bad-address' }
          const sent: Text = { key, to, text, sentAt: this.#schedule.now }
          this.texts.push(sent)
          this.#watcher.taken('sms', sent)
          if (effect !== 'silent') this.#carry(sent, effect === 'late' ? this.#random.from(60_000, 6 * hour) : 3000)
          return { status: 'accepted', vendorRef: `t${this.texts.length}` }
        }),
      ...(this.plot.looksUp
        ? {
            lookUp: ({ key }, call) =>
              perform(process, { where: 'sms', operation: 'lookUp', about: key, call }, () => {
                const text = this.texts.findLast((one) => one.key === key)
                if (!text) return undefined
                const state: DeliveryState = text.arrivedAt === undefined ? 'pending' : 'delivered'
                return { state, at: instantOf(text.arrivedAt ?? text.sentAt) }
              }),
          }
        : {}),
    }
  }

  #carry(text: Text, after: number): void {
    this.#schedule.at(this.#schedule.now + after, () => {
      text.arrivedAt = this.#schedule.now
      this.#watcher.arrived('sms', text)
      if (this.plot.reports) this.announce(text.key)
    })
  }
}
