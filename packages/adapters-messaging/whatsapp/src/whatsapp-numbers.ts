/** E.164 in, or nothing: without `+` Meta may read a number as one of the business's own country. */
export function isE164(to: string): boolean {
  return /^\+[1-9]\d{6,14}$/.test(to)
}

/**
 * Every E.164 number that a `wa_id` may stand for, as it reads first. It is not always what was dialled: accounts in
 * Brazil may lack the 9 of mobile numbers, in Mexico have a 1 and in Argentina lack the 9 that others write
 * (docs/vendors/whatsapp.md, numbers).
 */
export function numbersOf(waId: string): readonly string[] {
  const digits = waId.replace(/\D/g, '')
  if (!/^[1-9]\d{6,14}$/.test(digits)) return []
  return [digits, ...othersOf(digits)].map((number) => `+${number}`)
}

function othersOf(digits: string): readonly string[] {
  const country = digits.slice(0, 2)
  const rest = digits.slice(2)
  if (country === '55') {
    const [area, subscriber] = [rest.slice(0, 2), rest.slice(2)]
    if (/^\d{8}$/.test(subscriber)) return [`55${area}9${subscriber}`]
    if (/^9\d{8}$/.test(subscriber)) return [`55${area}${subscriber.slice(1)}`]
  }
  if (country === '52') return otherPrefix('52', '1', rest)
  if (country === '54') return otherPrefix('54', '9', rest)
  return []
}

/** National numbers of ten digits, with this digit before them or without. */
function otherPrefix(country: string, digit: string, rest: string): readonly string[] {
  if (/^\d{10}$/.test(rest)) return [`${country}${digit}${rest}`]
  return rest.length === 11 && rest.startsWith(digit) ? [`${country}${rest.slice(1)}`] : []
}
