/** What the engine needs of a tenant's secrets. Sealing itself is the stores' business. */
export interface Fingerprints {
  /** A keyed hash of a PIN on a device: equal for equal input, useless without the tenant's key. */
  fingerprint(deviceId: string, pin: string): string
}
