import type { Deviation } from './deviation.ts'

/** The description is good for shapes; what the live service does otherwise is in docs/vendors/beds24.md. */
export const beds24: readonly Deviation[] = [
  {
    at: /status (401|429) is not described/,
    why: 'The description names 200 and 400 only. 401 for dead tokens and missing rights was seen live; 429 is documented.',
  },
  {
    at: /^GET \/authentication\/token · answer 200\/refreshToken is not described/,
    why: 'Public code received a new refresh token there; the fake plays both.',
  },
  { at: /\/pages\/nextPageLink must be string/, why: 'The last page has none.' },
  { at: /\/masterId must be integer/, why: 'Null for a booking alone.' },
  { at: /\/(email|lang) must /, why: 'Fields of people are empty text while nobody knows them (live).' },
  {
    at: /\/channel must be one of/,
    why: 'Direct bookings and calendar imports have words that the description lacks (live).',
  },
  { at: /\/status must be one of/, why: 'A test plays a status of the future.' },
  {
    at: /^POST \/bookings\/messages · answer 201/,
    why: 'The description gives item results no number of the new message; tests also play answers that are none.',
  },
]
