/** A device of the tenant's own, at an address that only the tenant's configuration knows. */
export interface OnSite {
  /** The only origin that may be called: `https://192.168.1.40:8443`. */
  readonly origin: string
  /**
   * SHA-256 fingerprint of the one certificate that is believed, 64 hex digits in lower case. Absent: one that a public
   * authority has signed for this address.
   */
  readonly certificate?: string
}
