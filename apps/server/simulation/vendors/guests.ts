import { phoneOf, type StayFacts } from '@stayward/core/testing'

/** A guest as booking systems hold one. */
export function guestOf({ name, phone }: StayFacts) {
  return {
    name,
    firstName: name,
    lastName: '',
    language: 'en',
    phone: phone === undefined ? '' : phoneOf(phone),
    email: phone === undefined ? '' : mailOf(phone),
  }
}

/** The guest's mail address; whoever gave a number gave one as well. */
export const mailOf = (phone: string) => `guest-${phone}@guest.test`

/** The number of the guest with this mail address. */
export function phoneOfMail(address: string): string {
  const [, phone] = /^guest-(\d+)@/.exec(address) ?? []
  return phone === undefined ? address : phoneOf(phone)
}

/** Where the operator is called. */
export const alarmPhone = '+33639989999'
