import { describe, expect, it } from 'vitest'
import { canonicalString, queryOf, signedHeaders } from '../src/signing.ts'

// Computed from the recipe in docs/vendors/smoobu.md with a synthetic key and secret.
const fixed = {
  timestamp: '2026-05-01T10:00:00Z',
  nonce: '11111111-2222-4333-8444-555555555555',
  apiKey: 'test_key',
}
const noBody = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
const listing = {
  ...fixed,
  method: 'GET',
  path: '/api/reservations',
  query: 'showCancellation=true&pageSize=100&page=1&modifiedFrom=2026-05-01',
  body: '',
}
const message = {
  ...fixed,
  method: 'POST',
  path: '/api/reservations/291/messages/send-message-to-guest',
  query: '',
  body: '{"subject":"Code","messageBody":"Hello"}',
}

describe('the vectors', () => {
  it('of a listing', () => {
    expect(canonicalString(listing)).toBe(
      `GET\n/api/reservations\nmodifiedFrom=2026-05-01&page=1&pageSize=100&showCancellation=true\n${fixed.timestamp}\n${fixed.nonce}\n${noBody}\ntest_key`,
    )
    expect(signedHeaders(listing, 'test_secret')).toEqual({
      'X-API-Key': 'test_key',
      'X-Timestamp': fixed.timestamp,
      'X-Nonce': fixed.nonce,
      'X-Signature': 'wtiDCEugw8qofXJR2yV6Euq81nZC+PT2JWcrHpzoz24=',
    })
  })
  it('of a message', () => {
    expect(canonicalString(message).split('\n')).toEqual([
      'POST',
      message.path,
      '',
      fixed.timestamp,
      fixed.nonce,
      'bbe1624ee7c3bf3a693d21efb84b3b38f4c2b38d5358784e4d3acc7d6bea64be',
      'test_key',
    ])
    expect(signedHeaders(message, 'test_secret')['X-Signature']).toBe('yK69ozgTitYH/dxi2sBXCOoGfs+vWhmncl7MIAXE4DU=')
  })
})

describe('the query', () => {
  it('is signed still encoded, as whole pairs in byte order (trap 3)', () => {
    const { [2]: line } = canonicalString({ ...listing, query: 'b=%20z&a=2&B=1&a=%C3%A9&a=1' }).split('\n')
    expect(line).toBe('B=1&a=%C3%A9&a=1&a=2&b=%20z')
  })
  it('is spelt so that a URL parser sends what was signed', () => {
    const query = queryOf({ name: "O'Hara (& sons)* +1!", page: 2, empty: undefined })
    expect(query).toBe('name=O%27Hara%20%28%26%20sons%29%2A%20%2B1%21&page=2')
    expect(new URL(`https://login.smoobu.com/?${query}`).search).toBe(`?${query}`)
  })
})

it('signs the bytes of the body, not its characters', () => {
  const signature = (body: string) => signedHeaders({ ...message, body }, 'test_secret')['X-Signature']
  expect(signature('{"messageBody":"Grüße 🔑"}')).not.toBe(signature('{"messageBody":"Gr\\u00fc\\u00dfe 🔑"}'))
})
