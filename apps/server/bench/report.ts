import { availableParallelism } from 'node:os'
import { type Outcome, shown, spreadOf, type Spread } from './measure.ts'

/** What a figure should be; `undefined` where it is only told. */
export type Aim = { readonly atLeast: number } | { readonly atMost: number }

export interface Figure {
  readonly name: string
  /** For people: `requests/s`, `ms`. */
  readonly unit: string
  readonly value: number
  readonly aim?: Aim
}

/** Everything a bench has found. */
export interface Report {
  readonly bench: string
  readonly outcomes: readonly { readonly outcome: Outcome; readonly aim?: Aim; readonly unit: string }[]
  readonly figures: readonly Figure[]
  /** Parts that could not be measured, and why. */
  readonly failures?: readonly string[]
  /** Anything else worth keeping, as JSON. */
  readonly details?: Readonly<Record<string, unknown>>
}

/** Prints for people to stderr and, if wanted, one JSON line to stdout. The result is the exit code: 1 when something was refused or failed. */
export function publish(report: Report, { json }: { readonly json: boolean }): 0 | 1 {
  const { bench, outcomes, figures, failures = [], details } = report
  const refused: string[] = []
  const missed: string[] = []
  for (const { outcome, aim, unit } of outcomes) {
    if ('refused' in outcome) {
      refused.push(outcome.refused)
      tell(`${outcome.name}: not reported. ${outcome.refused}`)
      continue
    }
    const { name, ratio, yardstick, candidate } = outcome
    if (!meets(ratio.median, aim)) missed.push(name)
    tell(
      `${name}: ratio ${range(ratio)}${aimText(ratio.median, aim)} — ` +
        `${shown(candidate.median)} against ${shown(yardstick.median)} ${unit}`,
    )
  }
  for (const { name, unit, value, aim } of figures) {
    if (!meets(value, aim)) missed.push(name)
    tell(`${name}: ${shown(value)} ${unit}${aimText(value, aim)}`)
  }
  for (const failure of failures) tell(`Not measured: ${failure}`)
  const ok = refused.length + failures.length === 0
  if (!ok) tell('This run is no report: measure again on a machine that does nothing else.')
  if (json) {
    const machine = { processors: availableParallelism(), node: process.version }
    const ratios = Object.fromEntries(
      outcomes.map(({ outcome: { name, ...rest }, aim, unit }) => [name, { ...rest, unit, ...(aim ? { aim } : {}) }]),
    )
    const values = Object.fromEntries(figures.map(({ name, ...rest }) => [name, rest]))
    const at = new Date().toISOString()
    const line = { bench, at, ok, machine, ratios, figures: values, missed, failures, ...details }
    process.stdout.write(`${JSON.stringify(line, rounded)}\n`)
  }
  return ok ? 0 : 1
}

/** A line for the person who waits; standard output stays clean for the JSON. */
export function tell(line: string): void {
  process.stderr.write(`${line}\n`)
}

function meets(value: number, aim: Aim | undefined): boolean {
  if (!aim) return true
  return 'atLeast' in aim ? value >= aim.atLeast : value <= aim.atMost
}

function aimText(value: number, aim: Aim | undefined): string {
  if (!aim) return ''
  const wish = 'atLeast' in aim ? `≥ ${aim.atLeast}` : `≤ ${aim.atMost}`
  return ` (aim ${wish}: ${meets(value, aim) ? 'reached' : 'missed'})`
}

function range({ median, least, most }: Spread): string {
  return `${shown(median)} (${shown(least)} to ${shown(most)})`
}

function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value
}

/** The middle of one figure over several results. */
export function median<T>(results: readonly T[], figure: (result: T) => number): number {
  return spreadOf(results.map(figure)).median
}
