import { addDays, type CivilDate, type Instant } from '@stayward/core/adapter'

/** Days a personal access token lives (docs/vendors/hospitable.md, access tokens), and how long before that we speak. */
const life = 365
const ahead = 30

/** A warning in the last month of a token's year. `madeOn` is the day the host entered. */
export function tokenAgeWarning(madeOn: CivilDate | undefined, now: Instant): string | undefined {
  if (madeOn === undefined) return undefined
  const ends = addDays(madeOn, life)
  if (now.slice(0, 10) < addDays(ends, -ahead)) return undefined
  return (
    `The access token was made on ${madeOn}, and Hospitable's tokens end after a year, about ${ends}. Make a new one ` +
    'and enter it in this connection together with its day.'
  )
}
