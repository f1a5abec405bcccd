import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import type { AnyAdapter } from '../../adapter/define-adapter.ts'

/**
 * What an adapter's README says beside what its introduction declares. `readme` and `snippets` are addresses of files:
 * `new URL('../README.md', import.meta.url)`. The README holds
 *
 * - a table `| Field | Needed | Shown | …` of the configuration, in its order; columns `Title` and `Default`, where there
 *   are any, are compared too
 * - a table `| Capability | Value | …`, in the order of the introduction: yes or no, lists with commas, `pin.lengths` for
 *   what is inside
 * - the rate, as `rateInWords` says it
 * - its ```ts blocks, each equal to one of `snippets`: files of the tests, so that the compiler reads them
 */
export function describeReadme(adapter: AnyAdapter, readme: URL, ...snippets: readonly URL[]): void {
  const text = readFileSync(readme, 'utf8')

  describe('the README', () => {
    it('shows the configuration as it is', () => {
      const { properties = {}, required = [] } = z.toJSONSchema(adapter.config, { io: 'input' })
      const { head, rows } = readmeTable(text, 'Field')
      expect(head).toEqual(expect.arrayContaining(['Field', 'Needed', 'Shown']))
      const compared = head.filter((name) => name in fieldColumns)
      const fields = Object.entries(properties).map(([name, property]) => {
        const field = { ...fieldMeta.parse(property), name, needed: required.includes(name) }
        return compared.map((column) => fieldColumns[column]?.(field))
      })
      expect(rows.map((row) => compared.map((column) => row[head.indexOf(column)]))).toEqual(fields)
    })

    it('promises what the introduction declares, no more and no less', () => {
      const { rows } = readmeTable(text, 'Capability', 'Value')
      expect(rows.map((row) => row.slice(0, 2))).toEqual(capabilityRows(adapter.capabilities))
    })

    it('names the rate', () => {
      expect(text).toContain(rateInWords(adapter.rate))
    })

    it('shows snippets that compile', () => {
      const shown = Array.from(text.matchAll(/```ts\n([\s\S]*?)```/g), ([, code]) => code)
      expect(shown).not.toEqual([])
      expect(shown).toEqual(snippets.map((snippet) => readFileSync(snippet, 'utf8')))
    })
  })
}

export interface ReadmeTable {
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** The first table of a Markdown text whose head begins with these cells; cells without backticks. */
export function readmeTable(text: string, ...head: readonly string[]): ReadmeTable {
  const lines = text.split('\n').map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  )
  const start = lines.findIndex((row) => row.length > 0 && head.every((cell, index) => row[index] === cell))
  if (start < 0) return { head: [], rows: [] }
  const end = lines.findIndex((row, index) => index > start && row.length === 0)
  return { head: lines[start] ?? [], rows: lines.slice(start + 2, end < 0 ? undefined : end) }
}

/** `3 a second, 6 at once`, and what else holds: `, 100 credits in 300 seconds at about 1.6 each, 1 under way at a time` */
export function rateInWords({ perSecond, burst, window, credits, atOnce }: AnyAdapter['rate']): string {
  return [
    `${perSecond} a second`,
    `${burst} at once`,
    ...(window ? [`${window.requests} in any ${window.per / 1000} seconds`] : []),
    ...(credits ? [`${credits.most} credits in ${credits.per / 1000} seconds at about ${credits.cost} each`] : []),
    ...(atOnce === undefined ? [] : [`${atOnce} under way at a time`]),
  ].join(', ')
}

const fieldMeta = z.object({
  title: z.string().optional(),
  shown: z.boolean().optional(),
  default: z.json().optional(),
})

type Field = z.output<typeof fieldMeta> & { readonly name: string; readonly needed: boolean }

const fieldColumns: Readonly<Record<string, (field: Field) => string>> = {
  Field: ({ name }) => name,
  Needed: ({ needed }) => said(needed),
  Shown: ({ shown = false }) => said(shown),
  Title: ({ title = '' }) => title,
  Default: (field) => (field.default === undefined ? '–' : said(field.default)),
}

function capabilityRows(capabilities: object, inside = ''): string[][] {
  return Object.entries(capabilities).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? capabilityRows(value, `${inside}${name}.`)
      : [[`${inside}${name}`, said(value)]],
  )
}

const said = (value: unknown) =>
  typeof value === 'boolean' ? (value ? 'yes' : 'no') : Array.isArray(value) ? value.join(', ') : String(value)
