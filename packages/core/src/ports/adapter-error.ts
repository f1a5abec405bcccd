import type { Instant } from '../domain/instant.ts'

/**
 * What went wrong on the way to a vendor. What a vendor *answers* ("that PIN is taken") is a return value instead.
 *
 * - `auth` `refused` `bad-response`: stop; a person or a release must act
 * - `rate-limited` `unreachable` `device-offline`: try later; nothing happened, so repeating is safe
 * - `gone`: what the call was about is not there; look again, our picture is old
 * - `outcome-unknown`: it may have happened; look before repeating
 */
export type FailureCode =
  | 'auth'
  | 'refused'
  | 'bad-response'
  | 'rate-limited'
  | 'unreachable'
  | 'device-offline'
  | 'gone'
  | 'outcome-unknown'

export interface Failure {
  /** What a person can do about it, as a sentence. */
  readonly remedy: string
  /** When the vendor wants to be asked again (`rate-limited`), never more than 15 minutes away. */
  readonly retryAt?: Instant
  readonly cause?: unknown
}

const sign = Symbol.for('@stayward/AdapterError')

/**
 * The one error an adapter throws. Its message is read by people and kept: it never holds a PIN, a token, a phone, a
 * name or a URL. Do not subclass it; `code` says everything the engine acts on.
 */
export class AdapterError extends Error {
  readonly [sign] = true
  readonly code: FailureCode
  readonly remedy: string
  readonly retryAt: Instant | undefined

  constructor(code: FailureCode, message: string, { remedy, retryAt, cause }: Failure) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'AdapterError'
    this.code = code
    this.remedy = remedy
    this.retryAt = retryAt
  }

  /** True for an `AdapterError` of any installed copy of this package. */
  static is(error: unknown): error is AdapterError {
    return typeof error === 'object' && error !== null && sign in error
  }
}
