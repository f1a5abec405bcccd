import { type Instant, instantOf } from '../domain/instant.ts'
import type { AdapterError } from '../ports/adapter-error.ts'
import type { Call } from '../ports/call.ts'

/** A call that nobody aborts. */
export const calm: Call = { signal: new AbortController().signal }

/** `text` as an instant; for constants of tests. Throws a `RangeError` when it is none. */
export function instant(text: string): Instant {
  return instantOf(Date.parse(text))
}

export type Settled =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'error'; readonly error: unknown }

export async function settled(promise: Promise<unknown> | undefined): Promise<Settled> {
  try {
    return { kind: 'value', value: await promise }
  } catch (error) {
    return { kind: 'error', error }
  }
}

/** What a call failed with, for assertions on its code and remedy; throws when it did not fail. */
export async function failureOf(promise: Promise<unknown> | undefined): Promise<AdapterError> {
  const outcome = await settled(promise)
  if (outcome.kind === 'value') throw new TypeError(`expected a failure, got ${JSON.stringify(outcome.value)}`)
  return outcome.error as AdapterError // read by assertions, which fail on another shape
}
