/** The simulated world: the real engine among people, vendors, doors and phones that a seed decides. */
export { type CampaignReport, type CampaignOptions, campaign, mergeReports } from './campaign.ts'
export { drawPlot } from './draw-plot.ts'
export { classesOf, type Operation, operations, type OutcomeClass } from './outcomes.ts'
export { type Plot, type ProfileName, profileNames, type Scene } from './plot.ts'
export {
  playNamed,
  playScenario,
  type ScenarioOptions,
  type ScenarioReport,
  type ScenarioViolation,
} from './scenarios/play.ts'
export type { Expectation, Scenario } from './scenarios/scenario.ts'
export { scenarios } from './scenarios/scenarios.ts'
export { type Variation, type VariationKind, variationKinds } from './scenarios/variations.ts'
export { shrink } from './shrink.ts'
export { simulate, type Simulation, type SimulationOptions } from './simulate.ts'
export { storyOf } from './story.ts'
export type { Violation } from './truth.ts'
export type { OpenStores, SimulatedQueue, SimulatedStores, WorldOptions } from './world.ts'
