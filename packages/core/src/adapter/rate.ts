/** What a vendor allows one account. Every rule that is given holds; the ones left out do not exist. */
export interface Rate {
  /** At most this many requests a second, and this many at once after a pause. Spacing is a burst of 1. */
  readonly perSecond: number
  readonly burst: number
  /** At most so many requests in any stretch of `per` milliseconds, wherever the vendor lets it begin. */
  readonly window?: { readonly requests: number; readonly per: number }
  /**
   * The vendor counts in credits: so many in each `per` milliseconds, of which a request costs about `cost`. The vendor's
   * own word about what is left (`says`) replaces this count at every answer.
   */
  readonly credits?: { readonly most: number; readonly per: number; readonly cost: number }
  /** At most so many requests under way at a time, over all processes. */
  readonly atOnce?: number
  /** The headers in which this vendor speaks of its limits, in order of trust. */
  readonly says?: {
    /** On a 429: when to come back, besides `retry-after`. */
    readonly wait?: readonly string[]
    /** On every answer: the credits left. */
    readonly left?: readonly string[]
    /** On every answer: when `credits` are whole again (seconds, an HTTP date or a Unix time). */
    readonly resets?: readonly string[]
  }
}

/** What is wrong with it, or `undefined`. */
export function rateFault({ perSecond, burst, window, credits, atOnce }: Rate): string | undefined {
  if (!(perSecond > 0 && burst >= 1)) return 'perSecond above 0, burst at least 1'
  if (window && !(window.requests >= 1 && window.per > 0)) return 'window.requests at least 1, window.per above 0'
  if (credits && !(credits.cost > 0 && credits.most >= credits.cost && credits.per > 0))
    return 'credits.cost above 0, credits.most at least one cost, credits.per above 0'
  if (atOnce !== undefined && !(atOnce >= 1)) return 'atOnce at least 1'
  return undefined
}

/** The same for a vendor whose time passes `times` as fast. */
export function faster(rate: Rate, times: number): Rate {
  const { perSecond, window, credits } = rate
  return {
    ...rate,
    perSecond: perSecond * times,
    ...(window && { window: { ...window, per: window.per / times } }),
    ...(credits && { credits: { ...credits, per: credits.per / times } }),
  }
}
