import { Health } from './health.ts'
import { dailyLook, day, minute, type Plot } from './plot.ts'
import type { Schedule } from './schedule.ts'
import { Sends } from './sends.ts'
import type { Sometimes } from './sometimes.ts'
import { heard, type Heard } from './words.ts'
import type { Bookings } from './world/bookings.ts'
import { phoneOf } from './world/bookings.ts'
import type { SimulatedKeypad } from './world/keypad.ts'
import type { Text } from './world/phones.ts'
import { doorsOf, leadsThrough, type Stay, windowOf } from './world/stays.ts'

export interface Violation {
  /** Of the invariant, as in the catalogue: `A4`. */
  readonly id: string
  readonly at: number
  readonly text: string
}

/** What has arrived at a guest. */
export interface Telling extends Heard {
  readonly channel: 'sms' | 'inbox'
  readonly to: string
  readonly at: number
  readonly sentAt: number
}

/** What is true in the simulated world, whatever the hub believes, and who has found what wrong. */
export class Truth {
  readonly plot: Plot
  readonly schedule: Schedule
  readonly bookings: Bookings
  /** By door; a door without a device has none. */
  readonly keypads: readonly (SimulatedKeypad | undefined)[]
  readonly health: Health
  /** Milliseconds within which a change of a booking is noticed that no webhook announces. */
  readonly noticed: number
  /** … and what somebody has done at a door with the lock's app. */
  readonly seen: number
  readonly violations: Violation[] = []
  /** How often each invariant was asked. */
  readonly checked = new Map<string, number>()
  readonly sometimes = new Map<Sometimes, number>()
  /** Open alerts by `kind subject`, with when they were opened. */
  readonly alerts = new Map<string, number>()
  /** The hub's ids: of bookings by ref and back, of devices by the vendor's id. */
  readonly refs = new Map<string, string>()
  readonly ids = new Map<string, string>()
  readonly deviceIds = new Map<string, string>()
  /** … and of the connections of locks by where they are. */
  readonly lockIds = new Map<string, string>()
  /** The PIN last asked for, by the keypad's id and the stay's ref. */
  readonly asked = new Map<string, string>()
  /** Keypads whose listing once left codes out, or showed old ones. */
  readonly misread = new Set<string>()
  /** Which stay a mark of ours was made for. */
  readonly owners = new Map<string, { readonly stay: Stay; readonly pin: string }>()
  /** Codes made by hand that were given to stays, by the keypad's id and the vendor's. */
  readonly adopted = new Map<string, { readonly stay: Stay; readonly pin: string }>()
  /** The newest mark by stay and the hub's id of the device: a restored stay gets a new code beside the old one. */
  readonly newestMarks = new Map<string, string>()
  /** Stays whose loss of access the brake holds, or a person has decided about, with when. */
  readonly braked = new Map<Stay, { readonly state: 'held' | 'approved' | 'refused'; readonly at: number }>()
  /** When the brake last let go of a stay. */
  readonly unbraked = new Map<Stay, number>()
  readonly told = new Map<string, Telling[]>()
  readonly sends = new Sends()
  /** The newest text that a channel took about a stay and that has not arrived: when, and whether its channel could tell. */
  readonly underWay = new Map<string, { readonly key: string; readonly at: number; readonly reports: boolean }>()

  constructor(plot: Plot, schedule: Schedule, bookings: Bookings, keypads: readonly (SimulatedKeypad | undefined)[]) {
    const { poll, sweepNear } = plot.house.rhythm
    this.plot = plot
    this.health = new Health(plot.house.rhythm)
    this.noticed = 1.1 * poll + 5 * minute
    this.seen = 1.1 * sweepNear + 17 * minute
    this.schedule = schedule
    this.bookings = bookings
    this.keypads = keypads
  }

  get now(): number {
    return this.schedule.now
  }

  /**
   * When a look has found what somebody last did at a door, or what came to be there at `since`: soon while somebody comes or
   * goes within a day, else once a day (`limits.sweepNear`, `limits.sweepFar`). A lock without webhooks tells nobody before.
   * A guest who came within the last day is near as well; one who has left has no code there that would be looked after.
   */
  foundBy({ touchedAt, door, isTouchedUnseen }: SimulatedKeypad, since = touchedAt): number {
    if (isTouchedUnseen && since === touchedAt) return Number.POSITIVE_INFINITY
    const near = [...this.bookings.stays.values()]
      .filter(({ now: { facts } }) => leadsThrough(facts, door, this.plot.house))
      .flatMap((stay) => {
        const { from, until } = windowOf(stay.now.facts, this.plot.house)
        const edges = until <= since ? [] : [until, ...(from + day > since ? [from] : [])]
        // No door is looked at more often for what the hub has not heard of, or when it was over.
        const known = stay.knownAt(stay.now) ?? Number.POSITIVE_INFINITY
        return (known < until ? edges : []).map((edge) => Math.max(since, edge - day, known))
      })
    return Math.min(since + dailyLook, ...near.map((at) => at + this.seen + 10 * minute))
  }

