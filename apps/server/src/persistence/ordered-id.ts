import { randomBytes } from 'node:crypto'

let lastMillisecond = 0
let sequence = 0

/**
 * A version 7 UUID that sorts behind every earlier one of this process, within a millisecond too: lines written in one
 * save keep their order.
 */
export function orderedId(): string {
  const clock = Date.now()
  if (clock > lastMillisecond) {
    lastMillisecond = clock
    sequence = 0
  } else if (sequence < 0xfff) sequence += 1
  else {
    lastMillisecond += 1
    sequence = 0
  }
  const time = lastMillisecond.toString(16).padStart(12, '0')
  const random = randomBytes(8)
  random[0] = ((random[0] ?? 0) & 0x3f) | 0x80
  const tail = random.toString('hex')
  const count = sequence.toString(16).padStart(3, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${count}-${tail.slice(0, 4)}-${tail.slice(4)}`
}

const shape = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Keys come from outside the database, too: one that is no id names nothing, and must not fail a statement. */
export function isId(text: string): boolean {
  return shape.test(text)
}
