import type { Call } from './call.ts'
import type { Keypad } from './keypad.ts'
import type { OpenReceipt } from './lock-provider.ts'

/** An intercom: a directory of people with codes, and the doors it can open. Often in the tenant's own network. */
export interface Intercom extends Keypad {
  /** The doors (relays, switches) that codes of this device open. */
  listDoors(deviceId: string, call: Call): Promise<readonly IntercomDoor[]>
  /** Shows a name and calls a number. Quiet when it is so already. Declared by `capabilities.writesEntries`. */
  writeEntry?(deviceId: string, entry: DirectoryEntry, call: Call): Promise<{ readonly vendorRef: string }>
  /** Opens once, now. Never repeated automatically. Declared by `capabilities.opens`. */
  openDoor?(deviceId: string, doorRef: string, call: Call): Promise<OpenReceipt>
  /** A picture of a PIN that this device's camera reads instead of fingers. Changes nothing. Declared by `capabilities.drawsQr`. */
  drawQr?(deviceId: string, pin: string, call: Call): Promise<QrDrawing>
}

/** The picture shows the PIN, and the text of the SVG does not hold it. */
export type QrDrawing =
  | { readonly status: 'drawn'; readonly png: Uint8Array; readonly svg: string }
  /** The camera of this device would not read it. `detail` says what a person can do. */
  | { readonly status: 'refused'; readonly detail: string }

export interface IntercomDoor {
  readonly ref: string
  readonly name: string
}

export interface DirectoryEntry {
  readonly mark: string
  readonly name: string
  /** What is called when a visitor picks the name: a number or a SIP address. */
  readonly callTo?: string
  readonly vendorRef?: string
}
