/** Cryptographically strong randomness; the only source of PINs, marks and nonces. */
export interface Entropy {
  bytes(count: number): Uint8Array
}

export const systemEntropy: Entropy = { bytes: (count) => globalThis.crypto.getRandomValues(new Uint8Array(count)) }

/** A uniform whole number in `[0, below)`, by rejection. `below` at most 2^32. */
export function draw(entropy: Entropy, below: number): number {
  const limit = Math.floor(2 ** 32 / below) * below
  for (;;) {
    const [a = 0, b = 0, c = 0, d = 0] = entropy.bytes(4)
    const value = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0
    if (value < limit) return value % below
  }
}

/** A version 4 UUID. */
export function uuidOf(entropy: Entropy): string {
  const bytes = entropy.bytes(16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
