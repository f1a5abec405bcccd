import type { Instant } from '../domain/instant.ts'

export interface Clock {
  now(): Instant
}

export const systemClock: Clock = { now: () => new Date().toISOString() as Instant } // toISOString has the shape of Instant
