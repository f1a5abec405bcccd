import { describe, expect, it } from 'vitest'
import { AdapterError, type FailureCode } from '../../src/ports/adapter-error.ts'
import { judgeRead, judgeWrite } from '../../src/testing/kits/outcomes.ts'
import { leaked } from '../../src/testing/kits/secret-scan.ts'

const failed = (code: FailureCode) => ({
  kind: 'error' as const,
  error: new AdapterError(code, 'No.', { remedy: 'Wait.' }),
})
const said = (status: string) => ({ kind: 'value' as const, value: { status } })

describe('a read under a fault', () => {
  it('may not come back with a list', () => {
    expect(() => judgeRead('empty', { kind: 'value', value: [] }, 'here')).toThrow(/resolved to \[\]/)
  })
  it('may not fail with another code, or with an error that is no AdapterError', () => {
    expect(() => judgeRead('empty', failed('bad-response'), 'here')).not.toThrow()
    expect(() => judgeRead('empty', failed('gone'), 'here')).toThrow(/here/)
    expect(() => judgeRead('empty', { kind: 'error', error: new SyntaxError('x') }, 'here')).toThrow(
      /not an AdapterError/,
    )
  })
})

describe('a write under a fault', () => {
  const at = (effects: number) => ({ where: 'here', stage: 'at' as const, effects })
  it('may not promise that nothing happened when it did', () => {
    expect(() => judgeWrite('error-after', failed('outcome-unknown'), at(1))).not.toThrow()
    expect(() => judgeWrite('error-after', failed('unreachable'), at(1))).toThrow(/promises that nothing happened/)
    expect(() => judgeWrite('dns', failed('unreachable'), at(1))).toThrow(/promises that nothing happened/)
  })
  it('may not promise it when the caller cannot know, even if nothing did', () => {
    expect(() => judgeWrite('timeout-before', failed('unreachable'), at(0))).toThrow(/outcome-unknown/)
  })
  it('may not claim success without an answer', () => {
    expect(() => judgeWrite('html', said('accepted'), at(0))).toThrow(/no answer/)
    expect(() => judgeWrite('error-after', said('accepted'), at(1))).toThrow(/no answer/)
    expect(() => judgeWrite('empty', said('confirmed'), at(0))).toThrow(/confirmed/)
    expect(() => judgeWrite('dns', said('accepted'), { where: 'here', stage: 'before', effects: 0 })).toThrow(
      /never heard/,
    )
  })
  it('may not happen twice', () => {
    expect(() => judgeWrite('error-after', failed('outcome-unknown'), at(2))).toThrow(/more than once/)
  })
})

describe('the search for secrets', () => {
  const secret = 'hunter2'
  const plain = { remedy: 'Wait.' }
  it.each([
    ['the message', new AdapterError('auth', `key ${secret}`, plain)],
    ['the remedy', new AdapterError('auth', 'No.', { remedy: `use ${secret}` })],
    ['a cause', new AdapterError('auth', 'No.', { ...plain, cause: new Error(`GET /?key=${secret}`) })],
    [
      'a cause of a cause',
      new AdapterError('auth', 'No.', { ...plain, cause: new Error('x', { cause: { body: [secret] } }) }),
    ],
    [
      'a request',
      new AdapterError('auth', 'No.', {
        ...plain,
        cause: new Request('https://a.example', { headers: { key: secret } }),
      }),
    ],
    ['the name of a field', new AdapterError('auth', 'No.', { ...plain, cause: { [secret]: 1 } })],
  ])('looks into %s', (_, error) => expect(leaked(error, ['other', secret])).toBe(secret))

  it('finds nothing where there is nothing, and goes round no circle for ever', () => {
    const cause: { self?: unknown } = {}
    cause.self = cause
    expect(leaked(new AdapterError('auth', 'No.', { ...plain, cause }), [secret, '', 'Ada'])).toBeUndefined()
  })
})
