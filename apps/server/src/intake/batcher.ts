/** The store is not reachable, or too much is waiting for it: nothing was kept, and the sender should come again. */
export class Unavailable extends Error {
  override name = 'Unavailable'
}

export interface BatcherOptions<Row> {
  /** Stores all of them or none. */
  readonly write: (rows: readonly Row[]) => Promise<void>
  /** Whether a failed write says that the store itself is away, so that trying row by row is pointless. */
  readonly isAway: (error: unknown) => boolean
  /** What waits at most; more is refused at once. */
  readonly mostRows?: number
  readonly mostBytes?: number
  readonly bytesOf: (row: Row) => number
}

export interface Batcher<Row> {
  /** Resolves when the row is stored. Rejects with `Unavailable`, or with what the store said about this row. */
  add(row: Row): Promise<void>
  waiting(): number
  /** Resolves when nothing waits and nothing is under way. */
  idle(): Promise<void>
}

interface Waiting<Row> {
  readonly row: Row
  readonly bytes: number
  ok(): void
  fail(error: unknown): void
}

/** More under way at once does not make PostgreSQL faster; one would let it idle between two. */
const flights = 2
const largest = 256

/**
 * Rows that arrive together share one write. Nobody waits for company: a write starts on the next turn of the event
 * loop, and whatever arrives while two are under way goes into the one after.
 */
export function createBatcher<Row>(options: BatcherOptions<Row>): Batcher<Row> {
  const { write, isAway, bytesOf, mostRows = 5_000, mostBytes = 64 * 1024 * 1024 } = options
  let queue: Waiting<Row>[] = []
  let bytes = 0
  let flying = 0
  let scheduled = false
  const resting: (() => void)[] = []

  const schedule = (): void => {
    if (scheduled || flying >= flights || queue.length === 0) return
    scheduled = true
    setImmediate(() => {
      scheduled = false
      while (queue.length > 0 && flying < flights) void fly(take())
    })
  }

  const take = (): Waiting<Row>[] => {
    const batch = queue.splice(0, largest)
    for (const { bytes: size } of batch) bytes -= size
    return batch
  }

  const fly = async (batch: readonly Waiting<Row>[]): Promise<void> => {
    flying++
    try {
      await write(batch.map(({ row }) => row))
      for (const { ok } of batch) ok()
    } catch (error) {
      if (isAway(error)) refuseAll(batch, error)
      else await oneByOne(batch)
    } finally {
      flying--
      schedule()
      if (flying === 0 && queue.length === 0) for (const rest of resting.splice(0)) rest()
    }
  }

  /** One bad row must not cost the others their place; and what two batches did to each other passes alone. */
  const oneByOne = async (batch: readonly Waiting<Row>[]): Promise<void> => {
    for (const [index, { row, ok, fail }] of batch.entries()) {
      try {
        await write([row])
        ok()
      } catch (error) {
        if (isAway(error)) return refuseAll(batch.slice(index), error)
        fail(error)
      }
    }
  }

  /** Who waits behind a store that is away would only wait for the same answer. */
  const refuseAll = (batch: readonly Waiting<Row>[], cause: unknown): void => {
    const refused = [...batch, ...queue]
    queue = []
    bytes = 0
    for (const { fail } of refused) fail(new Unavailable('the database cannot be reached', { cause }))
  }

  return {
    add(row) {
      const size = bytesOf(row)
      if (queue.length >= mostRows || bytes + size > mostBytes)
        return Promise.reject(new Unavailable('too many deliveries are waiting to be stored'))
      return new Promise((ok, fail) => {
        queue.push({ row, bytes: size, ok, fail })
        bytes += size
        schedule()
      })
    },
    waiting: () => queue.length,
    idle: () => (flying === 0 && queue.length === 0 ? Promise.resolve() : new Promise((rest) => resting.push(rest))),
  }
}
