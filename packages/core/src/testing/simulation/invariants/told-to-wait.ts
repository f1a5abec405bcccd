import { AdapterError } from '../../../ports/adapter-error.ts'
import type { Claim, Look } from '../../../ports/work-queue.ts'
import { millisecondsOf } from '../../../domain/instant.ts'
import type { Judge } from '../judge.ts'
import type { Truth } from '../truth.ts'

/**
 * E5: a look that was told when to come again comes no sooner, unless a person asks for it. That all looks at one account
 * keep its vendor's limit together (E4), and each request its word, is the adapters' business and below the ports.
 */
export function waitJudge(truth: Truth): Judge {
  const waits = new Map<string, { readonly since: number; readonly until: number }>()
  /** By fence of the look, whether all that failed in it so far was told when to come again. */
  const isTold = new Map<number, boolean>()
  const name = ({ kind, key }: Pick<Claim, 'kind' | 'key'>) => `${kind}:${key}`
  return {
    callEnded: ({ call, isRefused, retryAt }) => {
      const { fence } = call as Look // the engine hands its look over as the call
      if (!isRefused) return
      isTold.set(fence, retryAt !== undefined && isTold.get(fence) !== false)
    },
    failed: (claim, error) => {
      if (!AdapterError.is(error)) return
      truth.check('E5', error.retryAt !== undefined || isTold.get(claim.fence) !== true, () => {
        return `A look at ${claim.kind} was told when to come again, and has forgotten it.`
      })
      // Of other failures the hub itself says when it asks again.
      if (error.retryAt === undefined || error.code !== 'rate-limited') return
      waits.set(name(claim), { since: truth.now, until: millisecondsOf(error.retryAt) })
    },
    claimed: (_process, claim) => {
      const wait = waits.get(name(claim))
      waits.delete(name(claim))
      // Whoever dies, or cannot write it down, tells nobody.
      if (
        !wait ||
        claim.why === 'edit' ||
        claim.why === 'freed' ||
        truth.health.calmFrom(truth.now, 'hub') > wait.since
      )
        return
      truth.check('E5', truth.now >= wait.until, () => {
        return `${claim.kind} is looked at ${Math.ceil((wait.until - truth.now) / 1000)} s before the time its vendor had named.`
      })
    },
  }
}
