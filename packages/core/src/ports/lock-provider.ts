import type { Call } from './call.ts'
import type { Keypad } from './keypad.ts'

/** An account with locks whose keypads take codes. */
export interface LockProvider extends Keypad {
  /** Opens once, now. Never repeated automatically. Declared by `capabilities.opens`. */
  open?(deviceId: string, call: Call): Promise<OpenReceipt>
}

/** `accepted`: the vendor took the order; whether the door moved is not known. */
export type OpenReceipt =
  | { readonly status: 'opened' | 'accepted' }
  | { readonly status: 'refused'; readonly reason: 'not-allowed' | 'jammed'; readonly detail?: string }
