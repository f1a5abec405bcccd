import { describeReadme } from '@stayward/core/testing'
import { expect, it } from 'vitest'
import beds24 from '../src/adapter.ts'

describeReadme(beds24, new URL('../README.md', import.meta.url), new URL('try-it.ts', import.meta.url))

it.each([
  [{}, 'credential'],
  [{ credential: 'two words' }, 'credential'],
  [{ credential: 'a-long-enough-code', kind: 'password' }, 'kind'],
  [{ credential: 'a-long-enough-code', webhookToken: 'short' }, 'webhookToken'],
])('refuses %j', (config, field) => {
  expect(beds24.config.safeParse(config).error?.issues[0]?.path).toEqual([field])
})
