import { markOf } from '../domain/mark.ts'
import { remembered } from '../domain/remembered.ts'
import type { Entropy } from '../ports/entropy.ts'

/** A new code's mark on a connection. */
export function newMark(connectionId: string, entropy: Entropy): string {
  return markOf(tailOf(connectionId), entropy.bytes(8))
}

/** What every mark of a connection begins with. */
export const connectionPart: (connectionId: string) => string = remembered((connectionId: string) =>
  markOf(tailOf(connectionId), new Uint8Array(8)).slice(0, -8),
)

const tailOf = (connectionId: string) => new TextEncoder().encode(connectionId.slice(-4))