  check(id: string, holds: boolean, text: () => string): void {
    this.checked.set(id, (this.checked.get(id) ?? 0) + 1)
    if (!holds) this.violations.push({ id, at: this.now, text: text() })
  }

  /** Keeps what the hub knows and has raised; the answer makes that all it knows, whatever has happened since. */
  remember(): () => void {
    const commits = new Map(Array.from(this.bookings.stays.values(), (stay) => [stay, stay.commits.length]))
    const alerts = new Map(this.alerts)
    return () => {
      for (const stay of this.bookings.stays.values()) stay.commits.splice(commits.get(stay) ?? 0)
      this.alerts.clear()
      for (const [key, since] of alerts) this.alerts.set(key, since)
    }
  }

  happened(what: Sometimes): void {
    this.sometimes.set(what, (this.sometimes.get(what) ?? 0) + 1)
  }

  /** Whether a person has this stay on the screen. */
  isRaised(stay: Stay, ...kinds: readonly string[]): boolean {
    const id = this.ids.get(stay.ref)
    if (id === undefined) return false
    for (const key of this.alerts.keys()) {
      const [kind = '', subject = ''] = key.split(' ')
      if (kinds.includes(kind) && subject.startsWith(`booking:${id}`)) return true
    }
    return false
  }

  /** Whether this stay keeps its codes for a person's sake: one has been called, or has refused that they go. */
  isBraked(stay: Stay): boolean {
    const state = this.braked.get(stay)?.state
    return state === 'refused' || (state === 'held' && [...this.alerts.keys()].some((key) => key.startsWith('brake ')))
  }

  /** Whether a person has been told that no hub can do anything at this door, or that somebody has changed a code there. */
  isDoorRaised(door: number): boolean {
    const keypad = this.keypads[door]
    if (!keypad) return false
    const device = `device:${this.deviceIds.get(keypad.id)}`
    const subjects = [
      `connection ${device}`,
      `connection connection:${this.lockIds.get(keypad.where)}`,
      `drift ${device}`,
    ]
    return subjects.some((key) => this.alerts.has(key))
  }

  /** What the guest of a stay would type now at each door of the path. */
  lastTold(stay: Stay): Telling | undefined {
    const { phone } = stay.now.facts
    const mine = (this.told.get(stay.ref) ?? []).filter(
      ({ channel, to }) => channel === 'inbox' || (phone !== undefined && to === phoneOf(phone)),
    )
    const telling = mine.filter(({ kind }) => kind !== 'withdrawal')
    // Of two texts that crossed on their way the guest goes by the newer one.
    return telling.findLast(({ sentAt }) => telling.every((other) => other.sentAt <= sentAt))
  }

  /** Whether the guest, typing what was told, gets through every door on the way. */
  getsIn(stay: Stay, at: number): boolean {
    return doorsOf(stay.now.facts, this.plot.house).every((door) => this.opensFor(stay, door, at))
  }

  opensFor(stay: Stay, door: number, at: number): boolean {
    const pin = this.toldFor(stay, door)
    return pin !== undefined && this.keypads[door]?.opens(pin, at) === true
  }

  /** A vendor that hides PINs has carried out an older write after the newest one. Nothing that it shows tells so. */
  isOverwritten(stay: Stay, door: number): boolean {
    const keypad = this.keypads[door]
    if (!keypad || keypad.plot.readsPin) return false
    const asked = this.asked.get(`${keypad.id} ${stay.ref}`)
    return [...keypad.held.values()].some(({ mark, pin, lateAt }) => {
      return lateAt !== undefined && pin !== asked && this.owners.get(mark ?? '')?.stay === stay
    })
  }

  /** The PIN that the guest was told for this door, without the door's prefix. */
  toldFor(stay: Stay, door: number): string | undefined {
    const { name, prefix = '' } = this.plot.house.doors[door] ?? { name: '' }
    return this.lastTold(stay)
      ?.doors.find((one) => one.name === name)
      ?.enter.slice(prefix.length)
  }

  hear(stay: Stay, channel: 'sms' | 'inbox', { to, text, sentAt }: Text): void {
    const tellings = this.told.get(stay.ref) ?? []
    tellings.push({ ...heard(text), channel, to, at: this.now, sentAt })
    this.told.set(stay.ref, tellings)
  }
}
