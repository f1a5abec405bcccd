import type * as z from 'zod'
import type { Caller } from '../auth/api-keys.ts'

/** One operation of the API: how it is reached, what it takes and answers, and what it does. */
export interface Route {
  readonly method: 'get' | 'post'
  /** As OpenAPI writes it: `/bookings/{id}`. */
  readonly path: string
  readonly id: string
  readonly summary: string
  readonly params?: z.ZodObject
  readonly query?: z.ZodObject
  readonly body?: z.ZodObject
  readonly answer: z.ZodObject
  /** The answer is a picture: what `handle` gives as `bytes`, and no JSON. */
  readonly media?: 'image/svg+xml' | 'image/png'
  /** Refusals of its own, by status, besides those that follow from what it takes. */
  readonly refuses?: readonly number[]
  /** Given what the schemas made of the request. */
  handle(request: Given): Promise<object>
}

export interface Given {
  readonly caller: Caller
  readonly params: unknown
  readonly query: unknown
  readonly body: unknown
}

type Read<Schema> = Schema extends z.ZodType ? z.output<Schema> : object

interface TypedRoute<Params, Query, Body, Answer extends z.ZodObject>
  extends Omit<Route, 'handle' | 'params' | 'query' | 'body' | 'answer'> {
  readonly params?: Params
  readonly query?: Query
  readonly body?: Body
  readonly answer: Answer
  handle(request: {
    readonly caller: Caller
    readonly params: Read<Params>
    readonly query: Read<Query>
    readonly body: Read<Body>
  }): Promise<z.input<Answer>>
}

/** Checks at compile time that a handler takes what its schemas give and answers what it documents. */
export function defineRoute<
  Answer extends z.ZodObject,
  Params extends z.ZodObject | undefined = undefined,
  Query extends z.ZodObject | undefined = undefined,
  Body extends z.ZodObject | undefined = undefined,
>(route: TypedRoute<Params, Query, Body, Answer>): Route {
  // The router parses with these very schemas before it calls, so `unknown` is what they gave.
  return route as unknown as Route
}
