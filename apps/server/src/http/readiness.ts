import type { Pool } from 'pg'

export interface ReadinessState {
  readonly ready: boolean
  /** By name: `ok`, or what is the matter. */
  readonly checks: Readonly<Record<string, string>>
  /** What a person has to know of a hub that can do its work nevertheless: a balancer goes on sending to it. */
  readonly notes?: Readonly<Record<string, string>>
}
export type Readiness = () => Promise<ReadinessState>

/** Resolves to what is the matter, or to nothing when all is well. */
export type Check = () => Promise<string | undefined>

/** Milliseconds that a check may take; a balancer asks every few seconds. */
const patience = 2_000

export function readinessOf(
  checks: Readonly<Record<string, Check>>,
  notes: Readonly<Record<string, () => string | undefined>> = {},
): Readiness {
  return async () => {
    const results = await Promise.all(
      Object.entries(checks).map(async ([name, check]): Promise<readonly [string, string]> => {
        const late = Promise.withResolvers<string>()
        const timer = setTimeout(() => late.resolve(`no answer within ${patience / 1000} seconds`), patience)
        try {
          return [name, (await Promise.race([check(), late.promise])) ?? 'ok']
        } catch {
          return [name, 'failed'] // the error could quote an address with its password; the log of the start has it
        } finally {
          clearTimeout(timer)
        }
      }),
    )
    const said = Object.entries(notes).flatMap(([name, note]) => {
      const text = note()
      return text === undefined ? [] : [[name, text] as const]
    })
    return {
      ready: results.every(([, state]) => state === 'ok'),
      checks: Object.fromEntries(results),
      ...(said.length > 0 ? { notes: Object.fromEntries(said) } : {}),
    }
  }
}

export function databaseCheck(pool: Pool): Check {
  return async () => {
    try {
      await pool.query('select 1')
      return undefined
    } catch {
      return 'the database cannot be reached' // its error could quote the address
    }
  }
}

/** `applied` is what migration reported or found; `expected` what this version brings. */
export function migrationsCheck(done: () => boolean): Check {
  return () => Promise.resolve(done() ? undefined : 'migrations are not done')
}

/**
 * `lastTurn` is when the work loop last came round, monotonic milliseconds; `undefined` before its first turn. A process
 * that does not look at keys leaves this check out.
 */
export function workLoopCheck(
  lastTurn: () => number | undefined,
  elapsed: () => number = () => performance.now(),
): Check {
  return () => {
    const turn = lastTurn()
    if (turn === undefined) return Promise.resolve('the work loop has not started')
    const silent = elapsed() - turn
    return Promise.resolve(
      silent > 30_000 ? `the work loop has been silent for ${Math.round(silent / 1000)} seconds` : undefined,
    )
  }
}
