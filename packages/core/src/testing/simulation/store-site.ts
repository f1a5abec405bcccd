import { brakeAlert } from '../../engine/brake-words.ts'
import type { Effects, LossAnswer, TenantStore } from '../../ports/stores.ts'
import type { Random } from './random.ts'
import type { Process, Schedule } from './schedule.ts'

/** The database did not answer, or not in time. */
export class StoreAway extends Error {
  override name = 'StoreAway'
}

export interface StoreWatcher {
  /** A call of the store came back. */
  stored(name: string, args: readonly unknown[], answer: unknown): void
  /** … and its caller does not hear of it. */
  answerLost(name: string): void
}

/** How the way to the database is. */
export interface StoreWeather {
  /** Milliseconds per statement, at most. */
  readonly latency: number
  /** Whether the next access fails, and whether what it did counts nevertheless. */
  next(): 'fine' | 'away' | 'answer lost'
}

/** The alerts that a call of the store has raised and settled. */
export function alertsIn(name: string, args: readonly unknown[], answer: unknown): Pick<Effects, 'raise' | 'settle'> {
  if (name === 'claimLoss') return brakeAlert(answer as LossAnswer) // as the port says
  return name.startsWith('save') ? (args.at(-1) as Effects) : {} // the last word of every save
}

type Method = (...args: readonly unknown[]) => Promise<unknown>

/** The store as one process reaches it: over a way that takes time and may be cut, and with two places to die at. */
export function storeSite(
  store: TenantStore,
  process: Process,
  weather: StoreWeather,
  kit: { readonly schedule: Schedule; readonly random: Random; readonly watcher: StoreWatcher },
): TenantStore {
  const { schedule, random, watcher } = kit
  const site: Record<string, Method> = {}
  for (const name of methodsOf(store)) {
    const method = Reflect.get(store, name) as Method // methodsOf hands over functions only
    site[name] = async (...args) => {
      const end = process.cross()
      if (end) return await end
      if (weather.latency > 0) await schedule.pause(random.below(weather.latency), process)
      const state = weather.next()
      if (state === 'away') throw new StoreAway('The database is away.')
      const answer = await method.apply(store, args as unknown[])
      watcher.stored(name, args, answer)
      const after = process.cross()
      if (after) return await after
      if (state === 'answer lost') watcher.answerLost(name)
      if (state === 'answer lost') throw new StoreAway('The database did not say whether it has stored this.')
      return answer
    }
  }
  return site as unknown as TenantStore // the same names, one by one
}

function methodsOf(store: object): string[] {
  const names = new Set<string>()
  for (let level = store; level !== Object.prototype; level = Object.getPrototypeOf(level) as object)
    for (const name of Object.getOwnPropertyNames(level))
      if (name !== 'constructor' && typeof Reflect.get(store, name) === 'function') names.add(name)
  return [...names]
}
