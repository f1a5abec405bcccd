export interface SimulationResult {
  readonly runs: number
  readonly profile: string
  readonly runsPerSecond: number
  readonly eventsPerSecond: number
  readonly simulatedDays: number
  readonly faults: Readonly<Record<string, number>>
  readonly callClasses: { readonly covered: number; readonly of: number }
  readonly sometimes: Readonly<Record<string, number>>
  /** What this campaign has not met. */
  readonly never: readonly string[]
  readonly invariants: Readonly<Record<string, number>>
  readonly violations: readonly {
    readonly seed: number
    readonly id: string
    readonly text: string
    readonly story: string
  }[]
}

/** A campaign for people. */
export function readable(result: SimulationResult): string {
  const list = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, count]) => `${name} ${count}`)
      .join(' · ')
  const { runs, profile, runsPerSecond, eventsPerSecond, simulatedDays, callClasses, violations } = result
  return [
    `${runs} runs of profile ${profile}: ${simulatedDays} days of ${runsPerSecond} runs and ${eventsPerSecond} events per second of one core.`,
    `Faults: ${list(result.faults)}`,
    `Calls × outcomes met: ${callClasses.covered} of ${callClasses.of}`,
    `Sometimes: ${list(result.sometimes)}`,
    `Never: ${result.never.join(' · ') || 'nothing of what there is'}`,
    `Invariants checked: ${list(result.invariants)}`,
    violations.length === 0 ? 'No violation.' : `${violations.length} seeds with a violation:`,
    ...violations.map(({ seed, id, text, story }) => `\nSeed ${seed}, ${id}: ${text}\n${story}`),
    '',
  ].join('\n')
}
