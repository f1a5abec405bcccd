import type { TimelineLine } from './read-model.ts'

export function timelineLine(row: {
  readonly id: string
  readonly at: TimelineLine['at']
  readonly kind: string
  readonly text: string
  readonly remedy?: string | null | undefined
  readonly cause?: string | null | undefined
}): TimelineLine {
  const { id, at, kind, text } = row
  return { id, at, kind, text, ...known('remedy', row.remedy), ...known('cause', row.cause) }
}

/** `{ name: value }`, or nothing for what a row leaves empty. */
export function known<Name extends string, Value>(name: Name, value: Value | null | undefined) {
  // The computed key is exactly Name; TypeScript widens it to string.
  return (value == null ? {} : { [name]: value }) as { readonly [Key in Name]?: Value }
}
