import type { ScenarioReport } from '@stayward/core/testing'

/** What several processes found of the same scenarios, put together. */
export function mergedScenarios(parts: readonly (readonly ScenarioReport[])[]): readonly ScenarioReport[] {
  const [first = [], ...others] = parts
  return first.map((report, index) =>
    others.reduce((whole, part) => {
      const other = part[index]
      if (!other) return whole
      const played = { ...whole.played }
      for (const [kind, count] of Object.entries(other.played) as [keyof typeof played, number][]) // its own entries
        played[kind] = (played[kind] ?? 0) + count
      return { ...whole, played, violations: [...whole.violations, ...other.violations] }
    }, report),
  )
}

const mostStories = 5

/** The scenarios for people. */
export function readableScenarios(reports: readonly ScenarioReport[], seconds: number): string {
  const lines = reports.map(({ number, title, played, violations }) => {
    const kinds = Object.entries(played).map(([kind, count]) => `${kind} ${count}`)
    return `${number}. ${title}: ${kinds.join(' · ')} — ${violations.length === 0 ? 'no violation' : `${violations.length} violations`}`
  })
  const found = reports.flatMap(({ violations }) => violations)
  const stories = found.slice(0, mostStories).map(({ name, story }) => `\nReplay ${name}\n${story}`)
  const names = found.map(({ name, id }) => `${name} ${id}`)
  return [...lines, `${seconds} seconds.`, ...(names.length > 0 ? [names.join(' · ')] : []), ...stories, ''].join('\n')
}
