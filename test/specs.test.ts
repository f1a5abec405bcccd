import { describe as suite, expect, it } from 'vitest'
import { differencesOf, keyOf } from './specs/compare.ts'
import { describe } from './specs/description.ts'
import type { Exchange } from './specs/exchange.ts'
import type { JsonRecord } from './specs/json.ts'
import { verdictOf } from './specs/verdict.ts'

/** A shop of bookings that does not exist, described as OpenAPI 3.0. */
const shop: JsonRecord = {
  openapi: '3.0.0',
  paths: {
    '/bookings': {
      get: {
        parameters: [
          { name: 'from', in: 'query', required: true, schema: { type: 'string', format: 'date' } },
          { name: 'id', in: 'query', schema: { type: 'array', items: { type: 'integer' } } },
          { name: 'token', in: 'header', required: true, schema: { type: 'string' } },
        ],
        responses: {
          '200': { content: { 'application/json': { schema: { $ref: '#/components/schemas/Page' } } } },
          '4XX': { description: 'refused' },
        },
      },
      post: {
        requestBody: {
          required: true,
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Booking' } } },
        },
        responses: { '201': { description: 'made' } },
      },
    },
    '/bookings/{id}': { delete: { responses: { '204': { description: 'gone' } } } },
  },
  components: {
    schemas: {
      Page: {
        allOf: [
          { $ref: '#/components/schemas/Paged' },
          {
            type: 'object',
            properties: { rows: { type: 'array', items: { $ref: '#/components/schemas/Booking' } } },
            required: ['rows'],
          },
        ],
      },
      Paged: { type: 'object', properties: { total: { type: 'integer' } } },
      Booking: {
        type: 'object',
        required: ['id'],
        properties: {
          id: { type: 'integer' },
          note: { type: 'string', nullable: true },
          state: { type: 'string', enum: ['new', 'gone'] },
          guest: { type: 'object', properties: { name: { type: 'string' } } },
        },
      },
    },
  },
}
const description = describe(shop, '/v1')

const listing = (parts: Partial<Exchange> & { readonly answered?: unknown } = {}): Exchange => {
  const { answered = { total: 1, rows: [{ id: 7, note: null, state: 'new', guest: { name: 'Ada' } }] }, ...rest } =
    parts
  return {
    method: 'GET',
    url: 'https://shop.example/v1/bookings?from=2026-05-01&id=7',
    headers: { token: 't' },
    status: 200,
    answerType: 'application/json; charset=utf-8',
    answer: JSON.stringify(answered),
    ...rest,
  }
}
const writing = (body: unknown): Exchange => ({
  method: 'POST',
  url: 'https://shop.example/v1/bookings',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
  status: 201,
})
const said = (exchange: Exchange) => differencesOf(exchange, description).map(keyOf)

suite('an exchange and its description', () => {
  it('agree when they agree', () => {
    expect(said(listing())).toEqual([])
    expect(said(writing({ id: 7, note: null }))).toEqual([])
    expect(said(listing({ status: 404, answer: 'no' }))).toEqual([])
    expect(said({ method: 'DELETE', url: 'https://shop.example/v1/bookings/7', headers: {}, status: 204 })).toEqual([])
  })

  it.each<[string, Exchange, string]>([
    [
      'asks for what does not exist',
      listing({ url: 'https://shop.example/v1/guests' }),
      'GET /guests · operation is not described',
    ],
    [
      'leaves out what is required',
      listing({ url: 'https://shop.example/v1/bookings' }),
      'GET /bookings · query/from is required',
    ],
    [
      'invents a parameter',
      listing({ url: 'https://shop.example/v1/bookings?from=2026-05-01&until=x' }),
      'GET /bookings · query/until is not described',
    ],
    [
      'writes a day otherwise',
      listing({ url: 'https://shop.example/v1/bookings?from=01.05.2026' }),
      'GET /bookings · query/from must match format "date"',
    ],
    ['forgets a header', listing({ headers: {} }), 'GET /bookings · header/token is required'],
    ['answers another status', listing({ status: 202 }), 'GET /bookings · status 202 is not described'],
    ['answers a page', listing({ answerType: 'text/html', answer: '<p>' }), 'GET /bookings · answer 200 is not JSON'],
    [
      'answers another type',
      listing({ answered: { rows: [{ id: '7' }] } }),
      'GET /bookings · answer 200/rows/*/id must be integer',
    ],
    [
      'answers without rows',
      listing({ answered: { total: 0 } }),
      "GET /bookings · answer 200 must have required property 'rows'",
    ],
    [
      'answers a field more',
      listing({ answered: { rows: [], more: 1 } }),
      'GET /bookings · answer 200/more is not described',
    ],
    [
      'answers a field more, deep inside',
      listing({ answered: { rows: [{ id: 7, guest: { nme: 'Ada' } }] } }),
      'GET /bookings · answer 200/rows/*/guest/nme is not described',
    ],
    [
      'answers a word more',
      listing({ answered: { rows: [{ id: 7, state: 'old' }] } }),
      'GET /bookings · answer 200/rows/*/state must be one of the described words',
    ],
    ['sends a field more', writing({ id: 7, pin: '1' }), 'POST /bookings · request/pin is not described'],
    ['sends another type', writing({ id: 'x' }), 'POST /bookings · request/id must be integer'],
  ])('differ when it %s', (_what, exchange, difference) => {
    expect(said(exchange)).toEqual([difference])
  })

  it('may differ where a reason is listed, for as long as it does', () => {
    const late = listing({ status: 202 })
    const at = /status 202 is not described/
    expect(verdictOf([late], description, [])).toMatchObject({ unexplained: [expect.stringMatching(at)] })
    expect(verdictOf([late], description, [{ at, why: 'newer' }])).toMatchObject({
      unexplained: [],
      explained: 1,
      stale: [],
    })
    expect(verdictOf([listing()], description, [{ at, why: 'newer' }])).toMatchObject({ stale: [at.source] })
  })
})
