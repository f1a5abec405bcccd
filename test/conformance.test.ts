import { describe, expect, it } from 'vitest'
import { trapsIn, trapsMet } from './conformance/traps.ts'
import { conforms, type TestResult, verdictOf } from './conformance/verdict.ts'

const page = `# Acme: what we rely on

## Traps, and where they are tested

Numbers as in the tests.

1. A list is short for a moment.
2. Two ids; only the longer one
   is used.
3. Nobody answers on Sundays. Not tested: nothing depends on it.

## Sources

1. acme.example
`
const test = (name: string, passed = true, file = 'packages/adapters-locks/acme/test/traps.test.ts'): TestResult => ({
  file,
  name,
  passed,
})
const contract = test('Acme as a lock provider reads', true, 'packages/adapters-locks/acme/test/contract.test.ts')

describe('the traps of a vendor', () => {
  it('are read from its page, and from nowhere else on it', () => {
    expect(trapsIn(page)).toEqual([
      { number: 1, text: 'A list is short for a moment.' },
      { number: 2, text: 'Two ids; only the longer one is used.' },
      { number: 3, text: 'Nobody answers on Sundays.', untested: 'nothing depends on it.' },
    ])
    expect(trapsIn('# Acme')).toEqual([])
  })

  it('are named by tests, one or several at once', () => {
    expect(trapsMet('Acme > trap 4: a name is cut')).toEqual([4])
    expect(trapsMet('reads pages (traps 4, 11 and 12)')).toEqual([4, 11, 12])
    expect(trapsMet('a bootstrap 5, and trapped 6')).toEqual([])
  })
})

describe('an adapter', () => {
  const whole = [contract, test('trap 1: a short list'), test('trap 2: ids')]

  it('conforms when every trap is met by a test or explained', () => {
    const verdict = verdictOf(whole, trapsIn(page))
    expect(verdict).toEqual({
      tests: { contract: 1, all: 3, failed: [] },
      traps: { known: 3, covered: 2, explained: { 3: 'nothing depends on it.' }, missing: [] },
    })
    expect(conforms(verdict)).toBe(true)
  })

  it.each<[string, readonly TestResult[], string]>([
    ['a trap has no test', whole.slice(0, 2), page],
    ['the test of a trap fails', [contract, test('trap 1: x'), test('trap 2: y', false)], page],
    ['a test names a trap that the page does not know', [...whole, test('trap 9: z')], page],
    ['the contract was not run', whole.slice(1), page],
    ['the page lists no traps', [contract], '# Acme'],
  ])('does not conform when %s', (_what, results, text) => {
    expect(conforms(verdictOf(results, trapsIn(text)))).toBe(false)
  })
})
