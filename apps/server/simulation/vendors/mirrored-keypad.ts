import {
  type Entry,
  type KeypadWatcher,
  type LockPlot,
  Random,
  type Schedule,
  SimulatedKeypad,
} from '@stayward/core/testing'
import type { Code, LockPart } from './parts.ts'

export interface MirrorKit {
  readonly door: number
  readonly where: string
  readonly plot: LockPlot
  readonly part: LockPart
  readonly schedule: Schedule
  readonly watcher: KeypadWatcher
}

/** A fake's device as judges and people know keypads: it shows what the fake holds, and whoever acts at it acts there. */
export class MirroredKeypad extends SimulatedKeypad {
  readonly #kit: MirrorKit
  #last = ''
  /** By the vendor's ids; a device says less of a code than its cloud. */
  readonly #marks = new Map<string, string>()
  #away = 0

  constructor(kit: MirrorKit) {
    const { door, where, plot, schedule, watcher } = kit
    super(`device-${door}`, door, where, plot, { schedule, random: new Random(0, 'unused'), watcher })
    this.#kit = kit
  }

  get vendorId(): string {
    return this.#kit.part.deviceId(this.door)
  }

  /** Looks at the fake again. */
  refresh(): void {
    const { part } = this.#kit
    this.cloud.clear()
    for (const code of part.listed(this.door)) {
      this.cloud.set(code.ref, { ...code, showsFrom: 0 })
      if (code.mark !== undefined) this.#marks.set(code.ref, code.mark)
    }
    const held = part.held(this.door).map((code) => this.#entryOf(code))
    const now = JSON.stringify(held)
    if (now === this.#last) return
    this.#last = now
    this.held = new Map(held.map((entry) => [entry.ref, entry]))
    this.watcher.changed(this)
  }

  #entryOf(code: Code): Entry {
    const mark = this.#marks.get(code.ref)
    return { ...code, showsFrom: 0, ...(mark === undefined ? {} : { mark }) }
  }

  override write({ pin, label }: Parameters<SimulatedKeypad['write']>[0]): string {
    this.#kit.part.add(this.door, { pin, label })
    return ''
  }

  override put({ ref, enabled, until }: Entry): void {
    this.#kit.part.edit(this.door, { ref, enabled, until })
  }

  override remove(ref: string): void {
    this.#kit.part.remove(this.door, ref)
  }

  override refusalOf(): undefined {
    return undefined
  }

  override goOffline(): void {
    this.#away += 1
    if (this.#away === 1) this.#kit.part.setOnline(this.door, false)
  }

  override comeBack(): void {
    this.#away -= 1
    if (this.#away === 0) this.#kit.part.setOnline(this.door, true)
  }

  override get isOnline(): boolean {
    return this.#away === 0
  }

  override slowDown(): void {
    // Fakes are as slow as they were made.
  }
}
