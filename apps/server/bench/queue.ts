import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { startEmbeddedPostgres } from '../src/persistence/embedded-postgres.ts'
import { migrate } from '../src/persistence/migrate.ts'
import { startWakeUp } from '../src/queue/wake-up.ts'
import { loadMasterKeys } from '../src/secrets/master-keys.ts'
import { measure } from './measure.ts'
import { connected, concurrency, markIn, probes, startWorker, transactions, wishes } from './queue-machinery.ts'
import { amidParked } from './queue-parked.ts'
import { type Aim, type Figure, type Report, tell } from './report.ts'

const tenantA = '00000000-0000-4000-8000-00000000000a'
const tenantB = '00000000-0000-4000-8000-00000000000b'

/**
 * What decided for an own table (docs/decisions/0001-own-work-table.md), measured on it: marks under load (W1), a single mark
 * behind fifty thousand of another tenant (W2), a killed process (W4), and claims amid a million parked timers (W5). Generator, database and two workers share the
 * machine, so the figures are good for comparison only.
 */
export async function benchQueue(): Promise<Report> {
  const dir = mkdtempSync(join(tmpdir(), 'stayward-bench-'))
  const server = await startEmbeddedPostgres({ dir: join(dir, 'postgres') })
  try {
    const { appUrl } = await migrate({ ownerUrl: server.url, masters: loadMasterKeys({ dataDir: dir }).keys })
    await connected(server.url, async (owner) => {
      await owner.query('create table bench_wish (key text primary key, wanted int not null, seen int not null)')
      await owner.query(`insert into bench_wish select 'k' || n, 0, 0 from generate_series(1, ${wishes}) n`)
      await owner.query('grant select, update on bench_wish to public')
    })
    const marked = await measure(
      {
        name: 'marked',
        yardstick: () => transactions(appUrl, tenantA, 3000, { marking: false }),
        candidate: () => transactions(appUrl, tenantA, 3000, { marking: true }),
      },
      tell,
    )
    const parked = await amidParked(server.url, appUrl, 1_000_000)
    const figures = [
      ...(await idle(appUrl)),
      ...(await manyMarks(appUrl, 20_000)),
      ...(await fairness(appUrl, 50_000)),
      ...(await takeover(appUrl, 150)),
    ]
    const outcomes = [
      { outcome: marked, unit: 'transactions/s' },
      { outcome: parked, unit: 'ms of processor time to mark, claim and finish', aim: { atMost: 1.5 } },
    ]
    return { bench: 'queue', outcomes, figures }
  } finally {
    await server.stop()
    rmSync(dir, { recursive: true, force: true })
  }
}

/** What one process asks of the database when nothing is due. */
async function idle(url: string): Promise<readonly Figure[]> {
  const worker = await startWorker(url, 0, 200)
  const commits = () =>
    connected(url, async (client) => {
      const { rows } = await client.query<{ n: number }>(
        'select xact_commit::int as n from pg_stat_database where datname = current_database()',
      )
      return rows[0]?.n ?? 0
    })
  await pause(3000)
  const before = await commits()
  await pause(10_000)
  const after = await commits()
  await worker.stop()
  return [figure('idle', 'queries/s', (after - before - 1) / 10, { atMost: 6 })] // one of them is the count itself
}

/** W1: every mark in a transaction of its own, every 40th held open, looks of 200 ms in two processes. */
async function manyMarks(url: string, count: number): Promise<readonly Figure[]> {
  await connected(url, (client) => client.query('update bench_wish set wanted = 0, seen = 0'))
  const workers = [await startWorker(url, 200, 200), await startWorker(url, 200, 200)]
  const wakeUp = await startWakeUp({ url })
  const times: number[] = []
  const onCommit = (milliseconds: number) => {
    times.push(milliseconds)
    wakeUp.markedLocally()
  }
  const began = performance.now()
  await transactions(url, tenantA, count, { marking: true, hold: true, onCommit })
  const marked = performance.now() - began
  const lost = await connected(url, async (client) => {
    const waiting = 'select from work where wake_at is not null or lease_owner is not null limit 1'
    while ((await client.query(waiting)).rowCount) await pause(100)
    return (await client.query('select from bench_wish where seen <> wanted')).rowCount ?? 0
  })
  const settled = performance.now() - began
  await wakeUp.stop()
  for (const worker of workers) await worker.stop()
  const { overlaps, peak, runs } = concurrency(workers.flatMap(({ events }) => events))
  const sorted = times.toSorted((one, other) => one - other)
  return [
    figure('w1.mark', 's', marked / 1000),
    figure('w1.settle', 's', settled / 1000),
    figure('w1.runs', 'looks', runs),
    figure('w1.peak', 'looks at a time', peak),
    figure('w1.overlaps', 'looks', overlaps, { atMost: 0 }),
    figure('w1.lost', 'keys', lost, { atMost: 0 }),
    figure('w1.markP50', 'ms', sorted[Math.floor(sorted.length * 0.5)] ?? 0),
    figure('w1.markP99', 'ms', sorted[Math.floor(sorted.length * 0.99)] ?? 0),
  ]
}

/** W2: one tenant has many keys waiting; how long until another's single key is looked at, and how fast the many go. */
async function fairness(url: string, count: number): Promise<readonly Figure[]> {
  const workers = [await startWorker(url, 0, 200), await startWorker(url, 0, 200)]
  const events = () => workers.flatMap((worker) => worker.events)
  const wakeUp = await startWakeUp({ url })
  const figures = await connected(url, async (client) => {
    await client.query('delete from work')
    await markIn(client, tenantA, probes('w2', count))
    wakeUp.markedLocally()
    const began = performance.now()
    await pause(500)
    const asked = Date.now()
    await markIn(client, tenantB, probes('single', 1))
    wakeUp.markedLocally()
    const started = () => events().find(({ what, key }) => what === 'start' && key === 'single-0')
    while (!started()) await pause(1)
    const doneBefore = events().filter(({ what }) => what === 'end').length
    while ((await client.query('select from work limit 1')).rowCount) await pause(50)
    const seconds = (performance.now() - began) / 1000
    return [
      figure('w2.doneBefore', `looks of ${count}`, doneBefore),
      figure('w2.otherTenant', 'ms', (started()?.at ?? 0) - asked, { atMost: 2000 }),
      figure('w2.rate', 'looks/s', count / seconds),
    ]
  })
  await wakeUp.stop()
  for (const worker of workers) await worker.stop()
  return figures
}

/** W4: a process is killed with looks under way; when has another begun the last of them again? */
async function takeover(url: string, count: number): Promise<readonly Figure[]> {
  const killed = await startWorker(url, 600_000, count, count)
  await connected(url, (client) => markIn(client, tenantA, probes('w4', count)))
  while (killed.events.length < count) await pause(20)
  const other = await startWorker(url, 600_000, count, count)
  const at = performance.now()
  killed.child.kill('SIGKILL')
  while (other.events.length < count) await pause(20)
  const seconds = (performance.now() - at) / 1000
  await other.stop()
  return [figure('w4.allAgain', `s for ${count} looks`, seconds, { atMost: 15 })]
}

function figure(name: string, unit: string, value: number, aim?: Aim): Figure {
  return { name, unit, value, ...(aim === undefined ? {} : { aim }) }
}
