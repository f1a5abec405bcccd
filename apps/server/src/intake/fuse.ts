/**
 * How many rejected deliveries of one connection are kept whole within five minutes. Who has the address but not the
 * secret can send as many different ones as the rate limit lets through; beyond this they are only counted.
 */
const mostRejected = 100
const span = 5 * 60_000

export interface Fuse {
  /** True while there is room for one more of this connection. */
  allows(connectionId: string): boolean
}

export function createFuse(elapsed: () => number = () => performance.now()): Fuse {
  let counts = new Map<string, number>()
  let until = 0
  return {
    allows(connectionId) {
      if (elapsed() >= until) {
        counts = new Map()
        until = elapsed() + span
      }
      const count = (counts.get(connectionId) ?? 0) + 1
      counts.set(connectionId, count)
      return count <= mostRejected
    },
  }
}
