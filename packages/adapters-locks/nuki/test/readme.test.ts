import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import * as z from 'zod'
import nuki from '../src/adapter.ts'

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
  const schema = z.toJSONSchema(nuki.config)
  const fields = Object.entries(schema.properties ?? {}).map(([name, field]) => {
    const { title, shown } = field as { title?: string; shown?: boolean } // the meta of each field, checked by the contract
    return [name, schema.required?.includes(name) ? 'yes' : 'no', shown === true ? 'yes' : 'no', title]
  })
  expect(tableUnder('Configuration')).toEqual(fields)
})

it('shows the capabilities as they are', () => {
  const { pin, ...others } = nuki.capabilities
  const { lengths, digits, forbiddenPrefixes = [] } = pin
  const rules = { 'pin.lengths': lengths.join(', '), 'pin.digits': digits }
  const flat = { ...rules, 'pin.forbiddenPrefixes': forbiddenPrefixes.join(', '), ...others }
  expect(tableUnder('What works and what does not').map((row) => row.slice(0, 2))).toEqual(
    Object.entries(flat).map(([name, value]) => [name, String(value)]),
  )
})

it('shows the scripts that are type-checked here', () => {
  const scripts = Array.from(readme.matchAll(/```ts\n([\s\S]*?)```/g), ([, code]) => code)
  const files = ['register-webhook.ts', 'try-it.ts'].map((file) =>
    readFileSync(join(import.meta.dirname, file), 'utf8'),
  )
  expect(scripts).toEqual(files)
})

it('names a budget that the manifest keeps', () => {
  expect(nuki.rate).toEqual({ perSecond: 3, burst: 6 })
  expect(readme).toContain('3 a second')
})

it.each(['', 'two words', 'short', ' sample-nuki-token'])(
  'refuses "%s" as a token and says what is wanted',
  (apiToken) => {
    const result = nuki.config.safeParse({ apiToken })
    expect(result.error?.issues[0]).toMatchObject({
      path: ['apiToken'],
      message: expect.stringContaining('without spaces'),
    })
  },
)
