import { between } from '@stayward/core/adapter'
import { calm, failureOf } from '@stayward/core/testing'
import { describe, expect, it } from 'vitest'
import { account, type TestAccount } from './beds24-account.ts'

async function untilRefused({ provider, ref }: TestAccount) {
  for (let asked = 1; asked <= 200; asked++)
    try {
      await provider.readBooking(ref, calm)
    } catch {
      return asked // the test then looks at the next refusal
    }
  throw new Error('never refused')
}

describe('when the credits of the five minutes are spent', () => {
  it.each([
    ['served', 300 - 90],
    ['described', 300 - 90],
    ['none', 300],
  ] as const)('waits for the end of the five minutes (headers as %s, trap 6)', async (creditHeaders, seconds) => {
    const known = account({ state: ({ switches }) => void (switches.creditHeaders = creditHeaders) })
    expect(await untilRefused(known)).toBeGreaterThan(50)
    known.advance(90_000)
    const failure = await failureOf(known.provider.readBooking(known.ref, calm))
    expect(failure).toMatchObject({ code: 'rate-limited' })
    expect(failure.retryAt && between(known.now(), failure.retryAt)).toBe(seconds * 1000)
    known.advance(seconds * 1000)
    expect(await known.provider.readBooking(known.ref, calm)).toBeDefined()
  })

  it('also when somebody else has spent them (trap 19)', async () => {
    const known = account()
    known.vendor.state.credits.spent = 100
    const { code, remedy } = await failureOf(known.provider.readBooking(known.ref, calm))
    expect(code).toBe('rate-limited')
    expect(remedy).toContain('Other programs')
  })
})
