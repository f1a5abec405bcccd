import { expect, it } from 'vitest'
import { isDatabaseAway } from '../../src/persistence/database-away.ts'

const coded = (code: string): Error => Object.assign(new Error('from the driver'), { code })

it.each([
  ['a refused connection', coded('ECONNREFUSED'), true],
  ['a connection that broke', new Error('Connection terminated unexpectedly'), true],
  [
    'a connection that broke between two statements',
    new Error('Client has encountered a connection error and is not queryable'),
    true,
  ],
  ['a pool that got none in time', new Error('timeout exceeded when trying to connect'), true],
  ['a server that shuts down', coded('57P01'), true],
  ['too many connections', coded('53300'), true],
  ['a full disk', coded('53100'), true],
  ['a replica that takes no writes', coded('25006'), true],
  ['one of these inside another error', new Error('could not be loaded', { cause: coded('57P01') }), true],
  ['a row that breaks a rule', coded('23503'), false],
  ['a deadlock, which passes when tried again', coded('40P01'), false],
  ['a text that is no text', coded('22021'), false],
  ['a bug', new TypeError('x is undefined'), false],
  ['what is no error', 'text', false],
])('%s is told apart from a database that is away', (_, error, away) => {
  expect(isDatabaseAway(error)).toBe(away)
})
