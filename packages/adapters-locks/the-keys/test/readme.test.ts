import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import * as z from 'zod'
import theKeys from '../src/adapter.ts'

const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')

/** The cells of the one table below a heading, without its head. */
function tableUnder(heading: string): string[][] {
  const section = readme.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''
  const rows = section.split('\n').filter((line) => line.startsWith('|'))
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  )
}

it('shows the configuration as it is', () => {
  const schema = z.toJSONSchema(theKeys.config)
  const fields = Object.entries(schema.properties ?? {}).map(([name, field]) => {
    const { title, shown } = field as { title?: string; shown?: boolean } // the meta of each field, checked by the contract
    return [name, schema.required?.includes(name) ? 'yes' : 'no', shown === true ? 'yes' : 'no', title]
  })
  expect(tableUnder('Configuration')).toEqual(fields)
})

it('shows the capabilities as they are', () => {
  const { pin, ...others } = theKeys.capabilities
  const flat = { 'pin.lengths': pin.lengths.join(', '), 'pin.digits': pin.digits, ...others }
  expect(tableUnder('What works and what does not').map((row) => row.slice(0, 2))).toEqual(
    Object.entries(flat).map(([name, value]) => [name, String(value)]),
  )
})

it('shows the script that is type-checked here', () => {
  const [, code] = /```ts\n([\s\S]*?)```/.exec(readme) ?? []
  expect(code).toBe(readFileSync(join(import.meta.dirname, 'try-it.ts'), 'utf8'))
})

it('names a budget that the manifest keeps', () => {
  expect(theKeys.rate).toEqual({ perSecond: 3, burst: 3 })
  expect(readme).toContain('3 a second')
})

it.each([
  ['33612345678', 'username'],
  ['+33 6 12 34 56 78', 'username'],
  ['0612345678', 'username'],
])('refuses %s as an account and says what is wanted', (username, field) => {
  const result = theKeys.config.safeParse({ username, password: 'any' })
  expect(result.error?.issues[0]).toMatchObject({ path: [field], message: expect.stringContaining('+33612345678') })
})

it('refuses a zone that is none', () => {
  const result = theKeys.config.safeParse({ username: '+33612345678', password: 'any', zone: 'Paris' })
  expect(result.error?.issues[0]).toMatchObject({ path: ['zone'], message: expect.stringContaining('Europe/Paris') })
})
