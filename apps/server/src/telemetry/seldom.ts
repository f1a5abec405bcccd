/**
 * Passes on the first, and then at most one in `every` milliseconds, with how many there were since the last: an outage
 * is told of in every attempt to work, several times a second.
 */
export function seldom<Value>(
  every: number,
  tell: (value: Value, times: number) => void,
  elapsed: () => number = () => performance.now(),
): (value: Value) => void {
  let toldAt = Number.NEGATIVE_INFINITY
  let times = 0
  return (value) => {
    times += 1
    if (elapsed() - toldAt < every) return
    toldAt = elapsed()
    tell(value, times)
    times = 0
  }
}
