import {
  type Clock,
  createTurns,
  type MessageClaim,
  ownBook,
  type Providers,
  type Rate,
  type ToWrite,
  type Vault,
} from '@stayward/core'
import {
  type Furnished,
  type HubProcess,
  memoryVault,
  type OpenVendors,
  Phones,
  plainWriter,
  type Post,
  Random,
  type Text,
  type Truth,
  type Vendors,
  type VendorsKit,
} from '@stayward/core/testing'
import { openProviders } from '../../src/tenancy/open-providers.ts'
import { Border } from './border.ts'
import { openParts } from './chosen.ts'
import { endsJudge } from './ends-judge.ts'
import { furnish } from './furnish.ts'
import { MirroredKeypad } from './mirrored-keypad.ts'
import { inPlotNames } from './own-words.ts'
import type { Letter, Part } from './parts.ts'
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
  const bookings = new VendorBookings(booking, house, { schedule, weather, watcher: watch.phones })
  const parts = new Map<string, Part>([
    ['source', booking],
    ['sms', channel],
  ])
  for (const [index, part] of locks.entries()) parts.set(`lock-${index}`, part)

  const keypads = house.doors.map(({ lock }, door) => {
    const [plot, part] = lock === undefined ? [] : [house.locks[lock], locks[lock]]
    if (!plot || !part) return undefined
    return new MirroredKeypad({ door, where: `lock-${lock}`, plot, part, schedule, watcher: watch.keypads })
  })
  const doorOf = (where: string, deviceId: unknown) =>
    house.doors.findIndex(
      ({ lock }, door) => `lock-${lock}` === where && locks[lock ?? -1]?.deviceId(door) === deviceId,
    )

  const names = {
    stay: (ref: string) => bookings.names.get(ref) ?? ref,
    unit: (ref: string) => {
      const unit = [...house.units.keys()].find((index) => booking.unitRef(index) === ref)
      return unit === undefined ? ref : `unit-${unit}`
    },
    address: (to: string) => channel.phone(to),
  }

  let truth: Truth | undefined
  const border = new Border({
    schedule,
    weather,
    random: new Random(seed, 'ways'),
    answer: async (where, request) => {
      const part = parts.get(where)
      if (!part) throw new TypeError(`nobody answers at ${where}`)
      const response = await part.fake.respond(await tamper(where, request))
      truth?.check('E4', response.status !== 429, () => `${part.adapter.displayName} was asked too often (${where}).`)
      return response
    },
    aboutOf: (where, operation, args) => {
      const [first, second] = args as readonly [unknown, { mark?: string; key?: string } | string | undefined]
      if (operation === 'send' || operation === 'lookUp') return (first as { key: string }).key // as the port says
      if (operation === 'messageGuest') return names.stay((first as { ref: string }).ref)
      if (operation === 'readBooking' || operation === 'readMessages') return names.stay(String(first))
      if (!where.startsWith('lock')) return ''
      const door = doorOf(where, first)
      const device = `device-${door}`
      const keypad = keypads[door]
      if (operation === 'writeCode' && keypad) {
        const { mark, label, pin, window, vendorRef } = second as never as Written
        const words = { mark, label, pin, from: Date.parse(window.from), until: Date.parse(window.until) }
        keypad.watcher.writeAsked(keypad, words, vendorRef)
        return `${device} ${mark}`
      }
      if (operation === 'removeCode' && keypad) {
        keypad.watcher.removeAsked(keypad, String(second))
        return `${device} ${String(second)}`
      }
      return device
    },
  })

  /** One budget for each account, whichever process uses it. */
  const books = new Map<string, ReturnType<typeof ownBook>>()
  const spread = new Random(seed, 'turns')
  const turns = (account: string, rate: Rate) => {
    const book = books.get(account) ?? ownBook(now)
    books.set(account, book)
    return createTurns({ rate, book, spread: () => spread.share(), delay: border.delay })
  }
  const vaults = new Map<string, Vault>()
  const vault = (id: string) => {
    const kept = vaults.get(id) ?? memoryVault()
    vaults.set(id, kept)
    return kept
  }
  const secrets = new Random(seed, 'adapters')
  const entropy = { bytes: (count: number) => secrets.bytes(count) }
  const posted: PostedPart[] = []

  function providers(process: HubProcess, ids: Furnished): Providers {
    const places = new Map<string, string>([
      [ids.source, 'source'],
      [ids.sms, 'sms'],
    ])
    for (const [index, id] of ids.locks.entries()) places.set(id, `lock-${index}`)
    const rows = [...places].flatMap(([id, where]) => {
      const part = parts.get(where)
      return part
        ? [{ id, adapterId: part.adapter.id, name: where, paused: false, version: 1, config: () => part.config }]
        : []
    })
    const adapters = new Map([...parts.values()].map(({ adapter }) => [adapter.id, adapter]))
    const dial = channel.dial?.(border.fetch) ?? (() => Promise.reject(new TypeError('nobody can be dialled here')))
    const onSite = () => ({ fetch: border.fetch, dial, close: async () => {} })
    const opened = openProviders(rows, { adapters, fetch: border.fetch, onSite, clock, entropy, turns, vault })
    const guarded = <Open extends { readonly provider: object }>(id: string, open: Open): Open => ({
      ...open,
      provider: border.guard(places.get(id) ?? '', process, open.provider),
    })
    return {
      portOf: (id) => opened.portOf(id),
      booking: async (id) => guarded(id, await opened.booking(id)),
      notifier: async (id) => guarded(id, await opened.notifier(id)),
      keypad: async (id) => guarded(id, await opened.keypad(id)),
    }
  }

  const texts: { readonly text: Text; readonly channel: 'sms' | 'inbox' }[] = []
  function collectLetters(): void {
    for (const [way, part] of [
      ['sms', channel],
      ['inbox', booking],
    ] as const) {
      const letters = part.letters()
      const known = texts.filter((one) => one.channel === way)
      for (const [index, letter] of letters.entries()) {
        const text = known[index]?.text ?? taken(way, letter)
        if (letter.arrivedAt === undefined || text.arrivedAt !== undefined) continue
        text.arrivedAt = schedule.now
        watch.phones.arrived(way, text)
      }
    }
  }
  /** What was claimed for each key. */
  const words = new Map<string, string>()
  function taken(way: 'sms' | 'inbox', { key = '', to, text: shown, sentAt }: Letter): Text {
    const meant = words.get(key)
    const text = way === 'sms' && meant !== undefined && channel.says(shown, meant) ? meant : shown
    const sent: Text = { key, to: way === 'inbox' ? names.stay(to) : names.address(to), text, sentAt }
    texts.push({ text: sent, channel: way })
    watch.phones.taken(way, sent)
    return sent
  }

  let post: Post | undefined
  let seen = { at: 0, stirs: -1 }
  const look = () => {
    if (border.stirs === seen.stirs && schedule.now - seen.at < lookEvery / 2) return
    seen = { at: schedule.now, stirs: border.stirs }
    for (const keypad of keypads) keypad?.refresh()
    collectLetters()
    if (post) for (const one of posted) collectWebhooks(one, post, clock)
  }
  const tick = () => {
    schedule.at(schedule.now + lookEvery, tick)
  }
  return {
    bookings,
    phones: new Phones(house.sms, schedule, spread, weather, watch.phones),
    keypads,
    providers,
    writer: { write: (message) => ({ ...plainWriter.write(message), values: valuesOf(message) }) },
    inOurWords: (watcher) => {
      const told = inPlotNames(watcher, names)
      return {
        stored: (name, args, answer) => {
          if (name === 'claimMessage') {
            const { message, text } = args[1] as MessageClaim // as the port says
            words.set(message.id, text)
          }
          // What a look has found is judged by what is so now.
          if (name === 'saveDevice') for (const keypad of keypads) keypad?.refresh()
          told.stored(name, args, answer)
        },
      }
    },
    furnish: async (setup) => {
      const furnished = await furnish(setup, house, { booking, channel, locks })
      const { source, sms } = furnished
      posted.push({ part: booking, connectionId: source, stayOf: names.stay })
      posted.push({ part: channel, connectionId: sms, stayOf: names.stay })
      for (const [index, part] of locks.entries())
        posted.push({ part, connectionId: furnished.locks[index] ?? '', stayOf: names.stay })
      return furnished
    },
    judges: (given) => {
      truth = given
      return [endsJudge(given)]
    },
    announceBy: (given) => {
      post = given
      bookings.announce = () => {}
      tick()
    },
    settle: async () => {
      await border.settle()
      look()
    },
  }
}

interface Written {
  readonly mark: string
  readonly label: string
  readonly pin: string
  readonly window: { readonly from: string; readonly until: string }
  readonly vendorRef?: string
}

/** For templates: the same as `plainWriter` says. */
function valuesOf({ guestName = '', told }: ToWrite): Readonly<Record<string, string>> {
  const { unit, property, window, doors } = told
  const lines = doors.map(({ name, enter }) => `${name}: ${enter ?? '-'}`)
  return { guestName, unit, property, from: window.from, until: window.until, doors: lines.join('\n') }
}
