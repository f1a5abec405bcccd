import { emptySmoobu } from '@stayward/booking-smoobu/testing'
import { type BenchDatabase, startBenchDatabase } from './bench-database.ts'
import { type BenchConnection, type BenchHouse, furnish, type Furnishing } from './bench-house.ts'
import { type Child, startChild } from './child-process.ts'
import type { Load, LoadResult } from './generator.ts'
import type { HubGiven, HubReady } from './hub-server.ts'

/** Where a bench is played: a database, tenants, and processes that are ended with it. */
export interface Stage {
  readonly database: BenchDatabase
  readonly house: BenchHouse
  start<Ready>(file: string, given?: unknown): Promise<Child<Ready>>
  startHub(given?: Omit<HubGiven, 'appUrl'>): Promise<Child<HubReady>>
}

/** Sends webhooks from a process of its own. */
export interface Generator {
  readonly pid: number
  send(load: Load): Promise<LoadResult>
}

/** Connections at once in a closed loop. */
export const connections = 64

const { apiKey, apiSecret } = emptySmoobu().account
/** One Smoobu connection per tenant, all with the credentials that the fake Smoobu knows. */
export const smoobuConnections: readonly BenchConnection[] = [
  { name: 'bookings', adapter: 'smoobu', port: 'booking', config: () => ({ apiKey, apiSecret }) },
]

export async function onStage<Result>(
  furnishing: Furnishing,
  play: (stage: Stage) => Promise<Result>,
): Promise<Result> {
  const database = await startBenchDatabase()
  const children: Child<unknown>[] = []
  const start = async <Ready>(file: string, given?: unknown): Promise<Child<Ready>> => {
    const child = await startChild<Ready>(file, given)
    children.push(child)
    return child
  }
  try {
    const house = await furnish(database, furnishing)
    const { appUrl } = database
    return await play({
      database,
      house,
      start,
      startHub: (given = {}) => start<HubReady>('hub-server.ts', { appUrl, ...given } satisfies HubGiven),
    })
  } finally {
    await Promise.all(children.map((child) => child.stop()))
    await database.stop()
  }
}

export async function startGenerator({ start }: Pick<Stage, 'start'>): Promise<Generator> {
  const child = await start('generator.ts')
  return {
    pid: child.pid,
    send: async (load) => {
      const result = await child.ask<LoadResult>(load)
      const failed = Object.entries(result.failed).map(([status, count]) => `${count} × ${status}`)
      if (failed.length > 0)
        throw new Error(`Requests were not answered with 200 (${failed.join(', ')}): nothing to report.`)
      return result
    },
  }
}
