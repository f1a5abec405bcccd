import { expect, it } from 'vitest'
import { factsText } from '../../src/domain/booking-change.ts'
import { booking } from './house.ts'

it('whether the owner stays there is a fact, and the text of every other booking is what it always was', () => {
  const guests = factsText(booking)
  expect(guests).toBe(
    '["291","confirmed","700101","2026-07-10","2026-07-14",null,null,null,null,"Ada",null,null,null,null]',
  )
  expect(factsText({ ...booking, guest: { ...booking.guest, isOwner: true } })).not.toBe(guests)
})
