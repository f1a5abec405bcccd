import { readFileSync } from 'node:fs'
import { describeReadme, readmeTable } from '@stayward/core/testing'
import { expect, it } from 'vitest'
import hospitable from '../src/adapter.ts'
import { hospitableActions } from '../src/testing/index.ts'

const readme = new URL('../README.md', import.meta.url)

describeReadme(hospitable, readme, new URL('try-it.ts', import.meta.url))

it('names every action of the webhook', () => {
  const { rows } = readmeTable(readFileSync(readme, 'utf8'), 'Action', 'What happens')
  const named = rows.map(([action]) => action).join(' ')
  for (const action of hospitableActions) expect(named).toContain(action)
})
