import { type Instant, instantOf, millisecondsOf } from '../../domain/instant.ts'
import type { AccessWindow } from '../../domain/grant.ts'
import { markIn } from '../../domain/mark.ts'
import type { WriteRefusal } from '../../ports/keypad.ts'

/** How a code is kept: our mark and the label in one field, bounds in milliseconds, `null` for none. */
export interface StoredCode {
  readonly ref: string
  readonly field: string
  readonly pin: string
  readonly from: number | null
  readonly until: number | null
}

/** A place that learns of changes later: the vendor's list, or the device's own memory. */
interface Layer {
  readonly codes: Record<string, StoredCode>
  readonly queue: { readonly at: number; readonly ref: string; readonly code: StoredCode | null }[]
}

export interface MemoryDevice {
  readonly id: string
  readonly account: string
  readonly name: string
  online: boolean
  /** When that last changed, milliseconds since 1970. */
  since: number
  readonly cloud: Record<string, StoredCode>
  readonly list: Layer
  readonly held: Layer
  /** Openings on request. */
  openings: number
  readonly entered: { readonly at: number; readonly ref: string }[]
}

/** How a cloud and its devices behave. Times are milliseconds. */
export interface CloudBehaviour {
  readonly showsAfter: number
  readonly syncDelay: number
  readonly capacity: number
  readonly forbiddenPins: readonly string[]
  readonly refusesTakenPins: boolean
}

export function newDevice(id: string, account: string, now: number): MemoryDevice {
  const layer = (): Layer => ({ codes: {}, queue: [] })
  return {
    id,
    account,
    name: `Door ${id}`,
    online: true,
    since: now,
    cloud: {},
    list: layer(),
    held: layer(),
    openings: 0,
    entered: [],
  }
}

/** Lets everything happen that is due by `now`. */
export function settleDevice(device: MemoryDevice, { showsAfter, syncDelay }: CloudBehaviour, now: number): void {
  drain(device.list, (at) => at + showsAfter <= now)
  if (device.online) drain(device.held, (at) => Math.max(at, device.since) + syncDelay <= now)
}

function drain({ codes, queue }: Layer, due: (at: number) => boolean): void {
  while (queue[0] && due(queue[0].at)) {
    const change = queue.shift()
    if (!change) return
    if (change.code) codes[change.ref] = change.code
    else delete codes[change.ref]
  }
}

/** Why this code cannot be stored, or nothing. */
export function refusalOf(device: MemoryDevice, behaviour: CloudBehaviour, code: StoredCode): WriteRefusal | undefined {
  const others = Object.values(device.cloud).filter(({ ref }) => ref !== code.ref)
  if (behaviour.forbiddenPins.includes(code.pin)) return 'pin-not-allowed'
  if (behaviour.refusesTakenPins && others.some(({ pin }) => pin === code.pin)) return 'pin-taken'
  return others.length >= behaviour.capacity ? 'no-capacity' : undefined
}

/** Stores or, with `null`, removes a code: in the cloud at once, in the list and on the device when it is due. */
export function change(device: MemoryDevice, at: number, ref: string, code: StoredCode | null): void {
  if (code) device.cloud[ref] = code
  else delete device.cloud[ref]
  device.list.queue.push({ at, ref, code })
  device.held.queue.push({ at, ref, code })
}

/** A code that everybody knows of at once, as when a person stands at the device. */
export function putEverywhere(device: MemoryDevice, code: StoredCode): void {
  device.cloud[code.ref] = code
  device.list.codes[code.ref] = code
  device.held.codes[code.ref] = code
}

/** The ref of the code that opens with this PIN at this moment. */
export function opensWith(device: MemoryDevice, pin: string, now: number): string | undefined {
  return Object.values(device.held.codes).find(
    (code) => code.pin === pin && now >= (code.from ?? -Infinity) && now < (code.until ?? Infinity),
  )?.ref
}

export function windowOf({ from, until }: StoredCode): {
  readonly from: Instant | null
  readonly until: Instant | null
} {
  return { from: from === null ? null : instantOf(from), until: until === null ? null : instantOf(until) }
}

export function storedCode(ref: string, field: string, pin: string, window?: AccessWindow): StoredCode {
  const bounds = window
    ? { from: millisecondsOf(window.from), until: millisecondsOf(window.until) }
    : { from: null, until: null }
  return { ref, field, pin, ...bounds }
}

/** The field's two halves. */
export function labelled(field: string): { readonly mark?: string; readonly label: string } {
  const mark = markIn(field)
  return mark === undefined ? { label: field } : { mark, label: field.slice(mark.length).trim() }
}
