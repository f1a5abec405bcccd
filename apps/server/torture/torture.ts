import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Child, startChild } from '../bench/child-process.ts'
import { demoPace } from '../src/demo/vendors.ts'
import { startEmbeddedPostgres } from '../src/persistence/embedded-postgres.ts'
import { migrate } from '../src/persistence/migrate.ts'
import { parseMasterKeys } from '../src/secrets/master-keys.ts'
import { dice } from '../test/hub/dice.ts'
import { type Desk, startDesk } from './desk.ts'
import { type Fleet, startFleet } from './fleet.ts'
import type { Role } from './hub.ts'
import { nameOf, type Outages, outagesOf } from './outages.ts'
import { readRecords } from './records.ts'
import { type Evidence, judge, type Verdict } from './verdict.ts'
import type { Observed, VendorsGiven, VendorsQuestion, VendorsReady } from './vendors.ts'

export interface TortureOptions {
  readonly minutes: number
  readonly seed: number
  readonly tell: (line: string) => void
  /** Ends it early, and takes down what it started. */
  readonly signal: AbortSignal
}

export interface TortureResult {
  readonly verdict: Verdict
  readonly figures: Readonly<Record<string, unknown>>
  readonly ok: boolean
}

const roles: readonly Role[] = ['both', 'serve', 'work']
/** Things that people do at Smoobu. */
const perSecond = 1.2
const masterKeys = `torture:${Buffer.alloc(32, 11).toString('base64')}`
/** Milliseconds; a key that has failed again and again waits up to five minutes for its next try. */
const patience = 10 * 60_000

/** Load, kills and outages for so many minutes, then quiet, then the comparison. */
export async function torture({ minutes, seed, tell, signal }: TortureOptions): Promise<TortureResult> {
  const parent = resolve(import.meta.dirname, '../../../.stayward')
  mkdirSync(parent, { recursive: true, mode: 0o711 })
  const dir = mkdtempSync(join(parent, 'torture-'))
  const postgresDir = join(dir, 'postgres')
  const server = await startEmbeddedPostgres({ dir: postgresDir })
  const outages = outagesOf(postgresDir, server)
  let vendors: Child<VendorsReady> | undefined
  let fleet: Fleet | undefined
  let desk: Desk | undefined
  try {
    const masters = parseMasterKeys(masterKeys, 'the torture')
    const { appUrl } = await migrate({ ownerUrl: server.url, masters })
    const given: VendorsGiven = { appUrl, masterKeys, slots: roles.length, seed, flats: 36, stays: 40 }
    vendors = await startChild<VendorsReady>(join(import.meta.dirname, 'vendors.ts'), given)
    const { tenantId, entrances } = vendors.ready
    const ports = await freePorts(roles.length)
    fleet = startFleet({
      roles,
      ports,
      random: dice(seed + 3),
      given: (slot) => ({
        role: roles[slot] ?? 'both',
        tenantId,
        origins: entrances[slot] ?? [],
        divisor: demoPace,
      }),
      env: (slot) => ({
        DATABASE_URL: server.url,
        STAYWARD_APP_DATABASE_URL: `${appUrl}?application_name=${nameOf(slot)}`,
        STAYWARD_MASTER_KEYS: masterKeys,
        STAYWARD_DATA_DIR: join(dir, 'hub'),
        STAYWARD_PORT: String(ports[slot]),
      }),
    })
    await fleet.allListen(signal)
    const hubs = fleet.slots.filter(({ role }) => role !== 'work').map(({ url }) => url)
    const ask = <Answer>(question: VendorsQuestion) => (vendors as Child<VendorsReady>).ask<Answer>(question) // set above
    await ask({ do: 'begin', hubs, perSecond })
    desk = startDesk(appUrl, masters, tenantId)
    tell(`${roles.length} hub processes listen; ${minutes} minutes of load, kills and outages begin.`)
    await chaos({ fleet, outages, minutes, random: dice(seed + 4), tell, signal })
    await ask({ do: 'calm' })
    await fleet.allListen(signal)
    tell('Quiet. Waiting until everything has come about …')
    const { verdict, observed, waited } = await converge(
      async () => ({
        observed: await ask<Observed>({ do: 'observe' }),
        records: await readRecords(server.url),
        kills: fleet?.kills ?? [],
        outages: outages.outages,
      }),
      tell,
      signal,
    )
    const records = await readRecords(server.url)
    const exits = await fleet.stop()
    const complaints = fleet.complaints()
    const { lost, unaccountedDuplicates, stuckKeys } = verdict
    return {
      verdict,
      ok: lost.length + unaccountedDuplicates.length + stuckKeys.length === 0,
      figures: {
        kills: fleet.kills.length,
        starts: fleet.starts(),
        databaseStops: outages.stops(),
        connectionsKilled: outages.connectionsKilled(),
        webhooks: observed.counts.acknowledged,
        webhookTries: observed.counts.tries,
        refusedWebhooks: observed.counts.refused,
        ...observed.done,
        messages: [observed.texts, observed.letters].flatMap((by) => Object.values(by)).flat().length,
        looks: records.looks,
        vendorCalls: observed.vendorCalls,
        approvals: desk.approvals(),
        faults: Object.values(observed.faults).reduce((sum, times) => sum + times, 0),
        explainedDuplicates: verdict.explainedDuplicates,
        handedOver: verdict.handedOver,
        settledAfterSeconds: Math.round(waited / 1000),
        endedInOrder: exits.every((code) => code === 0),
        errors: complaints.reduce((sum, { times }) => sum + times, 0),
        complaints,
      },
    }
  } finally {
    await fleet?.abandon()
    await vendors?.stop()
    await outages.end()
    rmSync(dir, { recursive: true, force: true })
    await desk?.stop()
  }
}

