import { setTimeout as pause } from 'node:timers/promises'
import { openCommitTime } from './commit-time.ts'
import { costsOf, profileOf } from './intake-cost.ts'
import type { BenchOptions } from './intake.ts'
import { measure, type Outcome } from './measure.ts'
import { percentile } from './percentile.ts'
import { type Report, tell } from './report.ts'
import { onStage } from './stage.ts'
import { startStays, type Stay } from './stays.ts'
import { memoryConnections } from './vendors.ts'

const tenants = 20
const doors = 20
/** Webhooks per second under load. */
const rate = 50

/**
 * From the acknowledged webhook to the first call at the vendor, and to the confirmed code, at vendors without latency: alone,
 * and at fifty webhooks a second. The yardstick is one small durable write.
 */
export async function benchSettle({ seconds }: BenchOptions): Promise<Report> {
  return await onStage({ connections: memoryConnections, tenants, doors }, async ({ database, house, startHub }) => {
    const stays = await startStays(house, database.ownerUrl)
    const hub = await startHub({ origins: stays.vendors.origins })
    stays.sendTo(hub.ready.url)
    const commit = await openCommitTime(database.ownerUrl)
    try {
      tell('Warming up …')
      await atRate(stays.bring, rate, Math.max(seconds, (tenants * 2) / rate))
      await stays.settled()
      await stays.rested()

      const alone: Stay[] = []
      const loaded: Stay[] = []
      const idle = await measure(
        {
          name: 'first call, alone',
          yardstick: commit.read,
          candidate: async () => {
            const round: Stay[] = []
            for (const end = performance.now() + seconds * 1000; performance.now() < end; await pause(50)) {
              round.push(await stays.bring())
              await stays.settled()
            }
            alone.push(...round)
            return percentile(sorted(round, firstCall), 0.5)
          },
        },
        tell,
      )
      const busy = await measure(
        {
          name: `confirmed, at ${rate} webhooks/s`,
          yardstick: commit.read,
          candidate: async () => {
            const round = await atRate(stays.bring, rate, seconds)
            await stays.settled()
            await stays.rested()
            loaded.push(...round)
            return percentile(sorted(round, confirmed), 0.5)
          },
        },
        tell,
      )
      const crowd = async () => {
        const brought = await atRate(stays.bring, rate, seconds)
        await stays.settled()
        await stays.rested()
        return brought.length
      }
      const cost = await costsOf(database.pid, process.pid, [{ name: 'hub', pid: hub.pid, run: crowd }])
      const profile = await profileOf(hub, crowd)
      const details = { postgres: database.settings, tenants, doors, rate, seconds, cost, profile }
      return reportOf([idle, busy], alone, loaded, details)
    } finally {
      await commit.stop()
      await hub.stop()
      await stays.stop()
    }
  })
}

/** Brings stays at even distances, whatever becomes of the ones before. */
async function atRate(bring: () => Promise<Stay>, perSecond: number, seconds: number): Promise<readonly Stay[]> {
  const begun = performance.now()
  const brought: Promise<Stay>[] = []
  for (let number = 0; number < perSecond * seconds; number++) {
    const wait = begun + (number * 1000) / perSecond - performance.now()
    if (wait > 0) await pause(wait)
    brought.push(bring())
  }
  return await Promise.all(brought)
}

const firstCall = ({ acknowledged = Number.NaN, called = Number.NaN }: Stay): number => called - acknowledged
const confirmed = (stay: Stay): number => (stay.confirmed ?? Number.NaN) - (stay.acknowledged ?? Number.NaN)

function sorted(stays: readonly Stay[], figure: (stay: Stay) => number): Float64Array {
  return Float64Array.from(stays, figure).sort()
}

function reportOf(
  outcomes: readonly Outcome[],
  alone: readonly Stay[],
  loaded: readonly Stay[],
  details: Report['details'] & object,
): Report {
  const figures = [
    ...latencies('first call, alone', sorted(alone, firstCall), { atMost: 60 }),
    ...latencies('confirmed, alone', sorted(alone, confirmed)),
    ...latencies(`first call, at ${rate} webhooks/s`, sorted(loaded, firstCall)),
    ...latencies(`confirmed, at ${rate} webhooks/s`, sorted(loaded, confirmed), { atMost: 250 }),
  ]
  const unit = 'ms, against one durable write'
  const stays = { alone: alone.length, loaded: loaded.length }
  return {
    bench: 'settle',
    outcomes: outcomes.map((outcome) => ({ outcome, unit })),
    figures,
    details: { ...details, stays },
  }
}

function latencies(what: string, times: Float64Array, aim?: { readonly atMost: number }): Report['figures'] {
  return [
    { name: `p50 ${what}`, unit: 'ms', value: percentile(times, 0.5) },
    { name: `p99 ${what}`, unit: 'ms', value: percentile(times, 0.99), ...(aim ? { aim } : {}) },
  ]
}
