/**
 * Reads again only when the last reading is older than `fresh` milliseconds; who asks meanwhile gets the same one. A failed
 * reading is not kept: who asked for it hears of the failure.
 */
export function keptFor<Reading>(fresh: number, read: () => Promise<Reading>): () => Promise<Reading> {
  let last: { readonly reading: Promise<Reading>; readonly at: number } | undefined
  return () => {
    if (last && performance.now() - last.at <= fresh) return last.reading
    const mine = { reading: read(), at: performance.now() }
    last = mine
    mine.reading.catch(() => {
      if (last === mine) last = undefined
    })
    return mine.reading
  }
}
