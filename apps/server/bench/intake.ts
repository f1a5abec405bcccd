import { type Child } from './child-process.ts'
import type { LoadResult } from './generator.ts'
import { costsOf, profileOf } from './intake-cost.ts'
import { measure } from './measure.ts'
import type { PlainLoad, PlainResult } from './plain-clients.ts'
import { median, type Report, tell } from './report.ts'
import { connections, onStage, smoobuConnections, type Stage, startGenerator } from './stage.ts'
import { stormReads } from './storm.ts'
import { vendorsDead } from './vendors-dead.ts'
import { webhookBytes } from './webhook-body.ts'

export interface BenchOptions {
  /** How long each figure is measured. */
  readonly seconds: number
}

/** Webhooks of so many tenants come in at once. */
const tenants = 50
/** Base64url makes four characters of three bytes; the rest is the head of a sealed value. */
const sealedBytes = Math.ceil((webhookBytes * 4) / 3) + 300

interface Server {
  readonly url: string
}

/**
 * Durable acknowledgements per second against three yardsticks, how long one takes at half of what is reached, the same with
 * every vendor dead, and a storm about one booking.
 */
export async function benchIntake({ seconds }: BenchOptions): Promise<Report> {
  const report = await onStage({ connections: smoobuConnections, tenants }, (stage) =>
    againstYardsticks(stage, seconds),
  )
  const reached = report.figures.find(({ name }) => name === 'acknowledged')?.value ?? 0
  const failures: string[] = []
  const trying = async <Result>(part: string, play: () => Promise<Result>): Promise<Result | undefined> => {
    try {
      return await play()
    } catch (error) {
      failures.push(`${part}: ${error instanceof Error ? error.message : String(error)}`)
      return undefined
    }
  }
  const dead = await trying('vendors dead', () => vendorsDead({ seconds, rate: reached / 2 }))
  const storm = await trying('storm', stormReads)
  return {
    ...report,
    outcomes: [...report.outcomes, ...(dead ? [dead] : [])],
    figures: [...report.figures, ...(storm ?? [])],
    failures,
  }
}

async function againstYardsticks(stage: Stage, seconds: number): Promise<Report> {
  const { database, house } = stage
  const paths = house.tenants.map(({ path }) => path)
  const generator = await startGenerator(stage)
  const hub = await stage.startHub({ role: 'serve' })
  const hello = await stage.start<Server>('hello-server.ts')
  const single = await stage.start<Server>('single-insert-server.ts', { databaseUrl: database.ownerUrl })
  const plain = await stage.start('plain-clients.ts', {
    databaseUrl: database.ownerUrl,
    payload: 'x'.repeat(sealedBytes),
  })

  const closed: LoadResult[] = []
  const ours = async () => {
    const result = await generator.send({ url: hub.ready.url, paths, connections, seconds })
    closed.push(result)
    return result.perSecond
  }
  const load = (server: Child<Server>) => generator.send({ url: server.ready.url, paths: ['/'], connections, seconds })
  const theirs = (server: Child<Server>) => async () => (await load(server)).perSecond
  const byPlain = (clients: number) => plain.ask<PlainResult>({ clients, seconds } satisfies PlainLoad)
  const bestOfPlain = async () => {
    const figures: number[] = []
    for (const clients of [8, 16, 32]) figures.push((await byPlain(clients)).perSecond)
    return Math.max(...figures)
  }

  tell('Warming up …')
  for (const warm of [ours, theirs(hello), theirs(single), bestOfPlain]) await warm()
  closed.length = 0
  const outcomes = [
    {
      outcome: await measure({ name: 'hello', yardstick: theirs(hello), candidate: ours }, tell),
      aim: { atLeast: 0.15 },
    },
    {
      outcome: await measure({ name: 'singleInsert', yardstick: theirs(single), candidate: ours }, tell),
      aim: { atLeast: 1.8 },
    },
    { outcome: await measure({ name: 'R0', yardstick: bestOfPlain, candidate: ours }, tell), aim: { atLeast: 1 } },
  ]
  const reached = median(closed, ({ perSecond }) => perSecond)
  const half: LoadResult[] = []
  for (let round = 1; round <= 5; round++) {
    half.push(await generator.send({ url: hub.ready.url, paths, connections, seconds, rate: reached / 2 }))
    tell(`half load, round ${round} of 5: p99 ${half.at(-1)?.p99.toFixed(1)} ms`)
  }
  const loadHub = () => generator.send({ url: hub.ready.url, paths, connections, seconds })
  const cost = await costsOf(database.pid, generator.pid, [
    { name: 'hello', pid: hello.pid, run: async () => (await load(hello)).sent },
    { name: 'singleInsert', pid: single.pid, run: async () => (await load(single)).sent },
    { name: 'R0', pid: plain.pid, run: async () => (await byPlain(16)).all },
    { name: 'hub', pid: hub.pid, run: async () => (await loadHub()).sent },
  ])
  const profile = await profileOf(hub, loadHub)
  return {
    bench: 'intake',
    outcomes: outcomes.map((each) => ({ ...each, unit: 'requests/s' })),
    figures: [
      { name: 'acknowledged', unit: 'requests/s', value: reached },
      ...latencies('at 64 connections', closed),
      ...latencies('at half load', half, { atMost: 25 }),
      ...cost.map(({ name, own, postgres }) => ({
        name: `processor time of ${name}`,
        unit: 'µs a request, PostgreSQL included',
        value: own + postgres,
      })),
    ],
    details: { postgres: database.settings, tenants, connections, webhookBytes, seconds, cost, profile },
  }
}

function latencies(when: string, results: readonly LoadResult[], aim?: { readonly atMost: number }): Report['figures'] {
  return [
    { name: `p50 ${when}`, unit: 'ms', value: median(results, ({ p50 }) => p50) },
    { name: `p99 ${when}`, unit: 'ms', value: median(results, ({ p99 }) => p99), ...(aim ? { aim } : {}) },
    { name: `p99.9 ${when}`, unit: 'ms', value: median(results, ({ p999 }) => p999) },
  ]
}
