import { AdapterError } from '../../../ports/adapter-error.ts'
import type { LockPlot } from '../plot.ts'
import type { Random } from '../random.ts'
import type { Schedule } from '../schedule.ts'

/** A code in a cloud or on a device. Milliseconds since 1970; `null` has no bound. */
export interface Entry {
  readonly ref: string
  readonly mark?: string
  readonly label: string
  readonly pin: string
  readonly from: number | null
  readonly until: number | null
  readonly enabled: boolean
  /** The device never takes it (though its cloud says so little). */
  readonly neverSyncs?: true
  /** Not shown in listings before. */
  readonly showsFrom: number
  /** When its vendor made it, where that was long after it was asked to (`ok-deferred`). */
  readonly lateAt?: number
}

export type EntryWords = Pick<Entry, 'label' | 'pin' | 'from' | 'until'> & { readonly mark?: string }

/** What a code of ours was written or removed for, as the truth has it. */
export interface KeypadWatcher {
  /** The device itself holds other codes than before. */
  changed(keypad: SimulatedKeypad): void
  /** A hub asks for a code, or for an end of one; the vendor has not decided yet. */
  writeAsked(keypad: SimulatedKeypad, words: EntryWords, ref: string | undefined): void
  removeAsked(keypad: SimulatedKeypad, ref: string): void
}

/** One device in its three layers: what the cloud believes, when the gateway fetches, what the device really holds. */
export class SimulatedKeypad {
  readonly id: string
  readonly door: number
  readonly where: string
  readonly plot: LockPlot
  readonly cloud = new Map<string, Entry>()
  /** What the device holds and lets in by. */
  held = new Map<string, Entry>()
  /** Listings of a while ago, for answers out of an old snapshot. */
  readonly snapshots: { readonly at: number; readonly entries: readonly Entry[] }[] = []
  readonly #schedule: Schedule
  readonly #random: Random
  readonly watcher: KeypadWatcher
  #offline = 0
  #backSince = 0
  #heardBefore = 0
  #slow = 0
  #slowSince = Number.NEGATIVE_INFINITY
  #syncing = false
  /** When somebody last changed it by hand. */
  touchedAt = Number.NEGATIVE_INFINITY
  #refs = 0

  constructor(
    id: string,
    door: number,
    where: string,
    plot: LockPlot,
    kit: { readonly schedule: Schedule; readonly random: Random; readonly watcher: KeypadWatcher },
  ) {
    this.id = id
    this.door = door
    this.where = where
    this.plot = plot
    this.#schedule = kit.schedule
    this.#random = kit.random
    this.watcher = kit.watcher
  }

  get isOnline(): boolean {
    return this.#offline === 0
  }

  /** Somebody has changed it with the app, and it has not come to the device yet. */
  get isTouchedUnseen(): boolean {
    return (
      (!this.isOnline && this.touchedAt >= this.#heardBefore) || (this.#slow > 0 && this.touchedAt >= this.#slowSince)
    )
  }

  /** When the gateway was last heard of. */
  get lastSeen(): number {
    return this.isOnline ? this.#heardBy(this.#schedule.now) : this.#heardBefore
  }

  /** Back, and its first round may be still to come; a round due at the very moment it came back was missed. */
  #heardBy(at: number): number {
    const newest = Math.floor(at / this.plot.fetchEvery) * this.plot.fetchEvery
    return newest > this.#backSince ? newest : this.#heardBefore
  }

  goOffline(): void {
    if (this.#offline === 0) {
      this.#heardBefore = this.#heardBy(this.#schedule.now - 1) // a round due at this very moment is missed
    }
    this.#offline += 1
  }