interface Chaos {
  readonly fleet: Fleet
  readonly outages: Outages
  readonly minutes: number
  readonly random: () => number
  readonly tell: (line: string) => void
  readonly signal: AbortSignal
}

/** A kill every second; connections cut every few; the database stopped about once a minute, every other time as by a crash. */
async function chaos({ fleet, outages, minutes, random, tell, signal }: Chaos): Promise<void> {
  const end = Date.now() + minutes * 60_000
  const killer = setInterval(() => fleet.killOne(), 1000)
  let nextStop = Date.now() + 20_000
  let nextReport = Date.now() + 60_000
  try {
    while (Date.now() < end) {
      await sleep(3000 + random() * 4000, undefined, { signal })
      await outages.cut(Math.floor(random() * fleet.slots.length), random)
      if (Date.now() >= nextStop) {
        await outages.stopFor(2000 + random() * 5000, outages.stops() % 2 === 0 ? 'in order' : 'crash')
        nextStop = Date.now() + 30_000 + random() * 30_000
      }
      if (Date.now() >= nextReport) {
        tell(`${fleet.kills.length} kills, ${outages.stops()} database stops so far.`)
        nextReport += 60_000
      }
    }
  } finally {
    clearInterval(killer)
  }
}

/** Looks again and again until nothing is missing and nothing moves, or patience is at its end. */
async function converge(observe: () => Promise<Evidence>, tell: (line: string) => void, signal: AbortSignal) {
  const began = Date.now()
  let told = 0
  let calm = 0
  for (;;) {
    const evidence = await observe()
    const verdict = judge(evidence)
    const { observed, records } = evidence
    const waited = Date.now() - began
    const settled = verdict.lost.length + verdict.stuckKeys.length + observed.waiting === 0
    calm = settled ? calm + 1 : 0
    if (calm === 3 || waited > patience) return { verdict, observed, waited }
    if (waited - told > 30_000) {
      told = waited
      tell(
        `After ${Math.round(waited / 1000)} s: ${verdict.lost.length} not yet as they should be, ` +
          `${records.busy.length} keys at work, ${observed.waiting} webhooks on their way.`,
      )
      for (const line of [...verdict.lost.slice(0, 5), ...verdict.stuckKeys.slice(0, 5)]) tell(`  ${line}`)
    }
    await sleep(2000, undefined, { signal })
  }
}

async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer())
  for (const one of servers) await new Promise<void>((ready) => one.listen(0, '127.0.0.1', ready))
  const ports = servers.map((one) => (one.address() as AddressInfo).port) // listening on TCP, so it is an address
  for (const one of servers) await new Promise((done) => one.close(done))
  return ports
}
