import type { Code, Drift, Drifted } from './code.ts'
import type { CodeStep } from './code-step.ts'

/** `its PIN is another and its dates are others (2026-07-10 14:00 to 2026-07-12 09:00 UTC)`; for people. */
export function changedText({ what, window }: Pick<Drift, 'what' | 'window'>): string {
  const dates = window === undefined ? '' : ` (${minuteOf(window.from)} to ${minuteOf(window.until)} UTC)`
  const parts = what.map((one) => (one === 'window' ? `${words.window}${dates}` : words[one]))
  return [parts.slice(0, -1).join(', '), parts.at(-1) ?? ''].filter((part) => part !== '').join(' and ')
}

const minuteOf = (at: string) => at.slice(0, 16).replace('T', ' ')

const words: Readonly<Record<Drifted, string>> = {
  pin: 'its PIN is another',
  disabled: 'it is switched off',
  window: 'its dates are others',
  missing: 'it is gone',
}

/** What a plan does about a code that somebody has changed, without the door's name. */
export function driftText({ code, found }: Extract<CodeStep, { do: 'drift' }>): string {
  if (found.length === 0) return 'notes that what somebody had changed of the code is over'
  const what = changedText(foundIn(code, found))
  return code.drift?.state === 'asked'
    ? `asks a person, because somebody has changed the code there: ${what}`
    : `lets stand what somebody has changed of the code there: ${what}`
}

/** What was found, with the dates that stay. */
export function foundIn({ drift }: Code, what: readonly Drifted[]): Pick<Drift, 'what' | 'window'> {
  return { what, ...(drift?.window === undefined ? {} : { window: drift.window }) }
}

/** What a person types about a changed code. */
export function decideCommand({ id }: Pick<Code, 'id'>, decision: 'restore' | 'accept'): string {
  return `stayward code decide ${id} ${decision}`
}
