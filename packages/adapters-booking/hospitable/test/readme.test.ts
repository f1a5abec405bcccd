import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import * as z from 'zod'
import hospitable from '../src/adapter.ts'
import { hospitableActions } from '../src/testing/index.ts'

const text = (file: string) => readFileSync(join(import.meta.dirname, file), 'utf8')
const readme = text('../README.md')

/** The rows of the table whose heading row begins with these cells. */
function table(...head: readonly string[]): readonly (readonly string[])[] {
  const rows = readme.split('\n').map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  )
  const start = rows.findIndex((row) => row.length > 0 && head.every((cell, index) => row[index] === cell))
  const end = rows.findIndex((row, index) => index > start && row.length === 0)
  return rows.slice(start + 2, end)
}

it('shows the configuration as it is', () => {
  const { properties = {}, required = [] } = z.toJSONSchema(hospitable.config)
  const rows = Object.entries(properties).map(([name, field]) => {
    const { title, shown } = field as { title?: string; shown?: boolean } // the fields' own meta
    return [name, title, required.includes(name) ? 'yes' : 'no', shown ? 'yes' : 'no']
  })
  expect(table('Field', 'Title')).toEqual(rows)
})

it('promises what the manifest declares, no more and no less', () => {
  const said = (value: unknown) => (typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value))
  expect(table('Capability', 'Value')).toEqual(
    Object.entries(hospitable.capabilities).map(([name, value]) => [name, said(value)]),
  )
})

it('names every action of the webhook', () => {
  const named = table('Action', 'What happens')
    .map(([action]) => action)
    .join(' ')
  for (const action of hospitableActions) expect(named).toContain(action)
})

it('names the rate of the manifest', () => {
  const { perSecond, burst } = hospitable.rate
  expect(readme).toContain(`at most ${perSecond} a second, ${burst} at once`)
})

it('shows a snippet that compiles', () => {
  const [, snippet] = /```ts\n([\s\S]*?)```/.exec(readme) ?? []
  expect(snippet).toBe(text('try-it.ts'))
})
