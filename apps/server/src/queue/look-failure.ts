import { AdapterError, type FailureCode, type LookFailure } from '@stayward/core'

/** What is kept of an error, and how soon the key is tried again. `passes`: whether one that is no adapter's goes by itself. */
export function failureOf(error: unknown, passes: (error: unknown) => boolean): LookFailure {
  if (AdapterError.is(error)) {
    const { code, message, retryAt } = error
    return {
      reason: `${code}: ${message}`,
      passing: passesByItself[code],
      ...(retryAt === undefined ? {} : { retryAt }),
    }
  }
  // Only an AdapterError promises a message without a name, a PIN or an address.
  const reason = error instanceof Error ? error.name : 'not an error'
  return passes(error) ? { reason, passing: true } : { reason }
}

const passesByItself: Readonly<Record<FailureCode, boolean>> = {
  'rate-limited': true,
  unreachable: true,
  'device-offline': true,
  gone: true,
  'outcome-unknown': true,
  auth: false,
  refused: false,
  'bad-response': false,
}
