/** No listing of ours is longer; beyond it the vendor's count is a mistake. */
const pageCeiling = 300

/** One page of a listing, as its vendor counts. */
export interface ListedPage<Row> {
  readonly rows: readonly Row[]
  /** Whether no page comes after this one. */
  readonly last: boolean
  /** Rows on all pages together, by the vendor's own count. Absent where the vendor does not count. */
  readonly total?: number
}

export interface Listing<Item> {
  /** Each key once; of a row that was seen twice the later reading. */
  readonly items: readonly Item[]
  /**
   * Whether it is proven that nothing is missing: by the vendor's own count, or, where there is none, by a single page
   * or by a second reading that misses nothing of the first.
   */
  readonly complete: boolean
}

/**
 * Reads all pages, from 1 on, of a listing whose rows may shift between two requests, so that one comes twice and
 * another not at all. Reads it once more when completeness is not proven yet and may still be. `read` answers
 * `undefined` for a row that cannot be understood: it is left out, and the listing is not complete. `position` is told
 * for rows without an id of their own. Throws what `pageOf` throws.
 */
export async function readPages<Row, Item>(
  pageOf: (page: number) => Promise<ListedPage<Row>>,
  read: (row: Row, position: string) => Item | undefined,
  keyOf: (item: Item) => string,
): Promise<Listing<Item>> {
  const items = new Map<string, Item>()
  const readOnce = () => readThrough(pageOf, read, (item) => take(items, keyOf(item), item))
  const first = await readOnce()
  if (first.proven || first.hopeless) return { items: [...items.values()], complete: first.proven }
  const second = await readOnce()
  const complete = second.proven || (!second.hopeless && together(first, second, items.size))
  return { items: [...items.values()], complete }
}

interface Pass {
  /** The vendor's count was met and did not move, or there was but one page. */
  readonly proven: boolean
  /** Reading again would not help. */
  readonly hopeless: boolean
  /** The vendor's count: `none` where it gives none, `moved` when it differed between pages. */
  readonly total: number | 'none' | 'moved'
  readonly seen: ReadonlySet<string>
}

/** Whether two readings prove the whole although neither does alone. */
function together(first: Pass, second: Pass, known: number): boolean {
  // Each may miss another row, if the count stood still all the while.
  if (typeof first.total === 'number') return first.total === second.total && known === first.total
  // A row slips through only where another, seen before, went away: then that one is missing in the second reading.
  return first.total === 'none' && second.total === 'none' && first.seen.isSubsetOf(second.seen)
}

async function readThrough<Row, Item>(
  pageOf: (page: number) => Promise<ListedPage<Row>>,
  read: (row: Row, position: string) => Item | undefined,
  keep: (item: Item) => string,
): Promise<Pass> {
  const seen = new Set<string>()
  const totals = new Set<number | undefined>()
  let unreadable = 0
  for (let page = 1; page <= pageCeiling; page++) {
    const { rows, last, total } = await pageOf(page)
    totals.add(total)
    for (const [index, row] of rows.entries()) {
      const item = read(row, `${page}/${index}`)
      if (item === undefined) unreadable++
      else seen.add(keep(item))
    }
    if (!last) continue
    const steady = totals.size === 1
    if (total === undefined)
      return {
        proven: steady && page === 1 && unreadable === 0,
        hopeless: unreadable > 0,
        total: steady ? 'none' : 'moved',
        seen,
      }
    return {
      proven: steady && unreadable === 0 && seen.size >= total,
      hopeless: unreadable > 0 && seen.size + unreadable >= total,
      total: steady ? total : 'moved',
      seen,
    }
  }
  return { proven: false, hopeless: true, total: 'moved', seen }
}

/** A later reading stands where it was read. */
function take<Item>(items: Map<string, Item>, key: string, item: Item): string {
  items.delete(key)
  items.set(key, item)
  return key
}
