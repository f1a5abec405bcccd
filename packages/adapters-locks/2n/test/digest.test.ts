import { describe, expect, it } from 'vitest'
import { type Challenge, challengeIn, digestAnswer } from '../src/digest.ts'

const response = (answer: string) => /\bresponse="(\w+)"/.exec(answer)?.[1]

/** The header as a challenge of the digest kind. */
function digest(header: string): Extract<Challenge, { scheme: 'digest' }> {
  const challenge = challengeIn(header)
  if (challenge?.scheme !== 'digest') throw new TypeError('no digest challenge')
  return challenge
}

describe('RFC 7616, section 3.9.1', () => {
  const offer = (algorithm: string) =>
    `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, ` +
    'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
  const who = { username: 'Mufasa', password: 'Circle of Life' }
  const what = {
    method: 'GET',
    uri: '/dir/index.html',
    cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
    count: 1,
  }
  it.each([
    ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
    ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
  ])('%s', (algorithm, expected) => {
    const answer = digestAnswer(digest(offer(algorithm)), who, what)
    expect(response(answer)).toBe(expected)
    expect(answer).toContain('qop=auth, nc=00000001')
    expect(answer).toContain(`algorithm=${algorithm}`)
    expect(answer).toContain('opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"')
    expect(answer).toContain('uri="/dir/index.html"')
  })
  it('of two in one header the stronger one is answered, whichever comes first', () => {
    for (const header of [`${offer('MD5')}, ${offer('SHA-256')}`, `${offer('SHA-256')}, ${offer('MD5')}`])
      expect(digest(header).algorithm).toBe('SHA-256')
    expect(digest(`Basic realm="x", ${offer('MD5')}`).algorithm).toBe('MD5')
    expect(digest(`Negotiate, ${offer('MD5')}`).algorithm).toBe('MD5')
  })
})

it('RFC 2617, section 3.5', () => {
  const challenge = digest(
    'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"',
  )
  const who = { username: 'Mufasa', password: 'Circle Of Life' }
  const answer = digestAnswer(challenge, who, { method: 'GET', uri: '/dir/index.html', cnonce: '0a4f113b', count: 1 })
  expect(response(answer)).toBe('6629fae49393a05397450978507c4ef1')
  expect(answer).not.toContain('algorithm') // none was named
})

it('RFC 2069, section 2.4 with its erratum: without qop nothing is counted', () => {
  const challenge = digest(
    'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"',
  )
  const who = { username: 'Mufasa', password: 'CircleOfLife' }
  const answer = digestAnswer(challenge, who, { method: 'GET', uri: '/dir/index.html', cnonce: 'unused', count: 1 })
  expect(response(answer)).toBe('1949323746fe6a43ef61f9606e7febea')
  expect(answer).not.toMatch(/qop|nc=|cnonce/)
})

it('counts in eight hexadecimal digits', () => {
  const challenge = digest('Digest realm="r", nonce="n", qop="auth"')
  const answer = digestAnswer(
    challenge,
    { username: 'u', password: 'p' },
    { method: 'GET', uri: '/', cnonce: 'c', count: 255 },
  )
  expect(answer).toContain('nc=000000ff')
})

it('escapes what stands in quotes', () => {
  const challenge = digest(String.raw`Digest realm="a \"quoted\" realm", nonce="n\\m", qop=auth`)
  expect(challenge).toMatchObject({ realm: 'a "quoted" realm', nonce: String.raw`n\m` })
  const answer = digestAnswer(
    challenge,
    { username: 'u', password: 'p' },
    { method: 'GET', uri: '/', cnonce: 'c', count: 1 },
  )
  expect(answer).toContain(String.raw`realm="a \"quoted\" realm"`)
})

it.each([
  [null, undefined],
  ['', undefined],
  ['Bearer', undefined],
  ['Digest', undefined],
  ['Digest nonce="n"', undefined],
  ['Digest realm="r", nonce="n", algorithm=SHA-512-256', undefined],
  ['Digest realm="r", nonce="n", qop="auth-int"', undefined],
  ['"', undefined],
  ['= , ="', undefined],
  ['basic realm="r"', { scheme: 'basic' }],
  ['DIGEST Realm=r, Nonce=n, Stale=TRUE', { scheme: 'digest', realm: 'r', nonce: 'n', stale: true, counted: false }],
])('%s is understood as %s', (header, expected) => {
  const challenge = challengeIn(header)
  if (expected === undefined) expect(challenge).toBeUndefined()
  else expect(challenge).toMatchObject(expected)
})
