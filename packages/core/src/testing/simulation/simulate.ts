import { drawPlot } from './draw-plot.ts'
import { boundedJudge } from './invariants/bounded.ts'
import { pageJudge } from './invariants/pages.ts'
import { spendingJudge } from './invariants/spending.ts'
import type { Judge } from './judge.ts'
import type { Plot, ProfileName } from './plot.ts'
import { disturbanceOf, type Moments, momentsOf, undisturbedJudge } from './disturbed.ts'
import { forgeryJudge } from './forger.ts'
import type { Sometimes } from './sometimes.ts'
import { claiming } from './claiming.ts'
import { stage } from './stage.ts'
import type { Violation } from './truth.ts'
import { makeWorld, type World, type WorldOptions } from './world.ts'

export interface SimulationOptions extends WorldOptions {
  /** Decides everything that is not given. */
  readonly seed: number
  readonly profile?: ProfileName
  /** A plot to play instead of the seed's own: one that was recorded, or made smaller. */
  readonly plot?: Plot
}

export interface Simulation {
  readonly plot: Plot
  readonly violations: readonly Violation[]
  readonly events: number
  /** Equal for equal runs. */
  readonly trace: number
  /** How often each invariant was asked. */
  readonly checked: ReadonlyMap<string, number>
  readonly sometimes: ReadonlyMap<Sometimes, number>
  /** `fault W1` and `writeCode timeout-after`, with how often. */
  readonly happened: ReadonlyMap<string, number>
}

/** What only one profile can be asked. */
const judgesOfProfiles: Partial<Record<ProfileName, (world: World) => Judge>> = {
  years: boundedJudge,
  week: spendingJudge,
}

/** Plays one run of the simulated world against the real engine, and judges it by what is true there. */
export async function simulate({
  seed,
  profile = 'default',
  plot = drawPlot(seed, profile),
  ...kept
}: SimulationOptions): Promise<Simulation> {
  const { more: others = () => [] } = kept
  const own = plot.pages ? pageJudge : judgesOfProfiles[plot.profile]
  if (own) return await play(plot, { ...kept, more: (world) => [...others(world), own(world)] })
  const disturbance = disturbanceOf(plot)
  if (!disturbance) return await play(plot, kept)
  const [without, moments]: [Moments, Moments] = [new Map(), new Map()]
  await play(disturbance.sound, { ...kept, more: (world) => [momentsOf(world, without)] })
  const more = (world: World) => [
    ...others(world),
    momentsOf(world, moments),
    undisturbedJudge(world, disturbance, without, moments),
    ...(disturbance.id === 'D6' ? [forgeryJudge(world)] : []),
  ]
  return await play(plot, { ...kept, more })
}

async function play(plot: Plot, kept: WorldOptions): Promise<Simulation> {
  const world = await makeWorld(plot, kept)
  const { schedule, truth, ids, queue, judges, tenantId } = world
  stage(world)
  const marks = [ids.source, ids.sms, ...ids.locks].map((key) => ({ kind: 'probe', key, why: 'edit' }) as const)
  const devices = [...ids.devices.values()].map((key) => ({ kind: 'device', key, why: 'edit' }) as const)
  const source = { kind: 'connection', key: ids.source, why: 'edit' } as const
  await queue.mark(tenantId, [source, ...marks, ...devices], [], schedule.instant())
  await schedule.runUntil(plot.end, claiming(world))
  for (const judge of judges) judge.ended?.()
  return {
    plot,
    violations: truth.violations,
    events: schedule.events,
    trace: world.trace.hash,
    checked: truth.checked,
    sometimes: truth.sometimes,
    happened: world.calls,
  }
}
