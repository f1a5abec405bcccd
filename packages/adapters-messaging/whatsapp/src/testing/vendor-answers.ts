import { HttpResponse } from 'msw'

export interface Failure {
  readonly code: number
  readonly http?: number
  readonly subcode?: number
  readonly details?: string
}

const usual: Readonly<Record<number, number>> = { 0: 401, 2: 503, 3: 500, 10: 403, 102: 401, 190: 401, 131000: 500 }
const more: Readonly<Record<number, number>> = {
  131005: 403,
  131016: 500,
  131031: 403,
  130497: 403,
  368: 403,
  132001: 404,
}

/** An error as Graph words it, with the usual status of its code. */
export function graphError({ code, http, subcode, details = 'Details.' }: Failure): Response {
  const error = {
    message: `(#${code}) Something in English`,
    type: 'OAuthException',
    code,
    error_data: { messaging_product: 'whatsapp', details },
    ...(subcode === undefined ? {} : { error_subcode: subcode }),
    fbtrace_id: 'AbCdEf123',
  }
  const slow = [4, 80007, 130429].includes(code)
  const headers = slow
    ? {
        'x-business-use-case-usage': JSON.stringify({
          '102290129340398': [{ type: 'whatsapp', call_count: 100, estimated_time_to_regain_access: 7 }],
        }),
      }
    : undefined
  return HttpResponse.json(
    { error },
    { status: http ?? usual[code] ?? more[code] ?? 400, ...(headers ? { headers } : {}) },
  )
}
