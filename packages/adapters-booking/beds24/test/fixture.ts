import { fixturesIn } from '@stayward/core/testing'

export const fixtures = fixturesIn(new URL('fixtures/', import.meta.url))
export const fixture = fixtures.read
