/** The part of autocannon 9 that the generator uses; the package brings no types. */
declare module 'autocannon' {
  import type { EventEmitter } from 'node:events'

  export interface AutocannonRequest {
    readonly method: string
    readonly path: string
    readonly headers: Readonly<Record<string, string>>
    readonly body: string
  }

  export interface AutocannonOptions {
    readonly url: string
    readonly connections: number
    /** Seconds. */
    readonly duration: number
    /** Requests per second over all connections. */
    readonly overallRate?: number
    /** Requests over all connections, after which it ends. */
    readonly amount?: number
    readonly requests: readonly (AutocannonRequest & {
      readonly setupRequest: (request: AutocannonRequest) => AutocannonRequest
    })[]
  }

  interface Events {
    /** With the milliseconds from sending to the whole answer. */
    response: [client: unknown, status: number, bytes: number, time: number]
    /** A request without an answer. */
    reqError: [error: NodeJS.ErrnoException]
  }

  export default function autocannon(
    options: AutocannonOptions,
    done: (error: Error | null) => void,
  ): EventEmitter<Events>
}
