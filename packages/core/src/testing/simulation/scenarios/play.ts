import { simulate, type Simulation, type SimulationOptions } from '../simulate.ts'
import { storyOf } from '../story.ts'
import { expectations } from './expectations.ts'
import type { Scenario } from './scenario.ts'
import { scenarios } from './scenarios.ts'
import {
  pairsOf,
  surveyOf,
  type Variation,
  variationNamed,
  variationsOf,
  type VariationKind,
  variedPlot,
} from './variations.ts'

type Kept = Pick<SimulationOptions, 'stores' | 'log'>

export function playVariation(scenario: Scenario, variation: Variation, kept: Kept = {}): Promise<Simulation> {
  const plot = variedPlot(scenario, variation)
  const isVariation = variation.kind !== 'plain'
  return simulate({ ...kept, seed: plot.seed, plot, more: (world) => [expectations(world, scenario, isVariation)] })
}

/** Plays one variation by its name: `3`, `3/crash/0-17`. `undefined` when there is none of that name today. */
export async function playNamed(name: string, kept: Kept = {}): Promise<Simulation | undefined> {
  const scenario = scenarios.find(({ number }) => String(number) === name.split('/')[0])
  if (!scenario) return undefined
  const variation = variationNamed(scenario, await surveyOf(scenario), name)
  return variation && (await playVariation(scenario, variation, kept))
}

export interface ScenarioViolation {
  /** Of the variation. */
  readonly name: string
  readonly id: string
  readonly text: string
  readonly story: string
}

export interface ScenarioReport {
  readonly number: number
  readonly title: string
  /** Variations played, by kind; the plain story is one. */
  readonly played: Readonly<Partial<Record<VariationKind, number>>>
  readonly violations: readonly ScenarioViolation[]
}

export interface ScenarioOptions {
  readonly scenario: Scenario
  /** Each so-manieth variation is played, beginning with the plain story; all of them when absent. */
  readonly stride?: number
  /** Only these kinds; all of them when absent. The stride counts within them. */
  readonly kinds?: readonly VariationKind[]
  /** Ordered pairs of crash sites to draw. */
  readonly pairs?: number
  /** Of several that share the work: which one this is, and how many there are. */
  readonly share?: { readonly index: number; readonly of: number }
  readonly enough?: () => boolean
  readonly onPlayed?: (variation: Variation, run: Simulation) => void
}

/** Plays a scenario as it is and in its variations. */
export async function playScenario(options: ScenarioOptions, kept: Kept = {}): Promise<ScenarioReport> {
  const { scenario, stride = 1, pairs = 0, share = { index: 0, of: 1 }, enough = () => false } = options
  const { number, title } = scenario
  const survey = await surveyOf(scenario)
  const played: Partial<Record<VariationKind, number>> = {}
  const violations: ScenarioViolation[] = []
  let index = -1
  const wanted = (variation: Variation) => options.kinds?.includes(variation.kind) ?? true
  const chosen = variationsOf(scenario, survey).filter(wanted)
  for (const variation of [...strided(chosen, stride), ...pairsOf(scenario, survey, pairs)]) {
    index += 1
    if (index % share.of !== share.index) continue
    if (enough()) break
    const run = await playVariation(scenario, variation, kept)
    const { plot, violations: found } = run
    const { name, kind } = variation
    played[kind] = (played[kind] ?? 0) + 1
    const [first] = found
    if (first) violations.push({ name, id: first.id, text: first.text, story: storyOf(plot, found) })
    options.onPlayed?.(variation, run)
  }
  return { number, title, played, violations }
}

function* strided(variations: Iterable<Variation>, stride: number): Generator<Variation> {
  let index = 0
  for (const variation of variations) if (index++ % stride === 0) yield variation
}
