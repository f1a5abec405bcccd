/** A refusal as RFC 9457 says it. `code` is stable and has a page under docs/problems. */
export interface ProblemDetails {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: ProblemCode
  /** What happened here and what to do now. Never a secret, a name or something that was sent. */
  readonly detail?: string
  /** Of `invalid-request`: what is wrong where. */
  readonly errors?: readonly { readonly at: string; readonly problem: string }[]
}

/** Every problem a caller can meet, with its status and title. */
export const problems = {
  'invalid-request': [400, 'The request is not understood.'],
  'key-missing': [401, 'An API key is needed.'],
  'key-refused': [401, 'This API key is not valid.'],
  'delivery-refused': [401, 'This delivery could not be verified.'],
  'not-allowed': [403, 'This API key may not do that.'],
  'not-found': [404, 'There is nothing at this address.'],
  'method-not-allowed': [405, 'This address does not take that method.'],
  'list-changed': [409, 'The list that waits is another one.'],
  'nothing-to-decide': [409, 'There is nothing to decide about this code.'],
  'nothing-to-confirm': [409, 'This lost time does not wait for a word.'],
  'cannot-open': [409, 'This door cannot be opened from here.'],
  'cannot-draw': [409, 'There is no QR code for this door.'],
  'key-used': [409, 'This order key was used for something else.'],
  'not-adopted': [409, 'This code does not become the code of that booking.'],
  'too-large': [413, 'The body is too large.'],
  'not-json': [415, 'The body has to be JSON.'],
  'too-many-requests': [429, 'Too many requests; come again later.'],
  'internal-error': [500, 'Something went wrong in the hub.'],
  unavailable: [503, 'The hub cannot answer now; come again later.'],
} as const satisfies Readonly<Record<string, readonly [number, string]>>

export type ProblemCode = keyof typeof problems

/** Thrown where a request is refused; the error middleware answers with it. */
export class Problem extends Error {
  override name = 'Problem'
  readonly code: ProblemCode
  readonly detail: string | undefined
  readonly errors: ProblemDetails['errors']
  /** Seconds. */
  readonly retryAfter: number | undefined

  constructor(
    code: ProblemCode,
    more: { readonly detail?: string; readonly errors?: ProblemDetails['errors']; readonly retryAfter?: number } = {},
  ) {
    super(problems[code][1])
    this.code = code
    this.detail = more.detail
    this.errors = more.errors
    this.retryAfter = more.retryAfter
  }
}

export function detailsOf({ code, detail, errors }: Problem): ProblemDetails {
  const [status, title] = problems[code]
  return {
    type: `/problems/${code}`,
    title,
    status,
    code,
    ...(detail === undefined ? {} : { detail }),
    ...(errors === undefined ? {} : { errors }),
  }
}
