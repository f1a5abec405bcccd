import type { Call } from './call.ts'

/**
 * What one connection keeps of its vendor: credentials that the vendor renews (a refresh token that replaces the one
 * before, a token that costs something to make). Sealed where it is kept, shared by every process of the hub, gone with
 * the connection. It holds one text of at most 10,000 characters; which credential of the configuration it belongs to
 * is the adapter's to write into it, for the configuration may change.
 */
export interface Vault {
  /** What was kept last; `undefined` while nothing was. */
  read(call: Call): Promise<string | undefined>
  /**
   * Puts what `renew` answers in the place of what was kept, and answers it. One renewal at a time in the whole hub:
   * `renew` is told what the one before has kept, and may well answer that. What it answers is stored when this
   * resolves; when it throws, nothing changes. `renew` has 45 seconds, after which another process may begin its own.
   * Throws `AdapterError` with `unreachable` when it cannot be stored or another renewal takes too long.
   */
  renew(renew: (kept: string | undefined) => Promise<string>, call: Call): Promise<string>
}
