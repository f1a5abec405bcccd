import { expect, it } from 'vitest'
import { e164 } from '../../src/compose/phone-numbers.ts'

// Numbers from ranges kept free for fiction, or of a valid shape only.
it.each([
  ['+33 6 39 98 00 01', undefined, '+33639980001'],
  ['0033639980001', undefined, '+33639980001'],
  ['06 39 98 00 01', 'FR', '+33639980001'],
  ['06 39 98 00 01', undefined, undefined],
  ['+44 7700 900123', undefined, '+447700900123'],
  ['12', 'FR', undefined],
  ['', 'FR', undefined],
  ['not a number', 'FR', undefined],
  ['+999 123', undefined, undefined],
])('reads %j in %s as %s', (phone, country, expected) => {
  expect(e164(phone, country)).toBe(expected)
})
