import { describeReadme } from '@stayward/core/testing'
import { expect, it } from 'vitest'
import theKeys from '../src/adapter.ts'

describeReadme(theKeys, new URL('../README.md', import.meta.url), new URL('try-it.ts', import.meta.url))

it.each([
  ['33612345678', 'username'],
  ['+33 6 12 34 56 78', 'username'],
  ['0612345678', 'username'],
])('refuses %s as an account and says what is wanted', (username, field) => {
  const result = theKeys.config.safeParse({ username, password: 'any' })
  expect(result.error?.issues[0]).toMatchObject({ path: [field], message: expect.stringContaining('+33612345678') })
})

it('refuses a zone that is none', () => {
  const result = theKeys.config.safeParse({ username: '+33612345678', password: 'any', zone: 'Paris' })
  expect(result.error?.issues[0]).toMatchObject({ path: ['zone'], message: expect.stringContaining('Europe/Paris') })
})
