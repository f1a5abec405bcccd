import type { Child } from './child-process.ts'
import { cpuTime } from './cpu-time.ts'
import type { ProfileSummary } from './profile.ts'
import { tell } from './report.ts'

/** Something that answers or does requests. */
export interface Contender {
  readonly name: string
  readonly pid: number
  /** Resolves to how many requests that were. */
  run(): Promise<number>
}

/** Microseconds of processor time for one request: its own process, PostgreSQL's and the generator's. */
export interface Cost {
  readonly name: string
  readonly own: number
  readonly postgres: number
  readonly generator: number
}

/**
 * What one request costs each contender under full load. On a machine that does other things besides, this says more than
 * a rate. Empty where the system does not tell processor times.
 */
export async function costsOf(
  postgres: number,
  generator: number,
  contenders: readonly Contender[],
): Promise<readonly Cost[]> {
  const costs: Cost[] = []
  for (const { name, pid, run } of contenders) {
    const times = () => [pid, postgres, generator].map((each) => cpuTime(each) ?? Number.NaN)
    const before = times()
    const requests = await run()
    const spent = times().map((time, index) => ((time - (before[index] ?? Number.NaN)) * 1e6) / requests)
    const [own = Number.NaN, ofPostgres = Number.NaN, ofGenerator = Number.NaN] = spent
    if (Number.isFinite(own)) costs.push({ name, own, postgres: ofPostgres, generator: ofGenerator })
  }
  return costs
}

/** Where the hub spends its time while `load` runs. */
export async function profileOf(hub: Child<unknown>, load: () => Promise<unknown>): Promise<ProfileSummary> {
  await hub.ask('profile')
  await load()
  const profile = await hub.ask<ProfileSummary>('profiled')
  tell('Where the hub spends its time:')
  for (const { what, part } of profile.places.slice(0, 10)) tell(`  ${(part * 100).toFixed(1)} %  ${what}`)
  tell('and in which functions:')
  for (const { what, part } of profile.functions.slice(0, 10)) tell(`  ${(part * 100).toFixed(1)} %  ${what}`)
  return profile
}