  comeBack(): void {
    this.#offline -= 1
    if (this.#offline === 0) this.#backSince = this.#schedule.now
    // What somebody did in the app meanwhile comes to the device now, and can be seen from now on; so below.
    if (this.isOnline && this.touchedAt >= this.#heardBefore) this.touchedAt = this.#schedule.now
    this.#plan()
  }

  slowDown(by: 1 | -1): void {
    if (this.#slow === 0) this.#slowSince = this.#schedule.now
    this.#slow += by
    if (this.#slow === 0 && this.touchedAt >= this.#slowSince) this.touchedAt = this.#schedule.now
    this.#plan()
  }

  /** Only a device that is read itself says that it cannot be reached; a cloud goes on answering. */
  reach(): void {
    if (this.plot.readBack === 'device' && !this.isOnline)
      throw new AdapterError('device-offline', `${this.id} does not answer.`, { remedy: 'See to its power.' })
  }

  refusalOf({ pin }: EntryWords, ref: string | undefined): 'pin-taken' | 'pin-not-allowed' | 'no-capacity' | undefined {
    const { pinLength, capacity, refusesTaken } = this.plot
    if (pin.length !== pinLength) return 'pin-not-allowed'
    const others = [...this.cloud.values()].filter((entry) => entry.ref !== ref)
    if (refusesTaken && others.some((entry) => entry.pin === pin)) return 'pin-taken'
    if (ref === undefined && capacity !== undefined && this.cloud.size >= capacity) return 'no-capacity'
    return undefined
  }

  write(words: EntryWords, ref: string | undefined, way: 'at once' | 'late' | 'never synced' = 'at once'): string {
    const { plot } = this
    const known = ref === undefined ? undefined : this.cloud.get(ref)
    if (ref !== undefined && !known)
      throw new AdapterError('gone', `${this.id} has no such code.`, { remedy: 'Look again.' })
    const step = plot.windowStep
    const now = this.#schedule.now
    this.#remember()
    const entry: Entry = {
      ref: ref ?? `${this.id}-${(this.#refs += 1)}`,
      label: words.label,
      pin: words.pin,
      from: words.from === null ? null : Math.floor(words.from / step) * step,
      until: words.until === null ? null : Math.ceil(words.until / step) * step,
      enabled: true,
      showsFrom: known ? known.showsFrom : now + this.#random.below(plot.showsWithin + 1),
      ...(words.mark === undefined ? {} : { mark: words.mark }),
      ...(way === 'late' ? { lateAt: now } : {}),
      ...(way === 'never synced' && plot.readBack !== 'device' && plot.readBack !== 'heartbeat'
        ? { neverSyncs: true }
        : {}),
    }
    this.put(entry)
    return entry.ref
  }

  /** Changes what the cloud holds, as a person at its app may as well. */
  put(entry: Entry): void {
    this.cloud.set(entry.ref, entry)
    this.#plan()
  }

  remove(ref: string): void {
    this.#remember()
    if (this.cloud.delete(ref)) this.#plan()
  }

  isSynced(entry: Entry): boolean {
    return this.held.get(entry.ref) === entry && this.cloud.get(entry.ref) === entry
  }

  /** Whether somebody who types this now gets in. */
  opens(pin: string, at: number): boolean {
    for (const entry of this.held.values()) if (entry.pin === pin && admits(entry, at)) return true
    return false
  }

  listing(age = 0): readonly Entry[] {
    const { now } = this.#schedule
    const old = age === 0 ? undefined : this.snapshots.find(({ at }) => at >= now - age)
    const listed = old?.entries ?? [...this.cloud.values(), ...this.#leaving()]
    return listed.filter(({ showsFrom }) => showsFrom <= now)
  }

  /** A vendor that tells what is synced goes on listing what the device has not dropped yet. */
  #leaving(): readonly Entry[] {
    if (this.plot.readBack !== 'synced') return []
    return [...this.held.values()].filter(({ ref }) => !this.cloud.has(ref))
  }

  #remember(): void {
    this.snapshots.push({ at: this.#schedule.now, entries: [...this.cloud.values()] })
    if (this.snapshots.length > 6) this.snapshots.shift()
  }

  /** The gateway fetches at its next round, or when it is back. */
  #plan(): void {
    const { readBack, fetchEvery } = this.plot
    if (readBack === 'device') return this.#fetch()
    if (this.#syncing || !this.isOnline) return
    if (this.#slow > 0 && readBack !== 'heartbeat') return
    this.#syncing = true
    const { now } = this.#schedule
    this.#schedule.atPort(Math.floor(now / fetchEvery) * fetchEvery + fetchEvery, () => {
      this.#syncing = false
      if (this.isOnline) this.#fetch()
    })
  }

  #fetch(): void {
    const held = new Map<string, Entry>()
    for (const entry of this.cloud.values()) if (!entry.neverSyncs) held.set(entry.ref, entry)
    this.held = held
    this.watcher.changed(this)
  }
}

export function admits({ enabled, from, until }: Entry, at: number): boolean {
  return enabled && (from === null || from <= at) && (until === null || at < until)
}
