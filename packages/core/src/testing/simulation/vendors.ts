import type { Fact } from '../../adapter/webhook.ts'
import type { MessageWriter } from '../../ports/message-writer.ts'
import type { Providers } from '../../ports/providers.ts'
import type { Mark } from '../../ports/work-queue.ts'
import type { HouseSetup } from '../house-setup.ts'
import { furnish, type Furnished } from './furnish.ts'
import type { HubProcess } from './hub-process.ts'
import type { Judge } from './judge.ts'
import type { Plot } from './plot.ts'
import { Random } from './random.ts'
import type { Schedule } from './schedule.ts'
import type { StoreWatcher } from './store-site.ts'
import type { Truth } from './truth.ts'
import { Bookings } from './world/bookings.ts'
import { type KeypadWatcher, SimulatedKeypad } from './world/keypad.ts'
import { keypadCapabilities, lockProvider } from './world/keypad-port.ts'
import { Phones, type PhoneWatcher } from './world/phones.ts'
import type { Weather } from './world/weather.ts'

/** How webhooks get to hubs. */
export interface Post {
  /** Puts one on its way to whichever hub is up then; it may be lost, late or doubled. */
  announce(take: () => Promise<void>): void
  /** What a hub that takes one writes down: keys to look at, and what the vendor has signed. */
  keep(marks: readonly Mark[], connectionId: string, facts: readonly Fact[]): Promise<void>
  /** One about this booking was answered with success. */
  acknowledged(ref: string): void
}

/** The vendors of one run, as the rest of the world knows them: what is true at them, and the way to them. */
export interface Vendors {
  readonly bookings: Bookings
  readonly phones: Phones
  /** By door; a door without a device has none. */
  readonly keypads: readonly (SimulatedKeypad | undefined)[]
  /** Sets the house up in the hub, as its host would. */
  furnish(house: HouseSetup): Promise<Furnished>
  /** As this process reaches them. */
  providers(process: HubProcess, ids: Furnished): Providers
  /** Words for guests; those of `plainWriter` when absent. */
  readonly writer?: MessageWriter
  /** Tells the rest of the world what is stored in the plot's own names, where the vendors have others. */
  inOurWords?(watcher: StoreWatcher): StoreWatcher
  /** What only these vendors can be asked. */
  judges?(truth: Truth): readonly Judge[]
  /** Given once, for vendors that announce by themselves. */
  announceBy?(post: Post): void
  /** Resolves when nothing of what goes on at vendors and on the way to them can go on without time. */
  settle?(): Promise<void>
}

export interface VendorsKit {
  readonly plot: Plot
  readonly schedule: Schedule
  readonly weather: Weather
  readonly watch: { readonly keypads: KeypadWatcher; readonly phones: PhoneWatcher }
}

/** Where the vendors of a run come from. */
export type OpenVendors = (kit: VendorsKit) => Vendors

/** Vendors of nobody's make, with every dialect that a plot can ask for: they are reached as ports, without HTTP. */
export const simulatedVendors: OpenVendors = ({ plot, schedule, weather, watch }) => {
  const { seed } = plot
  const bookings = new Bookings(plot.house.source, schedule, weather, watch.phones)
  const phones = new Phones(plot.house.sms, schedule, new Random(seed, 'phones'), weather, watch.phones)
  const keypads = plot.house.doors.map(({ lock }, door) => {
    const lockPlot = lock === undefined ? undefined : plot.house.locks[lock]
    if (!lockPlot) return undefined
    const kit = { schedule, random: new Random(seed, `door ${door}`), watcher: watch.keypads }
    return new SimulatedKeypad(`device-${door}`, door, `lock-${lock}`, lockPlot, kit)
  })
  const kit = { schedule, weather, random: new Random(seed, 'locks') }

  function providers(process: HubProcess, ids: Furnished): Providers {
    const source = { provider: bookings.provider(process), capabilities: bookings.capabilities, vendor: 'Bookings' }
    const sms = { provider: phones.provider(process), capabilities: phones.capabilities, vendor: 'Texts' }
    const locks = new Map(
      plot.house.locks.map((lock, index) => {
        const where = `lock-${index}`
        const own = new Map(
          keypads.flatMap((keypad) => (keypad?.where === where ? [[keypad.id, keypad] as const] : [])),
        )
        const provider = lockProvider(where, own, process, kit)
        return [ids.locks[index] ?? '', { provider, capabilities: keypadCapabilities(lock), vendor: where }] as const
      }),
    )
    const port = (id: string) =>
      id === ids.source ? 'booking' : id === ids.sms ? 'notifier' : locks.has(id) ? 'lock' : undefined
    return {
      portOf: async (id) => port(id),
      booking: async () => source,
      notifier: async () => sms,
      keypad: async (id) => {
        const lock = locks.get(id)
        if (!lock) throw new TypeError(`no such lock connection: ${id}`)
        return lock
      },
    }
  }

  return { bookings, phones, keypads, providers, furnish: (house) => furnish(house, plot.house) }
}
