const alphabet = '0123456789abcdefghjkmnpqrstvwxyz' // Crockford base32, as people read it aloud
const atStart = new RegExp(`^sw[${alphabet}]{12}(?![0-9A-Za-z])`)

/** What one code is recognised by on any vendor's side: `sw`, 4 characters of the connection, 8 of the code. */
export function markOf(connection: Uint8Array, code: Uint8Array): string {
  return `sw${letters(connection, 4)}${letters(code, 8)}`
}

/** The mark that a vendor-side field starts with, as a whole word; never one inside other text. */
export function markIn(field: string | null | undefined): string | undefined {
  return atStart.exec(field ?? '')?.[0]
}

/** A field that carries the mark first and, if there is room, words for people after it. */
export function marked(mark: string, words: string, maxLength: number): string {
  return `${mark} ${words}`.slice(0, maxLength).trimEnd()
}

function letters(bytes: Uint8Array, count: number): string {
  if (bytes.length < count) throw new RangeError(`a mark needs ${count} bytes here`)
  return Array.from(bytes.subarray(0, count), (byte) => alphabet.charAt(byte & 31)).join('')
}
