import type { Call } from '../ports/call.ts'
import type { Turns } from './turns.ts'

/** A connected socket to the site, and to nothing else. */
export interface Dialled {
  /** Node's own `net.Socket`. Not typed as that: packages without the types of Node have to compile as well. */
  readonly socket: object
  /**
   * It leads to a private network, which the operator has opened to this connection, or to this machine. What is not
   * encrypted stays in there; anywhere else it can be read on the way.
   */
  readonly isPrivate: boolean
}

/** Opens a socket to one site. The address is checked after the name was resolved, and is the one that is dialled. */
export type Dial = (signal: AbortSignal) => Promise<Dialled>

/** The way to the site of `onSite` for an adapter that speaks another protocol than HTTP. */
export interface Line {
  readonly dial: Dial
  /**
   * Does this when it is the account's turn: what `fetch` does by itself at each request. Throws `OutOfTurn` when the turn is
   * too far away; nothing was done then.
   */
  inTurn<T>(call: Call, work: () => Promise<T>): Promise<T>
}

/** Milliseconds that may pass before a turn. */
const patience = 10_000

/** The line an adapter is given. Keep one per vendor account, because the budget is in `turns`. */
export function guardLine(dial: Dial, turns: Turns): Line {
  return {
    dial: async (signal) => {
      signal.throwIfAborted()
      return await dial(signal)
    },
    inTurn: async ({ signal, near = false }, work) => {
      await turns.take(signal, patience, near)
      try {
        return await work()
      } finally {
        await turns.ended({})
      }
    },
  }
}
