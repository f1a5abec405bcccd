import { classesOf, type OutcomeClass } from '../outcomes.ts'
import { minute, type Plot, type Scene } from '../plot.ts'
import { Random } from '../random.ts'
import { simulate, type SimulationOptions } from '../simulate.ts'
import type { Scenario } from './scenario.ts'
import { type CallMade, emptySurvey, type Survey, surveyor } from './survey.ts'

export const variationKinds = ['plain', 'crash', 'call', 'stale', 'drop', 'swap', 'pair'] as const
export type VariationKind = (typeof variationKinds)[number]

/** One way in which a scenario can go. Its name replays it: `3/crash/0-17`. */
export interface Variation {
  readonly name: string
  readonly kind: VariationKind
  /** What goes wrong besides the story. */
  readonly faults: readonly Scene[]
}

export async function surveyOf({ plot }: Scenario, kept: Pick<SimulationOptions, 'stores'> = {}): Promise<Survey> {
  const survey = emptySurvey()
  await simulate({ ...kept, seed: plot.seed, plot, more: (world) => [surveyor(world, survey)] })
  return survey
}

/** The story with its faults; those of the same moment come first. */
export function variedPlot({ plot }: Scenario, { faults }: Variation): Plot {
  return { ...plot, scenes: [...faults, ...plot.scenes].sort((a, b) => a.at - b.at) }
}

/**
 * Every variation of a scenario but the pairs: each crash site, each call with each outcome, each reading out of each older
 * snapshot, each webhook and gateway round left out, each two neighbours at a port in the other order.
 */
export function* variationsOf({ number, plot }: Scenario, survey: Survey): Generator<Variation> {
  const named = (kind: VariationKind, which: string, faults: readonly Scene[]): Variation => ({
    name: which === '' ? String(number) : `${number}/${kind}/${which}`,
    kind,
    faults,
  })
  yield named('plain', '', [])
  for (const [hub, sites] of survey.sites.entries())
    for (let site = 0; site < sites; site += 1) yield named('crash', `${hub}-${site}`, [death(plot, hub, site)])
  for (const [index, call] of survey.calls.entries()) {
    const { operation, ages } = call
    for (const as of classesOf[operation] as readonly OutcomeClass[]) {
      if (as === 'stale') continue
      yield named('call', `${index}-${as}`, [weather(call, as)])
    }
    for (const age of ages)
      yield named('stale', `${index}-${Math.ceil(age / 1000)}`, [{ ...weather(call, 'stale'), age }])
  }
  for (let webhook = 1; webhook <= survey.webhooks; webhook += 1)
    yield named('drop', `webhook-${webhook}`, [{ at: plot.start, do: 'drop', webhook }])
  for (const [index, { door, at }] of survey.rounds.entries())
    yield named('drop', `round-${index}`, [{ at: at - 1, do: 'offline', until: at + 1, door, fault: 'V2' }])
  for (const event of survey.followed) yield named('swap', String(event), [{ at: plot.start, do: 'swap', event }])
}

/** Two deaths in order. There are as many as crash sites squared, so some are drawn. */
export function* pairsOf({ number, plot }: Scenario, survey: Survey, count: number): Generator<Variation> {
  const random = new Random(number, 'pairs')
  const hub = () => random.below(survey.sites.length)
  for (let left = count; left > 0; left -= 1) {
    const [one, other] = [hub(), hub()]
    const first = random.below(survey.sites[one] ?? 1)
    // Of the same process it counts from its first death.
    const second = random.below((survey.sites[other] ?? 1) - (one === other ? first : 0))
    yield pairOf({ number, plot }, `${one}-${first}+${other}-${second}`)
  }
}

function pairOf({ number, plot }: Pick<Scenario, 'number' | 'plot'>, which: string): Variation {
  const [one = 0, first = 0, other = 0, second = 0] = which.split(/[-+]/).map(Number)
  const faults =
    one === other
      ? [{ ...death(plot, one, first), again: second }]
      : [death(plot, one, first), death(plot, other, second)]
  return { name: `${number}/pair/${which}`, kind: 'pair', faults }
}

/** The variation of that name. */
export function variationNamed(scenario: Scenario, survey: Survey, name: string): Variation | undefined {
  const [, kind, which = ''] = name.split('/')
  if (kind === 'pair') return pairOf(scenario, which)
  for (const variation of variationsOf(scenario, survey)) if (variation.name === name) return variation
  return undefined
}

const death = ({ start, end }: Plot, hub: number, site: number): Extract<Scene, { do: 'die-at' }> => ({
  at: start,
  do: 'die-at',
  until: end,
  hub,
  site,
})

/** One outcome for one call. The health of a vendor counts as in random runs, where trouble lasts five minutes at least. */
function weather({ where, operation, at, skip }: CallMade, as: OutcomeClass): Extract<Scene, { do: 'weather' }> {
  return {
    at: at - 1,
    do: 'weather',
    until: at + 5 * minute,
    fault: as,
    where,
    call: operation,
    as,
    share: 1,
    times: 1,
    skip,
  }
}
