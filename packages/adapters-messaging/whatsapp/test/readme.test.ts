import { readFileSync } from 'node:fs'
import { describeReadme, readmeTable } from '@stayward/core/testing'
import { expect, it } from 'vitest'
import whatsApp from '../src/adapter.ts'
import { templateParameters } from '../src/templates.ts'

const readme = new URL('../README.md', import.meta.url)
describeReadme(whatsApp, readme, new URL('try-it.ts', import.meta.url))

it('the README names the parameters of every template, in their order', () => {
  const { rows } = readmeTable(readFileSync(readme, 'utf8'), 'Template', 'Parameters')
  expect(rows.map(([kind, parameters]) => [kind, parameters])).toEqual(
    Object.entries(templateParameters).map(([kind, names]) => [kind, names.map(([name]) => name).join(', ')]),
  )
})
