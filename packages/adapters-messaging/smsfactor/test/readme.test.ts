import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import * as z from 'zod'
import smsFactor from '../src/adapter.ts'

const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')

/** The cells of the table under this heading, without its head. */
function tableUnder(heading: string): string[][] {
  const section = readme.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''
  const [table = ''] = /(?:^\|.*\n)+/m.exec(section) ?? []
  return table
    .trim()
    .split('\n')
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('`', '')),
    )
}

it('its configuration table is the schema', () => {
  const { properties = {}, required = [] } = z.toJSONSchema(smsFactor.config, { io: 'input' })
  const fields = Object.entries(properties).map(([name, field]) => {
    const { shown, default: byDefault } = z
      .object({ shown: z.boolean().optional(), default: z.union([z.string(), z.number(), z.boolean()]).optional() })
      .parse(field)
    return [
      name,
      shown ? 'shown' : 'secret',
      required.includes(name) ? 'required' : byDefault === undefined ? '–' : String(byDefault),
    ]
  })
  expect(tableUnder('Configuration').map((row) => row.slice(0, 3))).toEqual(fields)
})

it('its capability table is the manifest', () => {
  const capabilities = Object.entries(smsFactor.capabilities).map(([name, value]) => [name, String(value)])
  expect(tableUnder('What works and what does not').map((row) => row.slice(0, 2))).toEqual(capabilities)
})

it("its rate is the manifest's", () => {
  const { perSecond, burst } = smsFactor.rate
  expect(tableUnder('Limits and their source')[0]?.[0]).toBe(`${perSecond} requests a second, ${burst} at once`)
})

it('its example is the one that is compiled', () => {
  const code = /```ts\n([\s\S]*?)```/.exec(readme)?.[1]
  expect(code).toBe(readFileSync(join(import.meta.dirname, 'try-it.ts'), 'utf8'))
})
