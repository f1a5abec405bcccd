/** The simulated world: the real engine among people, vendors, doors and phones that a seed decides. */
export { type CampaignReport, type CampaignOptions, campaign, mergeReports } from './campaign.ts'
export { drawPlot } from './draw-plot.ts'
export { classesOf, type Operation, operations, type OutcomeClass, outcomes } from './outcomes.ts'
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
export { type Sometimes, sometimes } from './sometimes.ts'
export { storyOf } from './story.ts'
export type { Truth, Violation } from './truth.ts'
export type { OpenStores, SimulatedQueue, SimulatedStores, WorldOptions } from './world.ts'

/** For vendors of one's own: `simulate({ plot, vendors })` lets the same hubs, people, faults and judges play with them. */
export type { Furnished } from './furnish.ts'
export type { HubProcess } from './hub-process.ts'
export { day, hour, type HousePlot, type LockPlot, minute, type StayFacts } from './plot.ts'
export { Random } from './random.ts'
export type { Process, Schedule } from './schedule.ts'
export type { StoreWatcher } from './store-site.ts'
export type { OpenVendors, Post, Vendors, VendorsKit } from './vendors.ts'
export { plainWriter } from './words.ts'
export { Bookings, phoneOf } from './world/bookings.ts'
export { type Entry, type EntryWords, type KeypadWatcher, SimulatedKeypad } from './world/keypad.ts'
export { Phones, type PhoneWatcher, type Text } from './world/phones.ts'
export { Stay, windowOf } from './world/stays.ts'
export type { CallRecord, Weather } from './world/weather.ts'
export type { World } from './world.ts'
export type { Judge } from './judge.ts'
