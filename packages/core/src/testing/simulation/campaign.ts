import type { Plot, ProfileName } from './plot.ts'
import { shrink } from './shrink.ts'
import { simulate, type Simulation, type SimulationOptions } from './simulate.ts'
import { storyOf } from './story.ts'

export interface CampaignOptions extends Pick<SimulationOptions, 'stores' | 'vendors' | 'profile'> {
  readonly seed: number
  /** What a seed decides; as the profile draws it when absent. */
  readonly draw?: (seed: number) => Plot
  readonly runs: number
  /** Processor time used so far, milliseconds; runs per second are reckoned with it. */
  readonly clock: () => number
  /** Stops before the next run when it says so: 20 seconds are over, or enough was found. */
  readonly enough?: (report: CampaignReport) => boolean
  /** Told after every run. */
  readonly onRun?: (report: CampaignReport) => void
  /** What an earlier part of the same campaign has found. */
  readonly before?: CampaignReport
}

export interface FoundViolation {
  readonly seed: number
  readonly profile: ProfileName
  readonly id: string
  readonly text: string
  /** The shortest run found that fails in the same way, in sentences. */
  readonly story: string
}

/** What many runs came to; plain data, so that a campaign can be put down and taken up again. */
export interface CampaignReport {
  runs: number
  events: number
  simulatedDays: number
  milliseconds: number
  nextSeed: number
  /** Runs played twice, whose traces were equal. */
  replayed: number
  readonly faults: Record<string, number>
  readonly calls: Record<string, number>
  readonly sometimes: Record<string, number>
  readonly invariants: Record<string, number>
  readonly violations: FoundViolation[]
}

/** Seeds that fail are told in full only so often; the rest are counted among them. */
const mostStories = 5

/** Plays seed after seed. Each thousandth is played twice, and has to come out the same. */
export async function campaign(options: CampaignOptions): Promise<CampaignReport> {
  const {
    seed,
    runs,
    profile = 'default',
    clock,
    enough = () => false,
    onRun = () => {},
    stores,
    vendors,
    draw,
  } = options
  const kept = { ...(stores ? { stores } : {}), ...(vendors ? { vendors } : {}) }
  const drawn = (one: number) => ({ ...kept, seed: one, profile, ...(draw ? { plot: draw(one) } : {}) })
  const report = options.before ?? emptyReport(seed)
  const end = seed + runs
  while (report.nextSeed < end && !enough(report)) {
    const current = report.nextSeed
    const began = clock()
    const run = await simulate(drawn(current))
    // Playing again and making smaller are no runs, and cost none of their time.
    report.milliseconds += clock() - began
    add(report, run)
    if (current % 1000 === 0 && !stores) {
      const again = await simulate(drawn(current))
      report.replayed += 1
      if (again.trace !== run.trace)
        report.violations.push({
          seed: current,
          profile,
          id: 'replay',
          text: 'The same seed gave another run.',
          story: '',
        })
    }
    const [first] = run.violations
    if (first) {
      const wanted = report.violations.length < mostStories
      const story = wanted ? await shortStory(run, first.id, kept) : ''
      report.violations.push({ seed: current, profile, id: first.id, text: first.text, story })
    }
    report.nextSeed += 1
    onRun(report)
  }
  return report
}

async function shortStory(
  run: Simulation,
  id: string,
  kept: Pick<SimulationOptions, 'stores' | 'vendors'>,
): Promise<string> {
  const plot = await shrink(run.plot, id, { ...kept, most: 60 })
  const { violations } = await simulate({ ...kept, seed: plot.seed, plot })
  return storyOf(plot, violations)
}

/** What parts of one campaign found, played beside each other. */
export function mergeReports(reports: readonly CampaignReport[]): CampaignReport {
  const whole = emptyReport(Math.max(...reports.map(({ nextSeed }) => nextSeed)))
  const sum = (into: Record<string, number>, counts: Readonly<Record<string, number>>) => {
    for (const [name, count] of Object.entries(counts)) into[name] = (into[name] ?? 0) + count
  }
  for (const part of reports) {
    for (const name of ['runs', 'events', 'simulatedDays', 'milliseconds', 'replayed'] as const)
      whole[name] += part[name]
    for (const name of ['faults', 'calls', 'sometimes', 'invariants'] as const) sum(whole[name], part[name])
    whole.violations.push(...part.violations)
  }
  return whole
}

function emptyReport(seed: number): CampaignReport {
  return {
    runs: 0,
    events: 0,
    simulatedDays: 0,
    milliseconds: 0,
    nextSeed: seed,
    replayed: 0,
    faults: {},
    calls: {},
    sometimes: {},
    invariants: {},
    violations: [],
  }
}

function add(report: CampaignReport, { plot, events, checked, sometimes, happened }: Simulation): void {
  report.runs += 1
  report.events += events
  report.simulatedDays += (plot.end - plot.start) / 86_400_000
  for (const [name, count] of happened) {
    const isFault = name.startsWith('fault ')
    const sums = isFault ? report.faults : report.calls
    const key = isFault ? name.slice(6) : name
    sums[key] = (sums[key] ?? 0) + count
  }
  for (const [id, count] of checked) report.invariants[id] = (report.invariants[id] ?? 0) + count
  for (const [name, count] of sometimes) report.sometimes[name] = (report.sometimes[name] ?? 0) + count
}
