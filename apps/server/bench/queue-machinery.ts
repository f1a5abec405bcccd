import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { type Mark, systemClock } from '@stayward/core'
import pg from 'pg'
import { changesOf, markValues, mark as markStatement } from '../src/queue/work-table.ts'

export interface LookEvent {
  readonly what: string
  /** Milliseconds of the wall clock. */
  readonly at: number
  readonly key: string
}

export interface Worker {
  readonly child: ChildProcess
  readonly events: LookEvent[]
  stop(): Promise<void>
}

/** A process whose looks take `takes` ms. */
export async function startWorker(url: string, takes: number, slots: number, tenantCap = 160): Promise<Worker> {
  const script = join(import.meta.dirname, 'queue-worker.ts')
  const args = ['--conditions=@stayward/source', script, url, ...[takes, slots, tenantCap].map(String)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const events: LookEvent[] = []
  const ready = Promise.withResolvers<undefined>()
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [what = '', at, key = ''] = line.split(' ')
    if (what === 'ready') ready.resolve(undefined)
    else events.push({ what, at: Number(at), key })
  })
  child.once('close', () => ready.reject(new Error('The worker ended before it was ready.')))
  await ready.promise
  return {
    child,
    events,
    stop: async () => {
      const closed = once(child, 'close')
      child.kill('SIGTERM')
      await closed
    },
  }
}

/** Looks at one key that were under way at the same time, and the most looks under way at all. */
export function concurrency(events: readonly LookEvent[]): { overlaps: number; peak: number; runs: number } {
  const under = new Map<string, number>()
  let [overlaps, peak, now] = [0, 0, 0]
  const order = events.toSorted((one, other) => one.at - other.at || one.what.localeCompare(other.what))
  for (const { what, key } of order) {
    const count = (under.get(key) ?? 0) + (what === 'start' ? 1 : -1)
    under.set(key, count)
    now += what === 'start' ? 1 : -1
    if (count > 1) overlaps++
    peak = Math.max(peak, now)
  }
  return { overlaps, peak, runs: events.filter(({ what }) => what === 'end').length }
}

export interface TransactionOptions {
  readonly marking: boolean
  readonly onCommit?: (milliseconds: number) => void
  /** Every 40th transaction stays open for 5 to 50 ms after its mark. */
  readonly hold?: boolean
}

const writers = 16
export const wishes = 5000

/** Updates of a domain row, with a mark or without, by 16 clients. Resolves to how many a second. */
export async function transactions(url: string, tenantId: string, count: number, options: TransactionOptions) {
  let left = count
  const write = async (client: pg.Client) => {
    while (left-- > 0) {
      const key = `k${1 + Math.floor(Math.random() * wishes)}`
      const began = performance.now()
      await client.query('begin')
      await client.query('update bench_wish set wanted = wanted + 1 where key = $1', [key])
      if (options.marking) await markIn(client, tenantId, [{ kind: 'device', key, why: 'step' }])
      if (options.hold && left % 40 === 0) await pause(5 + Math.random() * 45)
      await client.query('commit')
      options.onCommit?.(performance.now() - began)
    }
  }
  const began = performance.now()
  await Promise.all(Array.from({ length: writers }, () => connected(url, write)))
  return count / ((performance.now() - began) / 1000)
}

export async function markIn(client: pg.Client, tenantId: string, marks: readonly Mark[]): Promise<void> {
  await client.query({ ...markStatement, values: markValues(changesOf(tenantId, marks, []), systemClock.now()) })
}

/** Keys that nothing else is about. */
export function probes(name: string, count: number): readonly Mark[] {
  return Array.from({ length: count }, (_, n) => ({ kind: 'probe', key: `${name}-${n}`, why: 'step' }))
}

export async function connected<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return await use(client)
  } finally {
    await client.end()
  }
}
