/** What every call of a port carries. `signal` aborts it: the look lost its lease, or the hub is stopping. */
export interface Call {
  readonly signal: AbortSignal
  /** It is about an arrival soon: such calls go first where a vendor's budget is short. */
  readonly near?: boolean
}

/** Whose account the credentials open. `id` is stored at set-up and is how a changed account is noticed. */
export interface Account {
  readonly id: string
  readonly name?: string
  /** For people: `44,690 credits left`. */
  readonly note?: string
  /** Something a person should see to soon although the account works: `only 12 credits left`. */
  readonly warning?: string
  /**
   * Why this account may not stay set up as it is, and where that is put right: the test of the connection fails, although
   * the credentials work and what is read counts.
   */
  readonly unfit?: string
}
