import { expect, it } from 'vitest'
import { createLog } from '../../src/telemetry/log.ts'

const written = (use: (log: ReturnType<typeof createLog>) => void): string => {
  const lines: string[] = []
  use(createLog({ level: 'info', destination: { write: (line: string) => void lines.push(line) } }))
  return lines.join('')
}

it('writes JSON lines with time, level and message', () => {
  const line: unknown = JSON.parse(written((log) => log.info({ connection: 'c1' }, 'tested')))
  expect(line).toEqual({ level: 'info', time: expect.stringMatching(/^\d{4}-.*Z$/), connection: 'c1', msg: 'tested' })
})

it('hides what should not have been logged, up to two levels down', () => {
  const text = written((log) =>
    log.info(
      {
        pin: 'canary',
        headers: { authorization: 'canary' },
        deep: { deeper: { token: 'canary' } },
        guest: { name: 'canary' },
      },
      'x',
    ),
  )
  expect(text).not.toContain('canary')
  expect(text).toContain('[hidden]')
})

it('writes of an error what it is and where, never its words', () => {
  const cause = Object.assign(new Error('Key (phone)=(canary) already exists.'), { code: '23505', detail: 'canary' })
  const text = written((log) => log.error({ err: new TypeError('canary', { cause }) }, 'failed'))
  expect(text).not.toContain('canary')
  expect(text).toContain('TypeError')
  expect(text).toContain('23505')
  expect(text).toContain('log.test.ts')
})
