/** What one device takes for a PIN. */
export interface PinRules {
  /** Lengths it takes, the preferred one first. */
  readonly lengths: readonly number[]
  /** The digits it takes, `0123456789`. */
  readonly digits: string
  readonly forbiddenPrefixes?: readonly string[]
}
