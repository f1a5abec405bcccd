import { AdapterError, type Budget, type BudgetBook, inTurn, untouched } from '@stayward/core'
import type { Pool } from 'pg'

export interface VendorAccount {
  readonly pool: Pool
  readonly tenantId: string
  /** Adapter and account, as the vendor counts them. */
  readonly account: string
}

interface Kept {
  readonly version: string
  readonly budget: Partial<Budget>
  /** The database's clock, milliseconds since 1970. */
  readonly at: number
  readonly changed: boolean
}

/** What is known of the row, and how far the database's clock was ahead of this process's monotonic one. */
interface Known {
  readonly version: string
  readonly budget: Budget
  readonly offset: number
}

const clock = 'extract(epoch from clock_timestamp())::float8 * 1000'
/** The moment is asked for again when the row is there: it may have been waited for. */
const change = `select b.*, ${clock} as at from change_vendor_budget($1, $2, $3, $4, $5, ${clock}) b`

/** Others were faster so often in a row that something is wrong. */
const mostTries = 100

/**
 * One row per vendor account, shared by every process. A change is one statement: it is made on what this process knows
 * and holds if nobody else has changed the row since; otherwise it is made again on what the row says now. Moments are
 * the database's: the processes' own clocks may differ by more than a budget allows.
 */
export function sharedBook({ pool, tenantId, account }: VendorAccount): BudgetBook {
  let known: Known | undefined
  const now = () => performance.now() + (known?.offset ?? performance.timeOrigin)

  const put = async (before: Known | undefined, budget: Budget | null, at: number | null): Promise<boolean> => {
    const values = [tenantId, account, before?.version ?? null, budget && JSON.stringify(budget), at]
    const { rows } = await pool.query<Kept>(change, values)
    const [kept] = rows
    if (!kept) throw new TypeError('the budget of a vendor account cannot be read')
    const offset = kept.at - performance.now()
    known = { version: kept.version, budget: { ...untouched, ...kept.budget }, offset }
    return kept.changed
  }

  // One after the other: a process does not compete with itself.
  const turn = inTurn()
  return {
    now,
    change: (decide) =>
      turn(async () => {
        try {
          if (!known) await put(undefined, null, null)
          for (let tries = 0; tries < mostTries; tries++) {
            const at = now()
            const { budget, answer } = decide(known?.budget ?? untouched, at)
            if (await put(known, budget, at)) return answer
          }
        } catch (cause) {
          known = undefined
          throw notAsked(cause)
        }
        throw notAsked(new Error('the row changed at each of many tries'))
      }),
  }
}

/** Nothing was sent, or what was sent the vendor refused: the look may begin again. */
function notAsked(cause: unknown): AdapterError {
  return new AdapterError('rate-limited', "The hub's database did not say whose turn it is at the vendor.", {
    remedy: 'The hub goes on by itself once its database answers.',
    cause,
  })
}
