/** Repeatable randomness: the same seed and name give the same numbers, whatever other streams were asked for. */
export class Random {
  #a: number
  #b: number
  #c: number
  #count = 1

  constructor(seed: number, name: string) {
    this.#a = seed | 0
    this.#b = hashOf(name)
    this.#c = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) | 0
    for (let round = 0; round < 12; round += 1) this.word()
  }

  /** 32 bits (sfc32: small, fast, passes the usual tests). */
  word(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#count) | 0
    this.#count = (this.#count + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0
    return sum >>> 0
  }

  /** In `[0, 1)`. */
  share(): number {
    return this.word() / 2 ** 32
  }

  below(count: number): number {
    return Math.floor(this.share() * count)
  }

  /** A whole number from `least` to `most`, both included. */
  from(least: number, most: number): number {
    return least + this.below(most - least + 1)
  }

  chance(share: number): boolean {
    return this.share() < share
  }

  of<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)]
    if (item === undefined) throw new RangeError('nothing to choose from')
    return item
  }

  bytes(count: number): Uint8Array {
    const bytes = new Uint8Array(count)
    for (let index = 0; index < count; index += 1) bytes[index] = this.word() & 255
    return bytes
  }
}

function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash
}
