/**
 * Arrays as PostgreSQL sends them between its own programs. pg passes a Buffer on as it is, and the server takes it without
 * reading every payload letter by letter, as it must with an array written as text.
 */

/** PostgreSQL's numbers of the element types. */
const oids = { text: 25, uuid: 2950, integer: 23 } as const
/** Dimensions, flags, element type, length, lower bound. */
const headBytes = 20

export function textArray(items: readonly (string | undefined)[]): Buffer {
  const sizes = items.map((item) => (item === undefined ? -1 : Buffer.byteLength(item)))
  const array = emptyArray(
    oids.text,
    items.length,
    sizes.reduce((sum, size) => sum + Math.max(0, size), 0),
  )
  let at = headBytes
  for (const [index, item] of items.entries()) {
    at = array.writeInt32BE(sizes[index] ?? -1, at)
    if (item !== undefined) at += array.write(item, at)
  }
  return array
}

export function uuidArray(items: readonly string[]): Buffer {
  const array = emptyArray(oids.uuid, items.length, items.length * 16)
  let at = headBytes
  for (const item of items) {
    at = array.writeInt32BE(16, at)
    at += array.write(item.replaceAll('-', ''), at, 'hex')
  }
  return array
}

export function integerArray(items: readonly number[]): Buffer {
  const array = emptyArray(oids.integer, items.length, items.length * 4)
  let at = headBytes
  for (const item of items) at = array.writeInt32BE(item, array.writeInt32BE(4, at))
  return array
}

function emptyArray(oid: number, length: number, contentBytes: number): Buffer {
  const array = Buffer.allocUnsafe(headBytes + length * 4 + contentBytes)
  const head = [1, 1, oid, length, 1] // one dimension, with nulls, counted from one
  for (const [index, value] of head.entries()) array.writeInt32BE(value, index * 4)
  return array
}
