import { describeReadme } from '@stayward/core/testing'
import { expect, it } from 'vitest'
import nuki from '../src/adapter.ts'

const file = (path: string) => new URL(path, import.meta.url)

describeReadme(nuki, file('../README.md'), file('try-it.ts'))

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
