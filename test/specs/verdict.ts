import { differencesOf, keyOf } from './compare.ts'
import type { Description } from './description.ts'
import type { Deviation } from './deviations/deviation.ts'
import type { Exchange } from './exchange.ts'

export interface Verdict {
  readonly exchanges: number
  readonly operationsUsed: number
  /** Differences that a listed deviation explains. */
  readonly explained: number
  /** Differences that nothing explains, as sentences. */
  readonly unexplained: readonly string[]
  /** Listed deviations that meet no difference any more. */
  readonly stale: readonly string[]
}

/**
 * How an adapter's recorded exchanges stand to the vendor's description. `further` are differences that were found in
 * another way and count the same.
 */
export function verdictOf(
  exchanges: readonly Exchange[],
  description: Description,
  deviations: readonly Deviation[],
  further: readonly string[] = [],
): Verdict {
  const distinct = new Map(exchanges.map((exchange) => [JSON.stringify(exchange), exchange]))
  const differences = new Set<string>(further)
  const used = new Set<string>()
  for (const exchange of distinct.values()) {
    for (const difference of differencesOf(exchange, description)) differences.add(keyOf(difference))
    const path = new URL(exchange.url).pathname.slice(description.basePath.length)
    const operation = description.operations.find((each) => each.method === exchange.method && each.path.test(path))
    if (operation) used.add(operation.name)
  }
  const all = [...differences].toSorted()
  const unexplained = all.filter((difference) => !deviations.some(({ at }) => at.test(difference)))
  return {
    exchanges: distinct.size,
    operationsUsed: used.size,
    explained: all.length - unexplained.length,
    unexplained,
    stale: deviations.filter(({ at }) => !all.some((difference) => at.test(difference))).map(({ at }) => at.source),
  }
}
