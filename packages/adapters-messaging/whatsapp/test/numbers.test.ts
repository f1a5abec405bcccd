import { describe, expect, it } from 'vitest'
import { isE164, numbersOf } from '../src/whatsapp-numbers.ts'

describe('the numbers that a wa_id may stand for', () => {
  it.each([
    ['33612345678', ['+33612345678']],
    // Brazil: the 9 of mobile numbers, missing in older accounts.
    ['551187654321', ['+551187654321', '+5511987654321']],
    ['5511987654321', ['+5511987654321', '+551187654321']],
    // Mexico: the old mobile prefix 1.
    ['5215512345678', ['+5215512345678', '+525512345678']],
    ['525512345678', ['+525512345678', '+5215512345678']],
    // Argentina: the 9 of mobile numbers.
    ['5491123456789', ['+5491123456789', '+541123456789']],
    ['541123456789', ['+541123456789', '+5491123456789']],
    // Printed with a plus or signs in some tables.
    ['+33 612 345 678', ['+33612345678']],
    ['', []],
    ['FR.123', []],
    ['0612345678', []],
  ])('%s', (waId, numbers) => expect(numbersOf(waId)).toEqual(numbers))

  it('is dialled only whole', () => {
    expect(['+33612345678', '33612345678', '0612345678', '+33 6', '+0612345678'].map(isE164)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ])
  })
})
