/**
 * Lets one run at a time through, in the order of asking: for vendors that take one request at a time, and for whatever must
 * not overtake itself. A caller whose signal aborts leaves the line at once. A run that fails concerns its own caller alone.
 */
export function inTurn(): <T>(run: () => Promise<T>, signal?: AbortSignal) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return async (run, signal) => {
    signal?.throwIfAborted()
    const before = last
    const { promise: done, resolve: leave } = Promise.withResolvers<void>()
    // Whoever leaves the line early still keeps the next one behind those in front of it.
    last = Promise.all([before, done])
    const { promise: aborted, reject } = Promise.withResolvers<never>()
    const abort = () => reject(signal?.reason as Error) // an abort's reason is an Error wherever the hub aborts
    signal?.addEventListener('abort', abort, { once: true })
    try {
      await Promise.race([before, aborted])
      return await run()
    } finally {
      signal?.removeEventListener('abort', abort)
      leave()
    }
  }
}
