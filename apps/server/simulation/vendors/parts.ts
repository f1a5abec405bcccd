import { type AnyAdapter, type Delay, type Dial, type Instant, markIn, millisecondsOf } from '@stayward/core'
import type { Entry, StayFacts, VendorFake, WebhookDelivery } from '@stayward/core/testing'

/** A vendor's fake with the adapter for it, spoken to in the words of a plot. */
export interface Part {
  readonly adapter: AnyAdapter
  readonly config: unknown
  readonly fake: VendorFake
  /** For a vendor that is not spoken to by HTTP. */
  dial?(fetch: typeof globalThis.fetch, delay: Delay): Dial
  /** What the hub answered to a webhook, for vendors that care. */
  answered?(delivery: WebhookDelivery, status: number): void
}

/** Milliseconds since 1970. */
export type Now = () => number

/** Something that a channel has taken. */
export interface Letter {
  /** A booking's ref, or an address. */
  readonly to: string
  readonly text: string
  readonly sentAt: number
  /** Ours, where the vendor keeps it. */
  readonly key?: string
  /** Not on the phone yet when absent. */
  readonly arrivedAt?: number
}

export interface BookingPart extends Part {
  unitRef(unit: number): string
  /** Returns the vendor's ref. */
  book(facts: StayFacts): string
  change(ref: string, facts: StayFacts): void
  /** Oldest first. */
  letters(): readonly Letter[]
}

/** A code as a cloud lists it or a device holds it. `null` has no bound. */
export type Code = Pick<Entry, 'ref' | 'label' | 'pin' | 'from' | 'until' | 'enabled' | 'mark'>

/** Codes of a device, whose ids are these, in the same order. */
export function heldCodes(
  codes: readonly { readonly pin: string; readonly from?: Instant; readonly until?: Instant }[],
  refs: readonly string[],
): readonly Code[] {
  return codes.map(({ pin, from, until }, index) => ({
    ref: refs[index] ?? `${index}`,
    label: '',
    pin,
    enabled: true,
    from: from === undefined ? null : millisecondsOf(from),
    until: until === undefined ? null : millisecondsOf(until),
  }))
}

/** The mark of ours that one of these fields begins with. */
export function markedBy(...fields: readonly unknown[]): { readonly mark?: string } {
  const [mark] = fields.flatMap((field) => (typeof field === 'string' ? (markIn(field) ?? []) : []))
  return mark === undefined ? {} : { mark }
}

export interface LockPart extends Part {
  deviceId(door: number): string
  listed(door: number): readonly Code[]
  /** What the device itself lets in by. */
  held(door: number): readonly Code[]
  /** What somebody with the vendor's app does. */
  add(door: number, code: { readonly pin: string; readonly label: string }): void
  edit(door: number, code: Pick<Code, 'ref' | 'enabled' | 'until'>): void
  remove(door: number, ref: string): void
  setOnline(door: number, online: boolean): void
}

export interface ChannelPart extends Part {
  /** Where the operator is called. */
  readonly alarm: string
  /** The guest's number, whose address this is. */
  phone(address: string): string
  /** Whether what was shown says these words; where the vendor shows them as they are it is asked for no more than that. */
  says(shown: string, words: string): boolean
  /** Oldest first. */
  letters(): readonly Letter[]
}
