import type { Adapter } from '../../adapter/define-adapter.ts'
import type { Dial } from '../../adapter/line.ts'
import type { SourceBooking } from '../../domain/booking.ts'
import type { AccessWindow } from '../../domain/grant.ts'
import type { Instant } from '../../domain/instant.ts'
import type { PortName } from '../../ports/capabilities.ts'
import type { DeliveryState } from '../../ports/notifier.ts'
import type { Fault } from '../faults.ts'
import type { VendorFake } from '../vendor-fake.ts'

/** A vendor's clock in a test: starts at a fixed instant and moves only when told. */
export interface TestClock {
  now(): Instant
  advance(milliseconds: number): void
}

/**
 * What a kit is told about an adapter and its vendor. Which tests run follows from the adapter's capabilities; there is
 * no way to skip one.
 */
export interface Subject<Port extends PortName, Vendor extends VendorFake, Config> {
  readonly adapter: Adapter<Port, Config>
  /** Credentials the vendor accepts. */
  readonly config: Config
  /** Of the same vendor, but refused by it. */
  readonly wrongConfig: Config
  /** Every secret of `config` and every person of the fake: none may appear in an error. */
  readonly secrets: readonly string[]
  /** A fresh vendor on this clock. */
  vendor(clock: TestClock): Vendor
  /**
   * For an adapter that does not speak HTTP: a line on which every exchange (what one side says until the other answers) is a
   * request to this fetch, so that faults meet it there before the vendor does.
   */
  dial?(fetch: typeof globalThis.fetch): Dial
  /**
   * Faults that do not fit this vendor's transport, each with the reason (`redirect`: "SMTP has none"). Listed in the
   * test's name, so that a reader sees what was left out and why.
   */
  readonly unfit?: Partial<Record<Fault, string>>
}

/** A second, independent way to look at and act inside a booking system. */
export interface BookingVendor extends VendorFake {
  /** A confirmed booking that exists when the fake starts. */
  readonly knownBooking: string
  /** Bookings the fake holds beyond one page of the vendor's listing. */
  fill(count: number): void
  cancel(ref: string): void
  /** Removes it as if it had never been. */
  erase(ref: string): void
  move(ref: string, unitRef: string): void
  /** Every booking of every state, in our words, worked out without the adapter. */
  bookings(): readonly Pick<SourceBooking, 'ref' | 'state' | 'unitRef' | 'arrival' | 'departure'>[]
  /** What arrived in the guest's inbox, oldest first. */
  inbox(ref: string): readonly string[]
}

/** A second, independent way to look at and act inside a lock or intercom and its cloud. */
export interface KeypadVendor extends VendorFake {
  readonly deviceId: string
  /** What the device itself holds by now, not what the cloud believes. */
  codesOn(deviceId: string): readonly { readonly pin: string; readonly from?: Instant; readonly until?: Instant }[]
  /** Somebody makes a code in the vendor's own app. Returns the vendor's id of it. */
  addForeignCode(deviceId: string, code: { pin: string; label: string; window?: AccessWindow }): string
  /** The gateway or device loses its connection, or has it back. */
  setOnline(deviceId: string, online: boolean): void
}

/** `openings` is needed where `capabilities.opens`: how often this door was opened on request. */
export interface LockVendor extends KeypadVendor {
  openings?(deviceId: string): number
}

export interface IntercomVendor extends KeypadVendor {
  /** How often any door of this device was opened on request. */
  openings(deviceId: string): number
  /** What a visitor finds in the directory, oldest first. */
  entries(deviceId: string): readonly { readonly name: string; readonly callTo?: string }[]
}

/** A second, independent way to look at and act inside a message vendor. */
export interface NotifierVendor extends VendorFake {
  /** An address that works. */
  readonly goodAddress: string
  /** Addresses the vendor refuses, with the reason the adapter has to name. */
  readonly badAddresses: readonly { readonly to: string; readonly reason: string }[]
  /** What really arrived on this address, oldest first. */
  received(to: string): readonly string[]
  /** The network's word on the newest message to this address. */
  setDelivery(to: string, state: DeliveryState): void
  /** The person writes back. */
  reply(from: string, text: string): void
}
