import type { Call } from '@stayward/core/adapter'

/**
 * One run for everybody who asks while it is under way. Each caller leaves by its own signal; the run itself is aborted
 * when the last of them has left, so that nobody later joins a run that nobody waits for.
 */
export function shareRun<T>(run: (call: Call) => Promise<T>): (call: Call) => Promise<T> {
  let current: { readonly result: Promise<T>; readonly abort: AbortController; callers: number } | undefined
  return async ({ signal }) => {
    signal.throwIfAborted()
    if (!current) {
      const abort = new AbortController()
      const started = { result: run({ signal: abort.signal }), abort, callers: 0 }
      const end = () => {
        if (current === started) current = undefined
      }
      started.result.then(end, end)
      current = started
    }
    const joined = current
    joined.callers += 1
    const { promise: left, reject } = Promise.withResolvers<never>()
    const leave = () => reject(signal.reason as Error) // an abort's reason is an Error wherever the hub aborts
    signal.addEventListener('abort', leave, { once: true })
    try {
      return await Promise.race([joined.result, left])
    } finally {
      signal.removeEventListener('abort', leave)
      joined.callers -= 1
      if (joined.callers === 0 && current === joined) {
        current = undefined
        joined.abort.abort(new Error('nobody waits for this any more'))
      }
    }
  }
}
