import { parsePhoneNumberFromString } from 'libphonenumber-js'

/**
 * A phone number as E.164. `country` (ISO 3166) is for numbers written without a country code; without it those are not
 * understood, because a guess could reach a stranger. `undefined` also for numbers of an
 * impossible length; whether one is in use only the channel can say, and its refusal is seen by a person.
 */
export function e164(phone: string, country: string | undefined): string | undefined {
  const written = phone.replace(/^\s*00(?=[1-9])/, '+')
  // The library knows its countries and answers undefined for any other.
  const parsed = parsePhoneNumberFromString(written, country as Parameters<typeof parsePhoneNumberFromString>[1])
  return parsed?.isPossible() ? parsed.number : undefined
}
