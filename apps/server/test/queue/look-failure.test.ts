import { AdapterError } from '@stayward/core'
import { expect, it } from 'vitest'
import { isDatabaseAway } from '../../src/persistence/database-away.ts'
import { failureOf } from '../../src/queue/look-failure.ts'

const coded = (code: string): Error => Object.assign(new Error('secret://words'), { code })

it.each([
  ['a vendor that does not answer', new AdapterError('unreachable', 'No answer.', { remedy: 'Wait.' }), true],
  ['an account that is refused', new AdapterError('auth', 'Refused.', { remedy: 'Renew it.' }), false],
  ['a database that was away', coded('57P01'), true],
  ['a bug', new TypeError('secret://words'), undefined],
])('%s is tried again as often as is worth it', (_what, error, passing) => {
  const failure = failureOf(error, isDatabaseAway)
  expect(failure.passing).toBe(passing)
  expect(failure.reason).not.toContain('secret')
})
