/** One page of a listing with the vendor's own counts. */
export interface Page {
  readonly pageCount: number
  readonly total: number
  readonly rows: readonly unknown[]
}

/** No listing of ours is longer; beyond it the vendor's count is a mistake. */
const pageCeiling = 300

export interface Listing<Item> {
  /** Each id once; of a row that was seen twice the later reading. */
  readonly items: readonly Item[]
  /** Whether the vendor's own count proves that nothing is missing. */
  readonly complete: boolean
}

/**
 * Reads all pages of a listing whose rows may shift between two requests, so that one comes twice and another not at
 * all. Reads it once more when the vendor counts more rows than came. `read` answers `undefined` for a row that cannot
 * be understood: it is left out, and the listing is not complete.
 */
export async function readPages<Item extends { readonly ref: string }>(
  pageOf: (page: number) => Promise<Page>,
  read: (row: unknown) => Item | undefined,
): Promise<Listing<Item>> {
  const items = new Map<string, Item>()
  const first = await readOnce(pageOf, read, items)
  if (first.proven || first.hopeless) return { items: [...items.values()], complete: first.proven }
  const second = await readOnce(pageOf, read, items)
  // Two readings that each miss another row prove the whole together, if the count stood still all the while.
  const together =
    !second.hopeless && first.total !== undefined && first.total === second.total && items.size === first.total
  return { items: [...items.values()], complete: second.proven || together }
}

interface Pass {
  /** Every row the vendor counts was read, and the count did not move. */
  readonly proven: boolean
  /** Reading again would not help. */
  readonly hopeless: boolean
  /** The vendor's count; absent when it moved between pages. */
  readonly total: number | undefined
}

async function readOnce<Item extends { readonly ref: string }>(
  pageOf: (page: number) => Promise<Page>,
  read: (row: unknown) => Item | undefined,
  into: Map<string, Item>,
): Promise<Pass> {
  const seen = new Set<string>()
  const totals = new Set<number>()
  let unreadable = 0
  for (let page = 1; page <= pageCeiling; page++) {
    const { pageCount, total, rows } = await pageOf(page)
    totals.add(total)
    for (const row of rows) {
      const item = read(row)
      if (!item) {
        unreadable++
        continue
      }
      seen.add(item.ref)
      into.set(item.ref, item)
    }
    if (page < pageCount) continue
    const steady = totals.size === 1
    return {
      proven: steady && unreadable === 0 && seen.size >= total,
      hopeless: unreadable > 0 && seen.size + unreadable >= total,
      total: steady ? total : undefined,
    }
  }
  return { proven: false, hopeless: true, total: undefined }
}
