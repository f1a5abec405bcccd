import type { Clock, MessageClaim, MessageWriter } from '@stayward/core'
import {
  minute,
  type OpenVendors,
  Phones,
  plainWriter,
  type Post,
  Random,
  type Truth,
  type Vendors,
  type VendorsKit,
} from '@stayward/core/testing'
import { aboutOf } from './asked.ts'
import { Border } from './border.ts'
import { openParts } from './chosen.ts'
import { endsJudge } from './ends-judge.ts'
import { furnish } from './furnish.ts'
import { Letters } from './letters.ts'
import { MirroredKeypad } from './mirrored-keypad.ts'
import { opening } from './opened.ts'
import { inPlotNames, type Names } from './own-words.ts'
import type { Part } from './parts.ts'
import { collectWebhooks, type PostedPart } from './post.ts'
import { VendorBookings } from './vendor-bookings.ts'

/** How often somebody looks what fakes have done by themselves. Milliseconds. */
const lookEvery = 30_000

/** Changes a request on its way, as an adapter with a mistake in it would have made it. */
export type Tamper = (where: string, request: Request) => Request | Promise<Request>

/** The real adapters in front of their vendors' fakes, without sockets. */
export const fakeVendors: OpenVendors = (kit) => openFakes(kit)

/** For seeing that mistakes of adapters are found. */
export const tamperedVendors =
  (tamper: Tamper): OpenVendors =>
  (kit) =>
    openFakes(kit, tamper)

function openFakes({ plot, schedule, weather, watch }: VendorsKit, tamper: Tamper = (_, request) => request): Vendors {
  const { house, seed } = plot
  const now = () => schedule.now
  const clock: Clock = { now: () => schedule.instant() }
  const { booking, channel, locks } = openParts(seed, house, now)
  const parts = new Map<string, Part>([
    ['source', booking],
    ['sms', channel],
    ...locks.map((part, index) => [`lock-${index}`, part] as const),
  ])
  const bookings = new VendorBookings(booking, house, { schedule, weather, watcher: watch.phones })
  const keypads = house.doors.map(({ lock }, door) => {
    const [own, part] = lock === undefined ? [] : [house.locks[lock], locks[lock]]
    if (!own || !part) return undefined
    return new MirroredKeypad({ door, where: `lock-${lock}`, plot: own, part, schedule, watcher: watch.keypads })
  })
  const find = (where: string, deviceId: unknown) =>
    keypads.find((keypad) => keypad?.where === where && keypad.vendorId === deviceId)
  const names: Names = {
    stay: (ref) => bookings.names.get(ref) ?? ref,
    unit: (ref) => {
      const unit = [...house.units.keys()].find((index) => booking.unitRef(index) === ref)
      return unit === undefined ? ref : `unit-${unit}`
    },
    address: (to) => channel.phone(to),
  }
  const letters = new Letters({ booking, channel, names, watcher: watch.phones })
  let truth: Truth | undefined
  const border = new Border({
    schedule,
    weather,
    random: new Random(seed, 'ways'),
    aboutOf: (asked) => aboutOf(asked, names, find),
    answer: async (where, request) => {
      const part = parts.get(where)
      if (!part) throw new TypeError(`nobody answers at ${where}`)
      const response = await part.fake.respond(await tamper(where, request))
      truth?.check('E4', response.status !== 429, () => `${part.adapter.displayName} was asked too often (${where}).`)
      return response
    },
  })

  const posted: PostedPart[] = []
  let post: Post | undefined
  let seen = { at: 0, stirs: -1 }
  const refresh = () => {
    for (const keypad of keypads) keypad?.refresh()
  }
  const look = () => {
    if (border.stirs === seen.stirs && schedule.now - seen.at < lookEvery / 2) return
    seen = { at: schedule.now, stirs: border.stirs }
    refresh()
    letters.collect()
    if (post) for (const one of posted) collectWebhooks(one, post, clock)
  }
  const tick = () => void schedule.at(schedule.now + lookEvery, tick)

  return {
    bookings,
    phones: new Phones(house.sms, schedule, new Random(seed, 'unused'), weather, watch.phones),
    keypads,
    writer: withValues,
    providers: opening({ seed, clock, now, border, parts }),
    inOurWords: (watcher) => {
      const told = inPlotNames(watcher, names)
      return {
        stored: (name, args, answer) => {
          if (name === 'claimMessage') letters.claimed(args[1] as MessageClaim) // as the port says
          // What a look has found is judged by what is so now.
          if (name === 'saveDevice') refresh()
          told.stored(name, args, answer)
        },
        answerLost: (name) => told.answerLost(name),
      }
    },
    furnish: async (setup) => {
      const furnished = await furnish(setup, house, { booking, channel, locks })
      const ids = [furnished.source, furnished.sms, ...furnished.locks]
      for (const [index, part] of [booking, channel, ...locks].entries())
        posted.push({ part, connectionId: ids[index] ?? '', stayOf: names.stay })
      return furnished
    },
    judges: (given) => {
      truth = given
      return [endsJudge(given, () => border.stuck(10 * minute))]
    },
    announceBy: (given) => {
      post = given
      // The fake announces it.
      bookings.announce = () => {}
      tick()
    },
    settle: async () => {
      await border.settle()
      look()
    },
  }
}

/** `plainWriter`, and the same as values for templates. */
const withValues: MessageWriter = {
  write: (message) => {
    const { guestName = '', told } = message
    const { unit, property, window, doors } = told
    const lines = doors.map(({ name, enter }) => `${name}: ${enter ?? '-'}`)
    const values = { guestName, unit, property, from: window.from, until: window.until, doors: lines.join('\n') }
    return { ...plainWriter.write(message), values }
  },
}
