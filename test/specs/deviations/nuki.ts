import type { Deviation } from './deviation.ts'

/** The description is version 2.80.1 of the Web API, with the marks of docs/vendors/nuki.md. */
export const nuki: readonly Deviation[] = [
  {
    at: /\/auth · answer 200\/\*\/type must be <= 2/,
    why: 'Its own text knows 13 for a keypad code; the upper bound beside it is older than the keypad.',
  },
  {
    at: /\/log · answer 200\/\*\/state must be >= 1/,
    why: 'Zero means success, in its own text and in its samples; the lower bound is wrong.',
  },
  { at: /\/serverState must be <= 4/, why: 'A test plays a word that does not exist yet.' },
  { at: /\/allowedUntilDate must match format "date-time"/, why: 'A test plays a damaged date.' },
  { at: /\/code must be integer/, why: 'Seen as text in public code; the adapter reads both.' },
  {
    at: /status (204|400|402|403|404|405|422|426|429|500) is not described/,
    why: 'The description names few refusals; the others are in its general part, or a test plays them.',
  },
  { at: /answer 200 is not JSON/, why: 'A test plays a page of a proxy in place of the list.' },
]
