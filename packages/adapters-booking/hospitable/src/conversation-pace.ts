import { AdapterError, type Clock, type Instant, plus } from '@stayward/core/adapter'

/** A conversation's count of reads begins anew after this at the latest, milliseconds (docs/vendors/hospitable.md, limits). */
const window = 60_000
/** So many conversations are remembered at most. */
const most = 1000

export interface ConversationPace {
  /** Throws `rate-limited` while this conversation may not be read; nothing was sent. */
  mayRead(id: string): void
  /** What the answer said of it. */
  wasRead(id: string, headers: Headers): void
}

/**
 * Each conversation has a count of its own, of which the account's budget knows nothing: Hospitable says with each read how many
 * are left. Kept by this process alone; looks at one booking are one after the other, and most of them here.
 */
export function conversationPace(clock: Clock): ConversationPace {
  const counts = new Map<string, { readonly until: Instant; readonly isUsedUp: boolean }>()
  const countOf = (id: string, now: Instant) => {
    const count = counts.get(id)
    return count && count.until > now ? count : undefined
  }
  return {
    mayRead(id) {
      const count = countOf(id, clock.now())
      if (!count?.isUsedUp) return
      throw new AdapterError('rate-limited', 'Hospitable does not let this conversation be read again so soon.', {
        remedy: 'The hub goes on by itself as soon as it may.',
        retryAt: count.until,
      })
    },
    wasRead(id, headers) {
      const now = clock.now()
      const until = countOf(id, now)?.until ?? plus(now, window)
      const [oldest] = counts.keys()
      if (counts.size >= most && oldest !== undefined) counts.delete(oldest)
      counts.set(id, { until, isUsedUp: headers.get('x-ratelimit-remaining') === '0' })
    },
  }
}
