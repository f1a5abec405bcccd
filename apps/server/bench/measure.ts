/** A figure over several rounds. */
export interface Spread {
  readonly median: number
  readonly least: number
  readonly most: number
}

/** The same thing asked of a yardstick and of us. Both sides are figures of one kind: per second, or milliseconds. */
export interface Contest {
  readonly name: string
  readonly yardstick: (round: number) => Promise<number>
  readonly candidate: (round: number) => Promise<number>
}

export interface Measured {
  readonly name: string
  /** Candidate divided by yardstick, round by round. */
  readonly ratio: Spread
  readonly yardstick: Spread
  readonly candidate: Spread
}

/** The machine was too unsteady for a ratio to mean anything. */
export interface Refused {
  readonly name: string
  readonly refused: string
  readonly yardstick: Spread
}

export type Outcome = Measured | Refused

export const rounds = 5
/** A yardstick does the same work every round. When its own figures differ by more than this factor, something else did work. */
export const steady = 1.6

/** Alternates yardstick and candidate, so that whatever slows the machine for a while slows both. */
export async function measure({ name, yardstick, candidate }: Contest, note: Note = () => undefined): Promise<Outcome> {
  const before: number[] = []
  const ours: number[] = []
  for (let round = 1; round <= rounds; round++) {
    before.push(await yardstick(round))
    ours.push(await candidate(round))
    note(`${name}, round ${round} of ${rounds}: ${shown(before.at(-1))} and ${shown(ours.at(-1))}`)
  }
  return outcomeOf(name, before, ours)
}

/** One line for the person who waits. */
export type Note = (line: string) => void

export function outcomeOf(name: string, before: readonly number[], ours: readonly number[]): Outcome {
  const yardstick = spreadOf(before)
  const varied = yardstick.most / yardstick.least
  if (!(yardstick.least > 0) || varied > steady) {
    const refused =
      `The yardstick "${name}" itself varied by ${shown(varied)}× (more than ${steady}×): ` +
      'something else used the machine. Run the bench again when nothing else does.'
    return { name, refused, yardstick }
  }
  const ratio = spreadOf(ours.map((figure, index) => figure / (before[index] ?? Number.NaN)))
  return { name, ratio, yardstick, candidate: spreadOf(ours) }
}

export function spreadOf(figures: readonly number[]): Spread {
  const sorted = figures.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  const low = sorted[Math.ceil(middle) - 1] ?? Number.NaN
  const high = sorted[Math.floor(middle)] ?? Number.NaN
  return { median: (low + high) / 2, least: sorted[0] ?? Number.NaN, most: sorted.at(-1) ?? Number.NaN }
}

/** Three significant digits: more would pretend. */
export function shown(figure: number | undefined): string {
  if (figure === undefined || !Number.isFinite(figure)) return 'nothing'
  return figure >= 100 ? figure.toFixed(0) : String(Number(figure.toPrecision(3)))
}
