import { between, type Instant } from '../domain/instant.ts'
import type { Rate } from './rate.ts'
import { retryAfter } from './retry-after.ts'
import type { Said } from './vendor-budget.ts'

/** What an answer says of the account's limits, in this vendor's headers. */
export function heard(rate: Rate, { status, headers }: Pick<Response, 'status' | 'headers'>, now: Instant): Said {
  const { says = {} } = rate
  const until = (names: readonly string[]) => {
    const at = retryAfter(headers, names, now)
    return at === undefined ? undefined : between(now, at)
  }
  const left = amount(headers, says.left ?? [])
  const resetsIn = until(says.resets ?? [])
  const said = { ...(left === undefined ? {} : { left }), ...(resetsIn === undefined ? {} : { resetsIn }) }
  // Said on anything but a refusal it means something else.
  if (status === 503) return { ...said, wait: until(['retry-after']) ?? 0 }
  if (status === 429) return { ...said, wait: until(['retry-after', ...(says.wait ?? [])]) ?? resetsIn ?? unsaid(rate) }
  return said
}

/** How long to wait for a vendor that only says no: until its budget is whole again, within reason. Milliseconds. */
function unsaid({ perSecond, burst, window, credits }: Rate): number {
  const whole = Math.max((burst / perSecond) * 1000, window?.per ?? 0, credits?.per ?? 0)
  return Math.min(Math.max(whole, 5000), credits ? 15 * 60_000 : 60_000)
}

function amount(headers: Headers, names: readonly string[]): number | undefined {
  for (const name of names) {
    const text = headers.get(name)?.trim() ?? ''
    if (/^-?\d+(?:\.\d+)?$/.test(text)) return Number(text)
  }
  return undefined
}
