/** A device or server of the tenant's own, at an address that only the tenant's configuration knows. */
export interface OnSite {
  /** The only origin that may be called: `https://192.168.1.40:8443`; dialled where it is not https: `smtp://mail.example.com:587`. */
  readonly origin: string
  /**
   * SHA-256 fingerprint of the one certificate that is believed, 64 hex digits in lower case. Absent: one that a public
   * authority has signed for this address. Judged for https; on a line it is the adapter's to judge.
   */
  readonly certificate?: string
}
