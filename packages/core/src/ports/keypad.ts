import type { ObservedCode } from '../domain/code.ts'
import type { AccessWindow } from '../domain/grant.ts'
import type { Instant } from '../domain/instant.ts'
import type { Account, Call } from './call.ts'
import type { RegistersWebhook } from './registers-webhook.ts'

/** What locks and intercoms share: they remember codes. Throws `AdapterError` for what goes wrong on the way. */
export interface Keypad extends RegistersWebhook {
  readonly specVersion: 'v1'
  readAccount(call: Call): Promise<Account>
  /** Every device of the account that remembers codes. */
  listDevices(call: Call): Promise<readonly Device[]>
  /** Every code on the device, ours and other people's. Never answers from memory of what was written. */
  readCodes(deviceId: string, call: Call): Promise<readonly ObservedCode[]>
  /** With `vendorRef`: changes that code, every field written anew. Without: makes one. */
  writeCode(deviceId: string, code: CodeToWrite, call: Call): Promise<WriteReceipt>
  /** Quiet when the code was gone already. */
  removeCode(deviceId: string, vendorRef: string, call: Call): Promise<RemoveReceipt>
  /** Declared by `capabilities.readsState`. */
  readState?(deviceId: string, call: Call): Promise<DeviceState>
  /** Openings since an instant, oldest first. Declared by `capabilities.readsActivity`. */
  readActivity?(deviceId: string, since: Instant, call: Call): Promise<readonly Opening[]>
  close?(): Promise<void>
}

export interface Device {
  /** What `Door` stores and every other operation takes. */
  readonly id: string
  readonly name: string
  /** IANA name of the device's own wall clock, when the vendor knows it. */
  readonly zone?: string
  /** For people: what has to be known before it is used. */
  readonly note?: string
}

export interface CodeToWrite {
  readonly mark: string
  /** For people, may be empty; never a PIN, a phone or a booking number. */
  readonly label: string
  readonly pin: string
  readonly window: AccessWindow
  readonly vendorRef?: string
}

export type WriteReceipt =
  /** The device itself has it. */
  | { readonly status: 'confirmed'; readonly vendorRef: string; readonly pin?: string }
  /** The vendor took it; it shows later. `pin` when the vendor stored another one than asked. */
  | { readonly status: 'accepted'; readonly vendorRef?: string; readonly pin?: string }
  /** Nothing was stored. */
  | { readonly status: 'refused'; readonly reason: WriteRefusal; readonly detail?: string }

export type WriteRefusal = 'pin-taken' | 'pin-not-allowed' | 'no-capacity' | 'window-not-supported' | 'not-allowed'

export interface RemoveReceipt {
  /** `gone`: the device itself no longer has it. `accepted`: the vendor took it; it shows later. */
  readonly status: 'gone' | 'accepted'
}

export interface DeviceState {
  readonly online?: boolean
  /** When the device, or the gateway beside it, was last heard of by the vendor. */
  readonly lastSeen?: Instant
  readonly battery?: { readonly low: boolean; readonly percent?: number }
  /** Milliseconds by which the device's own clock is ahead of ours. */
  readonly clockOffset?: number
}

export interface Opening {
  readonly at: Instant
  readonly vendorRef?: string
  readonly mark?: string
}
