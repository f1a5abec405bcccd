import { expect, it } from 'vitest'
import { isAway, NoAnswer } from '../../src/intake/store-deliveries.ts'

const coded = (code: string): Error => Object.assign(new Error('from the driver'), { code })

it.each([
  ['no answer in time', new NoAnswer('silent'), true],
  ['a refused connection', coded('ECONNREFUSED'), true],
  ['a connection that broke', new Error('Connection terminated unexpectedly'), true],
  ['a server that shuts down', coded('57P01'), true],
  ['too many connections', coded('53300'), true],
  ['a full disk', coded('53100'), true],
  ['a replica that takes no writes', coded('25006'), true],
  ['a row that breaks a rule', coded('23503'), false],
  ['a deadlock, which passes when tried again', coded('40P01'), false],
  ['a text that is no text', coded('22021'), false],
  ['what is no error', 'text', false],
])('%s is told apart from a database that is away', (_, error, away) => {
  expect(isAway(error)).toBe(away)
})
